"""NĐ 179/2024/NĐ-CP: the monthly allowance of the three groups, one function per clause.

``leave.date`` is the day in the month asked for; the base salary is that of the month. The line is one month.
"""

from __future__ import annotations

from policies import exclusions
from policies.amounts import Amount
from policies.engine.dates import add_years
from policies.engine.money import percent
from policies.engine.parameters import Version
from policies.engine.result import Reason, Result
from policies.engine.rules import SKIP, RuleBook
from policies.engine.trace import Text
from policies.labels import TALENT_STOP_LABELS
from policies.leave import Identity, LeaveFacts, Shared, check_conditions, conclude, grant
from policies.salary.formula import MonthlySalary

IDENTITY = Identity("179", "179/2024/NĐ-CP", "Chính sách theo NĐ 179/2024/NĐ-CP")
BOOK = RuleBook("nd179")
BENEFIT = "talent_allowance"
BENEFITS = (BENEFIT,)
IN_FORCE = "2025-01-01"


class Facts179(LeaveFacts):
    """Workspace of NĐ 179."""

    __slots__ = ()

    @property
    def group(self) -> str | None:
        """k1 officials, k2 graduates and young scientists, k3 experts."""
        return self.case.person.group_179

    def components(self) -> Version:
        """What the percentage is taken of: the coefficient alone for k2; for k1 and k3 a parameter decides."""
        whole = self.store.at("nd179.salary.components", self.day)
        bare = self.store.at("nd179.coefficient_only", self.day)
        if self.group in (None, "k2"):
            return bare
        base = self.version(f"nd179.{self.group}.base", decisive=False)
        if base.mark in "UC" and self.shared.salary(whole, self.month_base).amount != (
            self.shared.salary(bare, self.month_base).amount
        ):
            self.flag(base)
        return whole if base.value == "with_allowances" else bare

    @property
    def month_base(self) -> Version:
        """Base salary of the month paid."""
        return self.store.at("salary.base", self.day)

    @property
    def salary(self) -> MonthlySalary:
        """The base of the percentage."""
        return self.shared.salary(self.components(), self.month_base)


@BOOK.condition(
    code="not_yet_in_force",
    label="NĐ 179/2024/NĐ-CP đã có hiệu lực",
    article="NĐ 179/2024/NĐ-CP, hiệu lực thi hành",
    benefits=BENEFITS,
    valid_from="1900-01-01",
)
def in_force(f: Facts179) -> Text | None:
    """From 01/01/2025."""
    return exclusions.starts_with(f, "nd179.in_force")


@BOOK.condition(
    code="outside_group",
    label="Thuộc nhóm người có tài năng tại Điều 2",
    article="Điều 2 NĐ 179/2024/NĐ-CP",
    benefits=BENEFITS,
    valid_from=IN_FORCE,
)
def in_a_group(f: Facts179) -> Text | None:
    """The group is named and its kind of service fits; contracts of k3 have no formula."""
    if f.group is None:
        return ("hồ sơ chưa xác định nhóm người có tài năng (person.group_179)", ())
    person = f.case.person
    if person.category in f.param("nd179.categories")[f.group]:
        return None
    if f.group == "k3" and person.category == "contract_worker":
        return (
            "chuyên gia làm việc theo hợp đồng hưởng mức do người đứng đầu thỏa thuận, không tính theo công thức",
            (),
        )
    return ("loại đối tượng này không thuộc nhóm {0}", (f.group,))


@BOOK.condition(
    code="not_yet_in_force",
    label="Đã có quyết định tuyển dụng hoặc công nhận",
    article="Điều 8, Điều 15 NĐ 179/2024/NĐ-CP",
    benefits=BENEFITS,
    valid_from=IN_FORCE,
)
def decided(f: Facts179) -> Text | None:
    """Paid from the decision on."""
    facts = f.case.facts
    day = facts.recognised_on if f.group == "k1" else facts.recruited_on
    if day is None:
        return SKIP
    return None if f.day >= day else ("tháng {0} trước ngày quyết định {1}", (f.day, day))


@BOOK.condition(
    code="window_closed",
    label="Trong 05 năm kể từ quyết định tuyển dụng",
    article="Điều 8 NĐ 179/2024/NĐ-CP",
    benefits=BENEFITS,
    valid_from=IN_FORCE,
)
def within_five_years(f: Facts179) -> Text | None:
    """Group 2 only: five years from the recruitment decision."""
    day = f.case.facts.recruited_on
    if f.group != "k2" or day is None:
        return SKIP
    end = add_years(day, f.param("nd179.k2.years"))
    return None if f.day < end else ("đã hết thời hạn hưởng từ {0}", (end,))


@BOOK.condition(
    code="window_closed",
    label="Chưa có quyết định dừng hưởng",
    article="Điều 6 khoản 3 NĐ 179/2024/NĐ-CP",
    benefits=BENEFITS,
    valid_from=IN_FORCE,
)
def not_stopped(f: Facts179) -> Text | None:
    """Own wish, duties not met, breach, change of fields: a person decides, the day of the decision ends the pay."""
    given = f.case.facts
    if given.talent_stopped_on is None or f.day < given.talent_stopped_on:
        return SKIP if given.talent_stopped_on is None else None
    why = TALENT_STOP_LABELS.get(given.talent_stop_event or "", "chưa ghi trường hợp")
    return ("dừng hưởng từ {0} ({1})", (given.talent_stopped_on, why))


def _allowance(f: Facts179, name: str) -> Amount:
    rate = f.param(name)
    base = f.salary.amount
    return Amount(
        "talent_allowance",
        "Phụ cấp tăng thêm đối với người có tài năng (một tháng)",
        percent(rate),
        base,
        "{0}% × {1}",
        (rate, base),
    )


def _not_k1(f: Facts179) -> Text | None:
    return None if f.group == "k1" else ("hồ sơ thuộc nhóm {0}", (f.group,))


def _not_k2(f: Facts179) -> Text | None:
    return None if f.group == "k2" else ("hồ sơ thuộc nhóm {0}", (f.group,))


def _regular_k2(f: Facts179) -> Text | None:
    if f.group == "k2" and f.case.facts.recruited_under_140:
        return ("được tuyển dụng theo NĐ 140/2017/NĐ-CP, áp dụng Điều 22", ())
    return _not_k2(f)


def _former_k2(f: Facts179) -> Text | None:
    if f.group == "k2" and not f.case.facts.recruited_under_140:
        return ("không được tuyển dụng theo NĐ 140/2017/NĐ-CP", ())
    return _not_k2(f)


def _not_k3(f: Facts179) -> Text | None:
    return None if f.group == "k3" else ("hồ sơ thuộc nhóm {0}", (f.group,))


@BOOK.rule(
    "talent",
    code="15",
    label="Nhóm 1: cán bộ, công chức, viên chức được công nhận",
    article="Điều 15 NĐ 179/2024/NĐ-CP",
    valid_from=IN_FORCE,
    applies=_not_k1,
)
def officials(f: Facts179) -> Amount:
    """150 % of the current salary from the recognition on."""
    return _allowance(f, "nd179.k1.extra")


@BOOK.rule(
    "talent",
    code="8",
    label="Nhóm 2: sinh viên tốt nghiệp xuất sắc, nhà khoa học trẻ tài năng",
    article="Điều 8 NĐ 179/2024/NĐ-CP",
    valid_from=IN_FORCE,
    applies=_regular_k2,
)
def graduates(f: Facts179) -> Amount:
    """150 % of the salary by coefficient for five years."""
    return _allowance(f, "nd179.k2.extra")


@BOOK.rule(
    "talent",
    code="22",
    label="Nhóm 2 được tuyển dụng theo NĐ 140/2017/NĐ-CP: chính sách cao hơn của hai nghị định",
    article="Điều 22 NĐ 179/2024/NĐ-CP",
    valid_from=IN_FORCE,
    applies=_former_k2,
)
def recruited_before(f: Facts179) -> Amount:
    """The regime of NĐ 140/2017 goes on for its five years; where NĐ 179 is better, NĐ 179."""
    old = f.version("nd179.nd140.extra", decisive=False)
    new = f.version("nd179.k2.extra", decisive=False)
    if old.value > new.value:
        f.flag(old)
        return _allowance(f, "nd179.nd140.extra")
    return _allowance(f, "nd179.k2.extra")


@BOOK.rule(
    "talent",
    code="experts",
    label="Nhóm 3: chuyên gia, nhà quản lý, nhà khoa học đầu ngành",
    article="NĐ 179/2024/NĐ-CP, chính sách đối với chuyên gia",
    valid_from=IN_FORCE,
    applies=_not_k3,
)
def experts(f: Facts179) -> Amount:
    """300 % of the current salary."""
    return _allowance(f, "nd179.k3.extra")


def evaluate(shared: Shared, benefit: str) -> Result:
    """Answer for one month; ``benefit`` has one value only."""
    facts = Facts179(shared)
    outcome = check_conditions(BOOK, facts, BENEFIT)
    yes: Reason | None = None
    if not outcome.reasons:
        grant(BOOK, facts, ("talent",), outcome)
        yes = Reason("eligible", outcome.lines[0].article, ("Người có tài năng nhóm {0}.", (facts.group,)))
        _not_checked(facts)
    start = facts.store.versions("nd179.in_force")[0].value
    result = conclude(
        IDENTITY,
        BENEFIT,
        facts,
        outcome,
        salary=facts.salary if facts.day >= start else None,
        law_version=start.isoformat(),
        yes=yes,
    )
    result.months_early = None
    result.years_early = None
    return result


def _not_checked(facts: Facts179) -> None:
    given = facts.case.facts
    if facts.group == "k1" and given.recognised_on is None:
        facts.warn(
            "not_checked",
            "Điều 15 NĐ 179/2024/NĐ-CP",
            "Chưa kiểm tra: ngày quyết định công nhận người có tài năng (facts.recognised_on).",
        )
    if facts.group in ("k2", "k3") and given.recruited_on is None:
        facts.warn(
            "not_checked",
            "Điều 8 NĐ 179/2024/NĐ-CP",
            "Chưa kiểm tra: ngày quyết định tuyển dụng và thời hạn hưởng (facts.recruited_on).",
        )
    recruited, start = given.recruited_on, facts.store.versions("nd179.in_force")[0].value
    if facts.group == "k2" and recruited is not None and recruited < start and given.recruited_under_140 is None:
        facts.warn(
            "not_checked",
            "Điều 22 NĐ 179/2024/NĐ-CP",
            "Chưa kiểm tra: tuyển dụng ngày {0}, trước ngày {1}, theo NĐ 140/2017/NĐ-CP (facts.recruited_under_140).",
            recruited,
            start,
        )
    facts.check_scale("Bảng lương NĐ 204/2004/NĐ-CP")
