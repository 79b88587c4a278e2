"""Minutes of a meeting, decision, notice and answer to a petition (NĐ 30/2020/NĐ-CP models 1.2, 1.4, 1.5, 1.9)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import or_, select

from hrms.kernel import access, clock
from hrms.kernel.db import db
from hrms.kernel.text import format_decimal
from models.evaluation import (
    EvaluationDecision,
    EvaluationMeeting,
    EvaluationPetition,
    PersonEvaluation,
    QuotaGroup,
)
from models.organization import OrgUnit
from models.staff import Person
from models.work_calendar import work_calendar
from policies.evaluation import level_label
from policies.evaluation.configuration import Configuration
from policies.evaluation.deadlines import petition_deadline
from reports import bases, pdf
from reports.evaluation.figures import share_of
from reports.evaluation.files import LEVELS, Files, SheetFile, find_sheet, need_decision, refused
from reports.evaluation.sheet import why
from reports.letter import Body, Hand, Recipients, body_of, issuing_unit

REGIME_LINES = {
    "ND90": "Nghị định số 90/2020/NĐ-CP ngày 13 tháng 8 năm 2020 của Chính phủ về đánh giá, xếp loại chất lượng cán "
    "bộ, công chức, viên chức",
    "ND48": "Nghị định số 48/2023/NĐ-CP ngày 17 tháng 7 năm 2023 của Chính phủ sửa đổi, bổ sung một số điều của Nghị "
    "định số 90/2020/NĐ-CP ngày 13 tháng 8 năm 2020 của Chính phủ",
    "ND335": "Nghị định số 335/2025/NĐ-CP ngày 21 tháng 12 năm 2025 của Chính phủ",
    "ND233": "Nghị định số 233/2026/NĐ-CP ngày 26 tháng 6 năm 2026 của Chính phủ",
    "QD124": "Quy định số 124-QĐ/TW ngày 04 tháng 10 năm 2023 của Bộ Chính trị",
    "QD366": "Quy định số 366-QĐ/TW ngày 30 tháng 8 năm 2025 của Bộ Chính trị",
    "HY1071": "Quy định số 1071-QĐ/TU ngày 05 tháng 4 năm 2024 của Ban Thường vụ Tỉnh ủy Hưng Yên về đánh giá, xếp "
    "loại chất lượng cơ quan, tổ chức, đơn vị và cá nhân cán bộ, công chức, viên chức, người lao động tỉnh Hưng Yên",
}
OF_REGIME = {"ND90_48": ("ND90", "ND48"), "ND90": ("ND90",)}
CATEGORIES = {"CB": "cadre", "CC": "civil_servant", "VC": "public_employee", "HD": "contract_worker"}
PERSON_TYPES = CATEGORIES


def legal_lines(body: Body, day: Any, regimes: set[str], klasses: set[str], layered: bool) -> list[str]:
    """Every "Căn cứ": the laws of the day, the texts of the regimes, the province's regulation where it lies over."""
    categories = sorted({CATEGORIES[klass[:2]] for klass in klasses if klass[:2] in CATEGORIES})
    lines = bases.laws_on(day, body=body.kind, categories=categories, benefits=())
    wanted = {code for regime in regimes for code in OF_REGIME.get(regime, (regime,))}
    if layered:
        wanted.add("HY1071")
    lines += [text for code, text in REGIME_LINES.items() if code in wanted]
    return bases.with_prefix(lines)


def minutes(meeting: EvaluationMeeting) -> pdf.Paper:
    """The minutes of a unit's meeting: who was there, what was said of each, the votes; DỰ THẢO until approved."""
    files = Files()
    query = access.restrict(
        select(PersonEvaluation.id).where(PersonEvaluation.meeting_id == meeting.id), PersonEvaluation, "print"
    )
    ids = list(db.session.scalars(query.order_by(PersonEvaluation.sort_key, PersonEvaluation.id)))
    people = files.load(ids)
    codes = [code for code in LEVELS if any((one.sheet.meeting_votes or {}).get(code) for one in people)]
    short = {"HTXS": "Hoàn thành xuất sắc", "HTT": "Hoàn thành tốt", "HT": "Hoàn thành", "KHT": "Không hoàn thành"}
    body = body_of(issuing_unit(meeting.unit))
    period = files.cycle(meeting.cycle).period_in_text
    context = {
        "draft": not meeting.approved,
        "letter": body.letterhead("BB", number=meeting.minutes_number.partition("/")[0], issued_on=meeting.held_on),
        "meeting": meeting,
        "about": f"Họp nhận xét, đánh giá, xếp loại chất lượng {period} của {meeting.unit.name}",
        "said": [line for line in meeting.minutes.splitlines() if line.strip()],
        "files": people,
        "codes": codes,
        "labels": [short[code] for code in codes],
        "hands": (Hand("THƯ KÝ", meeting.secretary), Hand("CHỦ TRÌ", meeting.chair)),
    }
    title = f"Biên bản họp BB-{meeting.cycle.year}-{meeting.id}"
    return pdf.render("evaluation_minutes.html", context, title=title, subject=period)


@dataclass(frozen=True)
class ListedPerson:
    """A line of the list of a decision: the level, never points."""

    name: str
    title: str
    unit: str
    level: str
    code: str
    klass: str
    regime: str
    sheet_code: str
    replaced: str
    agency_id: int
    group: str


def people_of(decision: EvaluationDecision) -> list[ListedPerson]:
    """Who the decision names, also those whose result a later one replaced, in the order of units and names."""
    sheet = PersonEvaluation
    query = (
        select(sheet, Person.full_name, OrgUnit.name, QuotaGroup.name)
        .join(Person, Person.id == sheet.person_id)
        .join(OrgUnit, OrgUnit.id == sheet.unit_id)
        .outerjoin(QuotaGroup, QuotaGroup.id == sheet.quota_group_id)
        .where(sheet.cycle_id == decision.cycle_id, or_(sheet.decision_id == decision.id, sheet.replaced.is_not(None)))
        .order_by(OrgUnit.path, sheet.sort_key, sheet.id)
    )
    found = []
    for row, name, unit, group in db.session.execute(access.restrict(query, sheet, "print")):
        level, before = row.level, ""
        if row.decision_id != decision.id:
            old = next((one for one in row.replaced or () if one.get("decision_id") == decision.id), None)
            if old is None:
                continue
            level = str(old.get("level", ""))
        elif row.replaced:
            before = str(row.replaced[-1].get("number", ""))
        found.append(
            ListedPerson(name, row.title, unit, level_label(level) if level else "", level, row.klass, row.regime,
                         row.sheet_code, before, row.agency_id, group or "")
        )  # fmt: skip
    return found


def decision(row: EvaluationDecision) -> pdf.Paper:
    """The decision that recognises (or replaces) levels, with the list as its annex."""
    lines = people_of(row)
    if not lines:
        raise refused("evaluation_decision", _("Quyết định này không có người nào trong phạm vi của bạn."), "empty")
    files = Files()
    of = files.cycle(row.cycle)
    body = body_of(issuing_unit(row.unit))
    counts = Counter(line.code for line in lines)
    layered = any(line.sheet_code.startswith("HY1071") or line.regime == "HY1071" for line in lines)
    replaces = row.kind == "replace"
    context: dict[str, Any] = {
        "draft": False,
        "letter": body.letterhead("QĐ", number=row.number, issued_on=row.signed_on),
        "mark": f"QD-{row.cycle.year}-{row.id}",
        "about": f"Về việc {'xếp loại lại' if replaces else 'công nhận kết quả đánh giá, xếp loại'} chất lượng "
        f"{of.period_in_text}",
        "authority": body.authority,
        "bases": [
            *legal_lines(body, row.signed_on, {line.regime for line in lines}, {line.klass for line in lines}, layered),
            "Theo đề nghị của bộ phận tham mưu công tác tổ chức cán bộ",
        ],
        "replaces": replaces,
        "replaced": sorted({f"Quyết định số {line.replaced}" for line in lines if line.replaced}),
        "period": of.period_in_text,
        "people": len(lines),
        "counts": [
            (level_label(code), counts[code], f"{format_decimal(share_of(counts[code], len(lines)) or 0)}%")
            for code in LEVELS
            if counts[code]
        ],
        "quota": quota_lines(row, lines),
        "high_document": row.high_quota_document,
        "executors": f"Thủ trưởng các phòng, đơn vị có liên quan thuộc {body.name}"
        if not body.is_committee
        else "Chánh Văn phòng, Giám đốc Sở Nội vụ, thủ trưởng các cơ quan, đơn vị có liên quan",
        "with_paper": f"Kèm theo Quyết định số {row.number} ngày {row.signed_on:%d/%m/%Y} của {body.decider}",
        "signature": body.signature(),
        "recipients": Recipients.of(["Như Điều 1", "Sở Nội vụ (để b/c)", "Cấp ủy cùng cấp"], "TCCB").lines,
        "lines": lines,
    }
    title = f"Quyết định QD-{row.cycle.year}-{row.id}"
    return pdf.render("evaluation_decision.html", context, title=title, subject=of.period)


def quota_lines(row: EvaluationDecision, lines: Sequence[ListedPerson]) -> list[dict[str, Any]]:
    """The ceilings of the deciding agency as they stood, with how many of the list are recognised under each."""
    state = (row.quota or {}).get(str(row.unit_id))
    if state is None:
        return []  # heads of many agencies, decided by the level above: each agency's ceiling is on its own decision
    best = Counter(line.group for line in lines if line.code == "HTXS" and line.agency_id == row.unit_id)
    found = [
        {"name": f"Nhóm {group.get('name', '')[:1].lower()}{group.get('name', '')[1:]}",
         "limit": int(group.get("limit", 0)), "used": best[group.get("name", "")]}
        for group in state.get("groups", ())
        if group.get("limit") or best[group.get("name", "")]
    ]  # fmt: skip
    whole = int(state.get("agency", {}).get("limit", 0))
    return [*found, {"name": "Toàn cơ quan, đơn vị", "limit": whole, "used": sum(best.values())}]


def notice(file: SheetFile, press: Callable[..., Any] = pdf.render) -> Any:
    """The result told to the person: level, why, the right to petition and its days (NĐ 90 Điều 19)."""
    need_decision(file)
    sheet = file.sheet
    decided = file.decision
    reasons = why(sheet.reasons)
    if sheet.level_reason:
        reasons.append(sheet.level_reason)
    replaced = ""
    if sheet.replaced:
        before = sheet.replaced[-1]
        replaced = f"{level_label(str(before.get('level')))} (Quyết định số {before.get('number', '')})"
    days = petition_words(file, file.of.configuration())
    context: dict[str, Any] = {
        "draft": sheet.state == "decided",
        "letter": file.body.letterhead(
            "TB", issued_on=clock.local(sheet.notified_at).date() if sheet.notified_at else None, year=file.cycle.year
        ),
        "file": file,
        "number": decided.number if decided is not None else "",
        "signed_on": decided.signed_on if decided is not None else None,
        "signer": sheet.decided_by,
        "level": level_label(file.level),
        "reasons": reasons,
        "replaced": replaced,
        "next_number": 2 + bool(reasons) + bool(replaced),
        "receiver": file.body.name,
        **days,
        "signature": file.body.signature(),
        "recipients": Recipients.of(["Như trên", "Sở Nội vụ (để b/c)"], "hồ sơ cá nhân, TCCB").lines,
    }
    return press("evaluation_notice.html", context, title=f"Thông báo {file.label}", subject=file.of.period)


def petition_words(file: SheetFile, configuration: Configuration | None) -> dict[str, Any]:
    """Days to petition and to be answered, by the frozen configuration; the last day once the result is public."""
    if configuration is None:
        return {"days": "thời hạn quy định", "file_by": None, "answer_days": "thời hạn quy định",
                "petition_article": ""}  # fmt: skip
    sheet = file.sheet
    who = PERSON_TYPES[sheet.klass[:2]]
    told = sheet.published_at or sheet.notified_at
    day = clock.local(told).date() if told is not None else clock.today()
    due = petition_deadline(who, day, configuration, work_calendar())
    by_law = who == "public_employee" and due.last_day - day == timedelta(
        days=int(configuration.version("evaluation.petition.public_employee.days_to_file").value)
    ) and due.article == configuration.version("evaluation.petition.public_employee.days_to_file").article  # fmt: skip
    prefix = "evaluation.petition.public_employee." if by_law else "hy1071.petition."
    filing = int(configuration.version(prefix + "days_to_file").value)
    answering = int(configuration.version(prefix + "days_to_answer").value)
    return {
        "days": f"{filing:02d} ngày{'' if by_law else ' làm việc'}",
        "file_by": due.last_day if sheet.published_at is not None else None,
        "answer_days": f"{answering:02d} ngày làm việc",
        "petition_article": due.article if by_law else "",
    }


def petition_answer(petition: EvaluationPetition) -> pdf.Paper:
    """The written answer; a draft until the petition is answered."""
    if petition.state == "withdrawn":
        raise refused("petition", _("Kiến nghị đã rút nên không có văn bản trả lời."), "withdrawn")
    files = Files()
    file = files.one(find_sheet(petition.evaluation_id))
    sheet = file.sheet
    before = sheet.replaced[-1] if petition.state == "changed" and sheet.replaced else None
    first = before.get("number", "") if before else file.decision.number if file.decision else ""
    new_number = file.decision.number if petition.state == "changed" and file.decision is not None else ""
    context: dict[str, Any] = {
        "draft": petition.state == "filed",
        "letter": file.body.letterhead(
            "", number=petition.answer_number.partition("/")[0] if petition.answer_number else "",
            issued_on=petition.answered_on, year=petition.filed_on.year,
            about=f"trả lời kiến nghị về kết quả xếp loại {file.of.period_in_text}",
        ),
        "file": file,
        "petition": petition,
        "number": first,
        "wished": level_label(petition.wished_level) if petition.wished_level else "",
        "outcome": petition.state,
        "level": level_label(sheet.level) if sheet.level else "",
        "new_level": level_label(petition.new_level) if petition.new_level else "",
        "new_number": new_number,
        "signature": file.body.signature(),
        "recipients": Recipients.of(["Như trên", "Sở Nội vụ (để b/c)"], "TCCB").lines,
    }  # fmt: skip
    title = f"Trả lời kiến nghị KN-{petition.filed_on.year}-{petition.id}"
    return pdf.render("evaluation_answer.html", context, title=title, subject=file.of.period)
