"""One case as its papers see it: the record, the calculation in force and the body that writes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from hrms.kernel import access
from hrms.kernel.db import db
from hrms.kernel.errors import Fault, NotFound, Refused
from models.organization import OrgUnit
from models.restructuring import CaseCalculation, DownsizingCase
from reports.formats import birth, day_in_text, without_stop
from reports.letter import Body, body_of, issuing_unit

# A paper of a case in one of these states may be signed; before, it is a draft and says so across the page.
SETTLED = ("decided", "paid", "superseded")
FINAL_REFUSAL = ("refused",)
HONORIFICS = {"male": "ông", "female": "bà"}
ACTIONS = {
    "early_retirement": "nghỉ hưu trước tuổi",
    "severance": "nghỉ thôi việc",
    "waiting_leave": "nghỉ công tác chờ đủ tuổi nghỉ hưu",
    "talent_allowance": "hưởng phụ cấp tăng thêm dành cho người có tài năng",
    "retained_leadership_allowance": "hưởng phụ cấp chức vụ lãnh đạo được bảo lưu",
    "grassroots_secondment": "hưởng trợ cấp tăng cường về cơ sở",
}
LEAVES = ("early_retirement", "severance", "waiting_leave")  # benefits of somebody who goes
MONTHLY = ("retained_leadership_allowance", "talent_allowance")  # paid every month, not once
DECREE_NAMES = {
    "178": "Nghị định số 178/2024/NĐ-CP",
    "177": "Nghị định số 177/2024/NĐ-CP",
    "154": "Nghị định số 154/2025/NĐ-CP",
    "29": "Nghị định số 29/2023/NĐ-CP",
    "179": "Nghị định số 179/2024/NĐ-CP",
    "NQ07": "Nghị quyết số 07/2025/NQ-CP",
}


@dataclass
class CaseFile:
    """``calculation`` is the one in force: frozen after the decision, the newest before; ``None``: none yet."""

    case: DownsizingCase
    calculation: CaseCalculation | None
    agency: OrgUnit
    body: Body
    for_signature: bool = False  # the copy that goes to the signatory carries no watermark

    @property
    def result(self) -> Mapping[str, Any]:
        """The stored answer of the engine (contract form)."""
        return {} if self.calculation is None else self.calculation.result

    @property
    def inputs(self) -> Mapping[str, Any]:
        """The case the engine was asked about (contract form)."""
        return {} if self.calculation is None else self.calculation.inputs

    @property
    def draft(self) -> bool:
        return not self.for_signature and self.case.state not in SETTLED

    @property
    def decree(self) -> str:
        return self.case.decree_found or (self.case.decree if self.case.decree in DECREE_NAMES else "178")

    @property
    def decree_name(self) -> str:
        return DECREE_NAMES.get(self.decree, self.decree)

    @property
    def benefit(self) -> str:
        if self.case.benefit_found:
            return self.case.benefit_found
        return "early_retirement" if self.case.benefit == "auto" else self.case.benefit

    @property
    def action(self) -> str:
        """What the person is granted, as a decision says it."""
        if self.decree == "NQ07" and self.benefit == "early_retirement":
            return "nghỉ hưu và hưởng trợ cấp một lần"  # of age already: nothing is early about it
        return ACTIONS.get(self.benefit, "hưởng chính sách, chế độ")

    @property
    def honorific(self) -> str:
        return HONORIFICS.get(self.case.person.sex, "ông (bà)")

    @property
    def name(self) -> str:
        return self.case.person.full_name

    @property
    def birth(self) -> str:
        return birth(self.case.person.birth_date, self.case.person.birth_precision)

    @property
    def birth_in_text(self) -> str:
        """``ngày 20 tháng 5 năm 1966``, ``tháng 5 năm 1966`` or ``năm 1966``: no more than is known."""
        day, precision = self.case.person.birth_date, self.case.person.birth_precision
        text = day_in_text(day)
        if precision == "day":
            return text
        return text[text.index("tháng") if precision == "month" else text.index("năm") :]

    @property
    def unbroken_name(self) -> str:
        """The name for a centred title: it is not torn at the end of a line."""
        return self.name.replace(" ", "\u00a0")

    @property
    def title(self) -> str:
        """Post and unit: ``Chuyên viên, Phòng Quy hoạch, Sở Xây dựng``; the agency only once."""
        title = self.case.person.title or _("Công chức, viên chức, người lao động")
        return ", ".join(dict.fromkeys((title, *self.unit_names)))

    @property
    def post(self) -> str:
        return self.case.person.title

    @property
    def unit_names(self) -> tuple[str, ...]:
        names = (self.case.unit.name, self.agency.name)
        # "Phòng Tổ chức cán bộ Sở Y tế" already names its agency.
        return names[:1] if names[1] in names[0] else names

    @property
    def place(self) -> str:
        return ", ".join(self.unit_names)

    @property
    def insurance_number(self) -> str:
        return self.case.person.insurance_number or ""

    @property
    def total(self) -> int:
        return int(self.result.get("total") or 0)

    @property
    def lines(self) -> Sequence[Mapping[str, Any]]:
        return self.result.get("lines") or []

    @property
    def category(self) -> str:
        return str(self.inputs.get("person", {}).get("category") or self.case.person.category)

    @property
    def leave_date(self) -> date:
        return self.case.leave_date

    @property
    def law_version(self) -> str:
        return str(self.result.get("law_version") or "")

    def need_calculation(self) -> None:
        """Papers with amounts cannot be printed without them."""
        if self.calculation is None:
            raise Refused(
                [
                    Fault(
                        "case",
                        _(
                            "Hồ sơ %(number)s chưa có kết quả tính chế độ. "
                            "Hãy bổ sung dữ liệu còn thiếu, bấm “Tính lại” rồi in.",
                            number=self.case.label,
                        ),
                        code="not_calculated",
                    )
                ]
            )

    def need_right(self) -> None:
        """Papers that ask for or grant a benefit need a person who may have it. Raises with every reason."""
        self.need_calculation()
        if self.result.get("eligible"):
            return
        lead = _("Hồ sơ %(number)s chưa đủ điều kiện hưởng", number=self.case.label)
        raise Refused(
            [
                Fault(
                    "case",
                    f"{lead}: {without_stop(reason['message'])} ({reason['article']}).",
                    reason["article"],
                    reason["code"],
                )
                for reason in self.result.get("reasons") or ()
            ]
            or [Fault("case", f"{lead}.", code="not_eligible")]
        )


def find_case(key: int | str, action: str = "print") -> DownsizingCase:
    """A case by its id or its number (``NV-SXD-2025-0001``, newest version), inside the actor's scope.

    Raises :class:`NotFound` for none in scope; the two look the same from outside.
    """
    text = str(key).strip()
    if text.isascii() and text.isdigit():
        return access.get(DownsizingCase, text, action)
    number, _sep, revision = text.partition("#")
    query = access.restrict(select(DownsizingCase).where(DownsizingCase.number == number), DownsizingCase, action)
    if revision.isdigit():
        query = query.where(DownsizingCase.revision == int(revision))
    found = db.session.scalar(query.order_by(DownsizingCase.revision.desc()).limit(1))
    if found is None:
        raise NotFound()
    return found


def case_file(case: DownsizingCase, *, for_signature: bool = False) -> CaseFile:
    """Gather what papers of one case need."""
    calculation = None if case.calculation_id is None else db.session.get(CaseCalculation, case.calculation_id)
    agency = issuing_unit(case.unit)
    return CaseFile(case, calculation, agency, body_of(agency), for_signature)


def case_files(cases: Sequence[DownsizingCase], *, for_signature: bool = False) -> list[CaseFile]:
    """The same for many cases with one query for the calculations."""
    wanted = [case.calculation_id for case in cases if case.calculation_id is not None]
    calculations: dict[int, CaseCalculation] = {}
    for start in range(0, len(wanted), 500):
        part = select(CaseCalculation).where(CaseCalculation.id.in_(wanted[start : start + 500]))
        calculations.update((row.id, row) for row in db.session.scalars(part))
    bodies: dict[int, tuple[OrgUnit, Body]] = {}
    files: list[CaseFile] = []
    for case in cases:
        if case.unit_id not in bodies:
            agency = issuing_unit(case.unit)
            bodies[case.unit_id] = (agency, body_of(agency))
        calculation = None if case.calculation_id is None else calculations.get(case.calculation_id)
        files.append(CaseFile(case, calculation, *bodies[case.unit_id], for_signature))
    return files


WITH_PARTS = (joinedload(DownsizingCase.person), joinedload(DownsizingCase.unit), joinedload(DownsizingCase.act))
