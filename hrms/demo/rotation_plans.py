"""Positions of the list and the yearly plans of periodic change in the demonstration province.

``list_posts`` gives some people a listed post within the post they have: accounting, procurement, land, permits,
personnel … with tenures so that every state of the due list occurs. ``play`` tells the plans by the real commands:
the home department's plan is published, its people are told, another department's plan is a draft.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, insert, select, update

from hrms.demo.writer import advance_sequences, next_id
from hrms.kernel.db import db
from hrms.kernel.text import fold
from models.account import Account
from models.organization import OrgUnit, Position
from models.rotation import RotationPlan, RotationPlanLine
from models.staff import Appointment, Person
from policies.engine.dates import add_months

HOME, OTHER = "SNNMT", "SXD"
TRIES = 4  # arrangements of the province until no rules stand against one another
DRAFTED, CHECKED, ISSUED, PUBLISHED = date(2025, 3, 10), date(2025, 3, 17), date(2025, 3, 20), date(2025, 3, 24)
TOLD, OTHER_DRAFTED, ARRANGED = date(2025, 3, 25), date(2025, 6, 9), date(2025, 6, 12)
# Words of a unit's name → code of the list and what the post is called; the first that fits.
BY_UNIT = (
    ("dat dai", "B0901", "Chuyên viên về quản lý đất đai"),
    ("moi truong", "B0902", "Chuyên viên về xử lý vi phạm môi trường"),
    ("khoang san", "B0903", "Chuyên viên về cấp phép tài nguyên, khoáng sản"),
    ("quy hoach - kien truc", "B0402", "Chuyên viên về quản lý quy hoạch xây dựng"),
    ("quan ly xay dung", "B0405", "Chuyên viên về cấp giấy phép xây dựng"),
    ("quan ly nha", "B0404", "Chuyên viên về bồi thường, giải phóng mặt bằng"),
    ("van tai", "B0502", "Chuyên viên về sát hạch, cấp giấy phép lái xe"),
    ("giao thong", "B0501", "Chuyên viên về thẩm định dự án giao thông"),
    ("thu y", "B1001", "Chuyên viên về kiểm dịch động vật"),
    ("thuy loi", "B1003", "Chuyên viên về thẩm định dự án"),
    ("ky thuat", "B1004", "Chuyên viên về quản lý giống, thuốc bảo vệ thực vật"),
    ("ngan sach", "A01", "Chuyên viên về phân bổ ngân sách"),
    ("tai chinh", "A01", "Chuyên viên về phân bổ ngân sách"),
    ("dang ky kinh doanh", "B1107", "Chuyên viên về đăng ký kinh doanh"),
    ("dau thau", "B1103", "Chuyên viên về quản lý đấu thầu"),
    ("dau tu", "B1102", "Chuyên viên về thẩm định dự án"),
    ("bien che", "B0103", "Chuyên viên về tổ chức bộ máy, biên chế"),
    ("to chuc can bo", "B0101", "Chuyên viên về tổ chức cán bộ"),
    ("cong chuc", "B0102", "Chuyên viên về tuyển dụng công chức, viên chức"),
    ("nguoi co cong", "B1301", "Chuyên viên về hồ sơ người có công"),
    ("hanh chinh tu phap", "B1202", "Chuyên viên về hộ tịch, lý lịch tư pháp"),
    ("thuong mai", "B0301", "Chuyên viên về cấp phép thương mại"),
    ("so huu tri tue", "B1403", "Chuyên viên về sở hữu trí tuệ"),
    ("van hoa", "B0701", "Chuyên viên về cấp phép văn hóa"),
    ("nghiep vu", "B1801", "Thanh tra viên"),
    ("van phong", "A03", "Chuyên viên về mua sắm công"),
)  # fmt: skip
BY_TITLE = {"Kế toán viên": ("A02", "Kế toán viên"), "Thanh tra viên": ("B1801", "Thanh tra viên")}
# Months in the listed post and how often of a hundred: past the last day, at it, in the window, before it.
TENURES = (((61, 74), 7), ((58, 60), 16), ((55, 57), 12), ((37, 54), 25), ((2, 23), 40))
CONTENTS = {
    "purpose": "Phòng ngừa tham nhũng, tiêu cực; nâng cao chất lượng thực thi công vụ ở các vị trí thuộc danh mục.",
    "requirements": "Khách quan, công khai, hợp lý; phù hợp chuyên môn, nghiệp vụ; không làm gián đoạn công việc.",
    "cases": "Danh sách kèm theo kế hoạch: người phải chuyển đổi, vị trí đang giữ, vị trí chuyển đến.",
    "time": "Trong năm 2025, theo thời gian ghi ở từng dòng của danh sách kèm theo.",
    "rights_and_duties": "Người chuyển đổi bàn giao công việc, tài liệu, tài sản; giữ nguyên quyền lợi theo quy định.",
    "measures": "Văn phòng chủ trì; các phòng, chi cục bố trí người tiếp nhận, báo cáo kết quả trước ngày 15/12/2025.",
}


def work_of(unit_name: str, title: str) -> tuple[str, str] | None:
    """Code of the list and title of the post such work is, if any."""
    if title in BY_TITLE:
        return BY_TITLE[title]
    if title != "Chuyên viên":
        return None
    folded = fold(unit_name)
    return next(((code, name) for words, code, name in BY_UNIT if words in folded), None)


def list_posts(rng: random.Random, as_of: date) -> int:
    """Put people of listed work into listed posts, from days so that all states occur. Inside a transaction."""
    rows = db.session.execute(
        select(
            Appointment.person_id, Appointment.id, Appointment.valid_from, Appointment.valid_to,
            Appointment.position_id, Appointment.title, OrgUnit.id, OrgUnit.name, OrgUnit.valid_to,
            func.coalesce(Position.listed_code, ""),
        )
        .outerjoin(Position, Position.id == Appointment.position_id)
        .join(OrgUnit, OrgUnit.id == Appointment.unit_id)
        .join(Person, Person.id == Appointment.person_id)
        .where(
            Appointment.kind == "main", Appointment.leader_rank == "", Person.left_on.is_(None),
            Person.category.in_(("civil_servant", "public_employee", "commune_official")),
        )
        .order_by(Appointment.person_id, Appointment.valid_from, Appointment.id)
    ).all()  # fmt: skip
    by_person: dict[int, list[Any]] = {}
    for row in rows:
        by_person.setdefault(row[0], []).append(row)
    posts = _Posts()
    chosen = 0
    for history in by_person.values():
        now = next((row for row in history if row[2] <= as_of and (row[3] is None or row[3] >= as_of)), None)
        if now is None or history[-1] is not now:
            continue
        work = work_of(now[7], now[5]) or ((now[9], now[5]) if now[9] else None)
        if work is None:
            continue
        low, high = rng.choices([span for span, _n in TENURES], [n for _span, n in TENURES])[0]
        start = add_months(as_of, -rng.randint(low, high)) + timedelta(days=rng.randrange(1, 28))
        at = next((row for row in history if row[2] <= start and (row[3] is None or row[3] >= start)), None)
        if at is None:
            start, at = now[2], now
        for row in history[history.index(at) :]:
            posts.give(row, work, max(start, row[2]))
        chosen += 1
    posts.write()
    return chosen


class _Posts:
    """Listed posts made as they are needed, and the appointments to them, written in bulk."""

    def __init__(self) -> None:
        self.next_post, self.next_row = next_id(Position), next_id(Appointment)
        self.made: dict[tuple[int, str], dict[str, Any]] = {}
        self.moved: dict[int, int] = {}  # post left → people who left it
        self.columns = [c.name for c in Appointment.__table__.columns]
        self.updates: list[tuple[int, dict[str, Any]]] = []
        self.splits: list[tuple[int, date, int, str]] = []

    def give(self, row: Any, work: tuple[str, str], start: date) -> None:
        code, title = work
        key = (row[6], code)
        if key not in self.made:
            unit = db.session.get_one(OrgUnit, row[6])
            self.made[key] = {
                "id": self.next_post, "unit_id": row[6], "code": f"DM-{code}", "title": title,
                "position_group": "DUNG_CHUNG" if code == "A02" else "CHUYEN_NGANH", "leader_rank": "",
                "grade_code": "", "leadership_coefficient": None, "approved_number": 0, "listed_code": code,
                "description": "", "requirements": "", "valid_from": unit.valid_from, "valid_to": unit.valid_to,
                "decision_number": "", "decision_date": None,
            }  # fmt: skip
            self.next_post += 1
        post = self.made[key]
        if row[3] is None:
            post["approved_number"] += 1
            if row[4] is not None:
                self.moved[row[4]] = self.moved.get(row[4], 0) + 1
        if start <= row[2]:
            self.updates.append((row[1], {"position_id": post["id"], "title": title}))
        else:
            same = {"position_id": None} if row[9] == code else {}  # the work before was another one, of no listed post
            self.updates.append((row[1], {"valid_to": start - timedelta(days=1), **same}))
            self.splits.append((row[1], start, post["id"], title))

    def write(self) -> None:
        for post in self.made.values():
            post["approved_number"] = max(1, post["approved_number"]) + (post["id"] % 3 == 0)  # some places are vacant
        if self.made:
            db.session.execute(insert(Position.__table__), list(self.made.values()))
        copied: list[dict[str, Any]] = []
        for number, start, position_id, title in self.splits:
            old = db.session.execute(
                select(*[Appointment.__table__.c[name] for name in self.columns]).where(
                    Appointment.__table__.c.id == number
                )
            ).one()
            copied.append(
                dict(zip(self.columns, old, strict=True))
                | {"id": self.next_row, "valid_from": start, "position_id": position_id, "title": title,
                   "decision_number": f"{100 + self.next_row % 800}/QĐ", "decision_date": start - timedelta(days=5)}
            )  # fmt: skip
            self.next_row += 1
        for number, values in self.updates:
            db.session.execute(update(Appointment).where(Appointment.id == number).values(**values))
        if copied:
            db.session.execute(insert(Appointment.__table__), copied)
        advance_sequences()
        for number, left in self.moved.items():
            fewer = func.coalesce(Position.approved_number, 0) - left
            db.session.execute(
                update(Position)
                .where(Position.id == number, Position.approved_number > left)
                .values(approved_number=fewer)
            )


def play(rng: random.Random, as_of: date, say: Callable[[str], None]) -> int:
    """The plans of 2025 as far as they lie before ``as_of``. Returns the number of plans."""
    from hrms.demo.cases import Stage

    if as_of < TOLD:
        return 0
    stage, plans = Stage(rng), 0
    if "donvi" not in stage.accounts:
        return 0
    home, other = (db.session.scalar(select(OrgUnit).where(OrgUnit.code == code)) for code in (HOME, OTHER))
    if home is not None and _published(stage, home.id):
        plans += 1
        if as_of >= ARRANGED:
            _deferrals(stage, home.id)
    if other is not None and as_of >= OTHER_DRAFTED:
        plans += _draft(stage, other.id)
        _arranged(stage, as_of)
    say(f"Kế hoạch chuyển đổi vị trí: {plans}")
    return plans


def _published(stage: Any, unit_id: int) -> int:
    from hrms.commands.rotation.plan_steps import PlanStep, SendNotices
    from hrms.commands.rotation.plan_workflow import TO_DO, lines_of
    from hrms.commands.rotation.plans import DraftPlan, EditPlan
    from hrms.kernel.commands import execute

    with stage.on(DRAFTED, "donvi"):
        plan = execute(DraftPlan(unit_id, 2025, as_of=DRAFTED))
        number, name = plan.id, plan.name
        execute(EditPlan(number, None, name, _contents()))
        lines = lines_of(number, TO_DO)
        if not lines:
            return number
        places = _solved(unit_id, number, date(2025, 7, 1), "Phương án kế hoạch năm 2025")
        _targets(lines, places)
    with stage.on(CHECKED, "donvi"):
        execute(PlanStep(number, "check"))
    with stage.on(ISSUED, "thutruong"):
        execute(PlanStep(number, "issue", number="18/KH-SNNMT", issued_on=ISSUED, signer="Giám đốc Sở"))
    with stage.on(PUBLISHED, "donvi"):
        execute(PlanStep(number, "publish", published_on=PUBLISHED,
                         publication="Niêm yết tại trụ sở, đăng trên trang thông tin nội bộ của Sở"))  # fmt: skip
    with stage.on(TOLD, "donvi"):
        execute(SendNotices(number))
    return number


def _contents() -> dict[str, str]:
    from hrms.commands.rotation.plan_workflow import contents_asked

    return {code: CONTENTS[code] for code, _label in contents_asked()}


def _solved(unit_id: int, plan_id: int | None, day: date, name: str) -> Mapping[str, Mapping[str, Any]]:
    """Solve a run as the actor; person id (text) → the post the plan gives."""
    from hrms.commands.rotation.planning import CreateRun, SolveRun
    from hrms.kernel import jobs
    from hrms.kernel.commands import execute
    from hrms.kernel.errors import Refused
    from models.rotation import PlannerRun

    try:
        run = execute(CreateRun(unit_id, day, name=name, plan_id=plan_id, seconds=10))
    except Refused:  # a very small province: nobody of the plan can be arranged
        return {}
    run_id = run.id
    execute(SolveRun(run_id))
    jobs.run_next()
    db.session.expire_all()
    solved = db.session.get_one(PlannerRun, run_id)
    known = solved.problem or {}
    return {
        str(known["people"][move["person"]]["person_id"]): known["posts"][move["to"]]
        for move in (solved.result or {}).get("moves", ())
    }


def _targets(lines: list[RotationPlanLine], places: Mapping[str, Mapping[str, Any]]) -> None:
    """Where each goes: the planner's post, else another field of work in the own unit; when: inside the window."""
    from hrms.commands.rotation.plans import SetLine
    from hrms.kernel.commands import execute

    for line in lines:
        post = places.get(str(line.person_id))
        last = line.must_change_by
        day = date(2025, 7, 1) if last is None or last < date(2025, 5, 5) or last > date(2025, 7, 1) else last
        unit_id = post["unit_id"] if post is not None else line.unit_id
        same = unit_id == line.unit_id
        ends = db.session.get_one(OrgUnit, unit_id).valid_to
        if ends is not None and ends < day:
            day = ends  # the unit is merged before: the change comes while it still stands
        execute(SetLine(
            line.id, target_unit_id=unit_id, target_position_id=post["position_id"] if post is not None else None,
            form="FIELD" if same else "SECTION", planned_on=day))  # fmt: skip


def _draft(stage: Any, unit_id: int) -> int:
    from hrms.commands.rotation.plans import DraftPlan
    from hrms.kernel.commands import execute

    with stage.on(OTHER_DRAFTED, "donvi2"):
        execute(DraftPlan(unit_id, 2025, as_of=OTHER_DRAFTED))
    return 1


def _arranged(stage: Any, as_of: date) -> None:
    """The interior department tries an arrangement of the whole province."""
    root = db.session.scalar(select(OrgUnit.id).where(OrgUnit.code == "HY"))
    if root is None or as_of < ARRANGED:
        return
    with stage.on(ARRANGED, "sonoivu"):
        name = "Phương án toàn tỉnh, đợt tháng 8/2025"
        _solved(root, None, date(2025, 8, 1), name)
        _without_conflict(root, name)


def _without_conflict(root: int, name: str) -> None:
    """Whom rules that cannot hold together concern stays for a later round, and the arrangement is tried again."""
    from hrms.commands.rotation.planning import SolveAgain, SolveRun
    from hrms.commands.rotation.planning_problem import PlannerSettings
    from hrms.kernel import jobs
    from hrms.kernel.commands import execute
    from models.rotation import PlannerRun

    latest = select(PlannerRun).where(PlannerRun.unit_id == root).order_by(PlannerRun.id.desc()).limit(1)
    for attempt in range(2, 2 + TRIES):
        run = db.session.scalar(latest)
        against = (run.result or {}).get("conflict", ()) if run is not None else ()
        people = [code for rule in against for code in rule["people"]]
        if run is None or not people:
            return
        settings = PlannerSettings.from_plain(run.rules)
        settings.leave_out.extend(people)
        command = SolveAgain(run.id, settings=settings, name=f"{name} – lần {attempt}", seconds=10, fresh=True)
        execute(SolveRun(execute(command).id))
        jobs.run_next()
        db.session.expire_all()


def _deferrals(stage: Any, unit_id: int) -> None:
    """Two people of the home department are not moved for a time, each on another ground."""
    from hrms.commands.rotation.deferrals import RecordDeferral
    from hrms.commands.rotation.due import due_list
    from hrms.kernel.commands import execute

    with stage.on(ARRANGED, "donvi"):
        planned = set(db.session.scalars(
            select(RotationPlanLine.person_id).join(RotationPlan).where(RotationPlan.unit_id == unit_id)
        ))  # fmt: skip
        accounts = set(db.session.scalars(select(Account.person_id).where(Account.person_id.is_not(None))))
        rows = [
            row for row in due_list(ARRANGED, unit_id=unit_id, states=("IN_WINDOW", "DUE_SOON")).rows
            if row.person_id not in planned and row.person_id not in accounts
        ]  # fmt: skip
        told = (
            ("SERIOUS_ILLNESS", date(2025, 5, 5), date(2025, 11, 4), "Giấy ra viện số 1123/BV ngày 05/5/2025"),
            ("INSPECTION_OR_PROSECUTION", date(2025, 6, 2), None, "Thông báo số 41/TB-TTT ngày 02/6/2025"),
        )  # fmt: skip
        for row, (ground, start, end, document) in zip(rows, told, strict=False):
            execute(RecordDeferral(row.person_id, ground, start, document, ends_on=end,
                                   recheck_on=None if end else date(2025, 9, 2)))  # fmt: skip
