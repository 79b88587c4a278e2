"""Cases of the demonstration province in every state, played through the real commands by the demonstration accounts.

Time travels with the story: a round that is settled, a round in work. Every step is taken by the account whose duty it
is; steps of units without an account of their own are taken by the demonstration itself.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, time, timedelta

from sqlalchemy import or_, select

from hrms.commands.organization import establishment_balance
from hrms.commands.restructuring import calculation
from hrms.commands.restructuring.batches import CreateBatch
from hrms.commands.restructuring.cases import CorrectFact, EditCase, OpenCase
from hrms.commands.restructuring.dossier import MarkPaper
from hrms.commands.restructuring.requests import CaseRequest
from hrms.commands.restructuring.review import SetAssessment, SetMeeting, YearAssessment
from hrms.commands.restructuring.steps import CommentLine, Perform
from hrms.commands.staff import AddDiscipline, LeaveService
from hrms.kernel import access, actor, clock
from hrms.kernel.commands import execute
from hrms.kernel.db import db
from hrms.kernel.errors import Refused
from hrms.kernel.text import first_of_next_month
from models.account import Account
from models.organization import OrgUnit
from models.restructuring import CaseBatch, DownsizingCase, RestructuringAct
from models.staff import Appointment, Person

FIRST_DAY, LAST_DAY = date(2025, 4, 20), date(2025, 7, 20)  # the story lies in the months in which NĐ 178 was applied
# How far each case of a round comes; the settled round first, then the round in work.
SETTLED = ("paid", "topped_up", "decided", "overpaid", "decided", "amended", "paid", "superseded", "refused",
           "withdrawn", "overpaid")  # fmt: skip
AT_HOME = ("appraisal", "finance", "commented", "unit_review", "draft", "endorsed", "returned", "finance", "draft",
           "appraisal", "refused_by_law", "unit_review", "withdrawn", "draft")  # fmt: skip
ELSEWHERE = ("finance", "draft", "appraisal", "unit_review", "paid", "decided", "endorsed", "draft")
HOME, OTHER = "SNNMT", "SXD"
AGENCIES = ("SXD", "STC", "SKHCN", "SNV", "TB-SNNMT", "TB-STC", "TB-SXD", "TB-SNV")
LESS = 26  # months of insurance that a later confirmation takes away
TOP_UP = (30_000_000, "07/2025/NQ-HĐND", date(2025, 3, 5))  # before 15/03/2025, when NĐ 67/2025 stopped new ones
REASON = "Vị trí việc làm không còn sau khi sắp xếp; bản thân tự nguyện xin nghỉ."


@dataclass
class Round:
    """A round of one agency: who acts for the unit, when it happened, which act it rests on."""

    batch: CaseBatch
    act: RestructuringAct
    clerk: str
    head: str
    start: date
    leave: date
    surplus: int = 0  # leaders above the number allowed in the agency itself
    deputies: tuple[int, int] = (0, 0)
    ids: list[int] = field(default_factory=list)


class Stage:
    """Who is on it: user name → account; an empty name is the demonstration itself."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.accounts = {
            row.username: actor.Actor("user", row.display_name, row.user_id)
            for row in db.session.scalars(select(Account).where(Account.is_demo.is_(True)))
        }
        self.papers = 0
        self.visits: dict[date, int] = {}  # how often the stage was entered on a day: office hours pass

    @contextmanager
    def on(self, day: date, username: str = "") -> Iterator[None]:
        who = self.accounts.get(username, actor.current())
        self.visits[day] = visit = self.visits.get(day, 0) + 1
        minutes = 8 * 60 + visit * 7 % (9 * 60)  # between 8 and 17 o'clock
        with clock.replay(day, time(minutes // 60, minutes % 60)), actor.acting(who):
            access.forget_grants()
            yield
        access.forget_grants()

    def number(self, sign: str) -> str:
        self.papers += 1
        return f"{self.papers:02d}/{sign}"


def play(rng: random.Random, as_of: date, say: Callable[[str], None]) -> int:
    """Play the rounds of the home department and of some others. Returns the number of cases."""
    horizon = min(as_of, LAST_DAY)
    if horizon < FIRST_DAY:
        return 0
    stage = Stage(rng)
    canbo = db.session.scalar(select(Account.person_id).where(Account.username == "canbo"))
    count = 0
    latest = None
    for days, fates, first in ((76, SETTLED, None), (26, AT_HOME, canbo)):
        home = _round(stage, HOME, "donvi", "thutruong", horizon - timedelta(days=days), horizon)
        if home is not None:
            count += _play_round(stage, home, fates, horizon, first)
            latest = home
    if latest is not None:
        from hrms.demo.talents import play_talents  # it tells its cases with what stands here

        count += play_talents(stage, latest, horizon)
    for code in AGENCIES:
        clerk = "donvi2" if code == OTHER else ""
        found = _round(stage, code, clerk, "", horizon - timedelta(days=40), horizon)
        if found is not None:
            count += _play_round(stage, found, ELSEWHERE, horizon)
    say(f"Hồ sơ nghỉ: {count}")
    return count


def _round(stage: Stage, code: str, clerk: str, head: str, start: date, horizon: date) -> Round | None:
    unit = db.session.scalar(select(OrgUnit).where(OrgUnit.code == code))
    act = unit and db.session.scalar(
        select(RestructuringAct)
        .where(RestructuringAct.unit_id == unit.id, RestructuringAct.effective_on <= start)
        .order_by(RestructuringAct.effective_on)
    )
    if unit is None or act is None:
        return None
    with stage.on(start, clerk):
        batch = execute(CreateBatch(unit.id, start.year, deadline=first_of_next_month(horizon)))
    leave = first_of_next_month(start + timedelta(days=50))
    made = Round(batch, act, clerk, head, start, leave)
    leaders = establishment_balance(unit.id, start).leaders
    made.deputies = (leaders.deputies, leaders.allowed or 0)
    made.surplus = leaders.surplus
    return made


def _play_round(stage: Stage, here: Round, fates: tuple[str, ...], horizon: date, first: int | None = None) -> int:
    """One case per fate, as long as there are people for it; ``first`` is somebody whose case must be among them."""
    candidates = _candidates(here)
    if first is not None:
        candidates.insert(0, first)
    played = 0
    waiting = list(fates)
    for person_id in candidates:
        if not waiting:
            break
        wanted = waiting[0]
        if wanted == "refused_by_law":
            with stage.on(here.start, here.clerk):
                execute(AddDiscipline(person_id, "administrative", here.start - timedelta(days=20)))
        case = _open(stage, here, person_id)
        if case is None:
            continue
        if not case.eligible and wanted != "refused_by_law":
            wanted = "draft"  # asks for what the law does not give: left as a draft for the visitor to see why
        else:
            waiting.pop(0)
        here.ids.append(case.id)
        Tale(stage, here, case.id, horizon).tell(wanted)
        played += 1
        if played >= len(fates) + 3:
            break
    return played


def _candidates(here: Round) -> list[int]:
    """People of the agency in service on the day, near their pension first; leaders only where there is a surplus."""
    path = here.batch.unit.path
    rows = db.session.execute(
        select(Person.id, Person.birth_date, Person.sex, Appointment.leader_rank, Appointment.unit_id)
        .join(Appointment, Appointment.person_id == Person.id)
        .join(OrgUnit, OrgUnit.id == Person.unit_id)
        .where(
            OrgUnit.path.like(f"{path}%"),
            Appointment.kind == "main",
            Appointment.valid_from <= here.start,
            or_(Appointment.valid_to.is_(None), Appointment.valid_to >= here.leave),
            Person.left_on.is_(None),
            ~Person.id.in_(select(DownsizingCase.person_id)),
            ~Person.id.in_(select(Account.person_id).where(Account.person_id.is_not(None))),
        )
        .order_by(Person.id)
    )
    plain: list[tuple[int, int]] = []
    leading: list[int] = []
    for person_id, birth, sex, rank, unit_id in rows:
        age = here.start.year - birth.year + (3 if sex == "female" else 0)
        if rank == "deputy" and unit_id == here.batch.unit_id and len(leading) < here.surplus:
            leading.append(person_id)
        elif not rank:
            plain.append((0 if 52 <= age <= 60 else 1 if age < 45 else 2, person_id))
    near = [person_id for group, person_id in sorted(plain) if group == 0]
    young = [person_id for group, person_id in sorted(plain) if group == 1]
    # Mostly people near their pension, every fifth a younger one (severance), the surplus leaders early on.
    mixed = (
        near[:3] + leading[:2] + near[3:7] + young[:2] + near[7:12] + leading[2:3] + young[2:4] + near[12:] + young[4:8]
    )
    return mixed


def _open(stage: Stage, here: Round, person_id: int) -> DownsizingCase | None:
    with stage.on(here.start + timedelta(days=2), here.clerk):
        try:
            case = execute(OpenCase(person_id, here.leave, batch_id=here.batch.id, act_id=here.act.id))
        except Refused:
            return None
        request = replace(CaseRequest.of(case), application_on=here.start, reason=REASON)
        if request.ground == "2.1.g":
            request = replace(request, deputies_present=here.deputies[0], deputies_allowed=here.deputies[1])
        return execute(EditCase(case.id, case.version, request))


@dataclass
class Tale:
    """The life of one case, told up to a fate. Days count from the start of the round, never beyond the horizon."""

    stage: Stage
    here: Round
    case_id: int
    horizon: date

    def tell(self, fate: str) -> None:
        try:
            getattr(self, fate)()
        except Refused:
            # What stands in the way is part of the demonstration: the case stays where it came to.
            db.session.rollback()

    def _day(self, number: int) -> date:
        return min(self.here.start + timedelta(days=number), self.horizon)

    def _step(self, action: str, number: int, by: str, **more: object) -> None:
        with self.stage.on(self._day(number), by):
            execute(Perform(self.case_id, action, **more))  # type: ignore[arg-type]

    def draft(self) -> None:
        """Opened, nothing more."""

    def unit_review(self) -> None:
        """Submitted to the head of the unit, the papers noted."""
        here, day = self.here, self._day(6)
        case = db.session.get(DownsizingCase, self.case_id)
        assert case is not None
        papers = [(item.id, item.code) for item in case.checklist if item.required]
        with self.stage.on(day, here.clerk):
            for item_id, code in papers:
                known = {"restructuring_act": (here.act.number, here.act.issued_on), "application": ("", here.start)}
                number, signed = known.get(code, (self.stage.number("HS"), day - timedelta(days=10)))
                execute(MarkPaper(self.case_id, item_id, True, number, signed))
        self._step("submit", 8, here.clerk)

    def meeting(self) -> None:
        case = db.session.get(DownsizingCase, self.case_id)
        assert case is not None
        years = [
            YearAssessment(row.year, row.level, remark="" if row.level else "Chưa xếp loại: chưa công tác đủ năm.")
            for row in case.assessments
        ]
        with self.stage.on(self._day(10), self.here.clerk):
            execute(SetAssessment(self.case_id, None, years))
        with self.stage.on(self._day(12), self.here.clerk):
            present = 7 + self.stage.rng.randrange(5)
            execute(
                SetMeeting(self.case_id, None, self._day(11), self.stage.number("BB"), present,
                           present - self.stage.rng.randrange(2), "Nhất trí đề nghị giải quyết theo nguyện vọng.")
            )  # fmt: skip

    def appraisal(self) -> None:
        self.unit_review()
        self.meeting()
        self._step("review", 15, self.here.head)

    def finance(self) -> None:
        self.appraisal()
        self._step("appraise", 22, "sonoivu")

    def endorsed(self) -> None:
        self.finance()
        case = db.session.get(DownsizingCase, self.case_id)
        assert case is not None
        self._step("endorse", 26, "taichinh", funding_source=case.funding_source or "salary_reform")

    def decided(self) -> None:
        self.endorsed()
        signed = self._day(32)
        self._step("decide", 32, "sonoivu", decision_number=self.stage.number("QĐ-UBND"), decision_date=signed,
                   decided_by="Chủ tịch UBND tỉnh Hưng Yên")  # fmt: skip

    def paid(self) -> None:
        self.decided()
        self._step("pay", 40, "taichinh", paid_on=self._day(40), payment_reference=self.stage.number("UNC"))
        self._leave()

    def _leave(self) -> None:
        """Whose first day away has come has left the service."""
        case = db.session.get(DownsizingCase, self.case_id)
        assert case is not None
        if case.leave_date <= self.horizon:
            with self.stage.on(case.leave_date):
                reason = "Nghỉ theo NĐ 178/2024/NĐ-CP"
                execute(LeaveService(case.person_id, case.leave_date, reason, case.decision_number, case.decision_date))

    def returned(self) -> None:
        """Sent back by Sở Nội vụ with the reason."""
        self.appraisal()
        self._step("return_from_appraisal", 20, "sonoivu",
                   reason="Xác nhận thời gian đóng BHXH chưa đến tháng trước tháng nghỉ; đề nghị bổ sung.")  # fmt: skip

    def commented(self) -> None:
        """Finance sends back one line with a remark."""
        self.finance()
        with self.stage.on(self._day(24), "taichinh"):
            execute(
                CommentLine(
                    self.case_id, "monthly_salary", "Đề nghị kiểm tra phụ cấp trong tiền lương tháng hiện hưởng."
                )
            )

    def withdrawn(self) -> None:
        self.unit_review()
        self._step("withdraw", 10, self.here.clerk, reason="Cá nhân xin rút đơn để tiếp tục công tác.")

    def refused(self) -> None:
        """The unit keeps somebody it needs."""
        self.unit_review()
        self._step("refuse", 14, self.here.head, article="Điều 6 NĐ 178/2024/NĐ-CP",
                   reason="Công chức có năng lực nổi trội, đơn vị cần giữ lại để bảo đảm công việc.")  # fmt: skip

    def refused_by_law(self) -> None:
        """The law does not give it; the answer is written with its article."""
        case = db.session.get(DownsizingCase, self.case_id)
        assert case is not None
        self.unit_review()
        self._step("refuse", 14, self.here.head, article="Điều 7 NĐ 178/2024/NĐ-CP",
                   reason="Không đủ điều kiện hưởng chính sách theo kết quả tính của hồ sơ.")  # fmt: skip

    def amended(self) -> None:
        """Decided, then an amendment is begun: the frozen version stands beside the new draft."""
        self.decided()
        self._step("amend", 38, self.here.clerk, reason="Bổ sung thời gian đóng BHXH theo xác nhận mới.",
                   document="Xác nhận của BHXH", document_date=self._day(36))  # fmt: skip

    def superseded(self) -> None:
        """Amended and decided anew: the first decision steps back."""
        self.amended()
        self._again().decided()

    def _again(self) -> Tale:
        """The amendment of this case, told from its beginning a month later."""
        new = db.session.scalar(select(DownsizingCase).where(DownsizingCase.amends_id == self.case_id))
        assert new is not None
        return Tale(self.stage, replace(self.here, start=self.here.start + timedelta(days=32)), new.id, self.horizon)

    def overpaid(self) -> None:
        """Paid, then the insurance fund confirms less time than was counted: the difference is to be paid back."""
        self.decided()
        self._step("pay", 36, "taichinh", paid_on=self._day(36), payment_reference=self.stage.number("UNC"))
        self._step("amend", 38, self.here.clerk, reason="BHXH xác nhận lại thời gian đóng ít hơn khi tính.",
                   document="Xác nhận của BHXH", document_date=self._day(37))  # fmt: skip
        again = self._again()
        case = db.session.get(DownsizingCase, again.case_id)
        assert case is not None
        months = int(calculation.inputs_of(case).case["person"]["social_insurance_months"])
        with self.stage.on(self._day(39), self.here.clerk):
            execute(CorrectFact(again.case_id, "social_insurance_months", months - LESS, "Xác nhận của BHXH"))
        again.decided()

    def topped_up(self) -> None:
        """Paid with what the province had promised on top before the Government's amendment forbade new promises."""
        case = db.session.get(DownsizingCase, self.case_id)
        assert case is not None
        with self.stage.on(self._day(3), self.here.clerk):
            more = replace(CaseRequest.of(case), local_top_up=TOP_UP[0], local_top_up_decision=TOP_UP[1],
                           local_top_up_on=TOP_UP[2])  # fmt: skip
            execute(EditCase(case.id, case.version, more))
        self.paid()


__all__ = ["play"]
