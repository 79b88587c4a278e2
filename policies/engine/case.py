"""The case: what is known about one person, frozen. Built by ``policies.engine.parsing``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from types import MappingProxyType

from policies.engine.dates import PartialDate

DECREES = ("178", "177", "154", "29", "179", "NQ07")
BENEFITS = (
    "early_retirement",
    "severance",
    "waiting_leave",
    "talent_allowance",
    "retained_leadership_allowance",
    "grassroots_secondment",
)
SEXES = ("male", "female")
CATEGORIES = (
    "cadre",
    "civil_servant",
    "public_employee",
    "contract_worker",
    "commune_official",
    "association_staff",
)
ANNEXES = ("I", "II")
GROUPS_177 = ("k1", "k2", "k3", "k4", "k5")
GROUPS_179 = ("k1", "k2", "k3")
SECONDMENT_LEVELS = ("commune", "province")
GROUPS_NQ07 = ("k1", "k2", "k3", "k4", "k5")
TALENT_STOPS = ("own_wish", "duties_not_met", "breach", "field_changed")
GROUNDS_154 = ("a", "b", "c", "d", "đ", "e", "g", "h")

PERCENT_ALLOWANCES = (
    "seniority_percent",
    "profession_preferential_percent",
    "profession_responsibility_percent",
    "public_service_percent",
    "party_union_percent",
)
COUNTED_ALLOWANCES = ("leadership", "beyond_frame_percent", *PERCENT_ALLOWANCES, "retained_difference")
OTHER_ALLOWANCES = (
    "area",
    "attraction",
    "attraction_percent",
    "job_responsibility",
    "responsibility",
    "hazard",
    "hazardous",
    "party_committee",
    "chief_accountant",
    "concurrent",
    "concurrent_percent",
    "mobility",
    "special_area_percent",
    "longevity_special_area",
)

ZERO = Decimal(0)
NO_ALLOWANCES: Mapping[str, Decimal] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Person:
    """Who: months are whole months of compulsory insurance, ``public_service_months`` those in the bodies of Điều 1."""

    sex: str
    birth_date: PartialDate
    category: str
    social_insurance_months: int
    public_service_months: int
    leader: bool = False
    retirement_annex: str = "I"
    group_177: str | None = None
    group_179: str | None = None


@dataclass(frozen=True, slots=True)
class Salary:
    """Pay: either ``coefficient`` (State scale) or ``agreed_amount`` (đồng a month); allowances by name."""

    coefficient: Decimal | None = None
    agreed_amount: int | None = None
    average_60_months: int | None = None
    allowances: Mapping[str, Decimal] = field(default_factory=lambda: NO_ALLOWANCES)

    def allowance(self, name: str) -> Decimal:
        """One allowance, 0 where it is not drawn."""
        return self.allowances.get(name, ZERO)


@dataclass(frozen=True, slots=True)
class LocalTopUp:
    """A local grant entered by hand: amount in đồng, the decision that granted it and, where known, its day."""

    amount: int
    decision: str
    decided_on: date | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """Facts that single decrees need besides; None = not known."""

    congress_date: date | None = None
    term_ends: date | None = None
    old_leadership_allowance: Decimal | None = None
    new_leadership_allowance: Decimal | None = None
    secondment_level: str | None = None
    ground_154: str | None = None
    recruited_on: date | None = None
    recognised_on: date | None = None
    contract_before_2019: bool | None = None
    education_or_health: bool | None = None
    leaders_above_quota: bool | None = None
    local_top_up: LocalTopUp | None = None
    # NĐ 177 Điều 2 khoản 6: notice or decision of retirement; goes on working in the political system.
    retirement_notice_on: date | None = None
    continues_working: bool | None = None
    # NQ 07: the group where the category and the annex do not tell it; first day of a pension already drawn.
    group_nq07: str | None = None
    benefit_drawn_from: date | None = None
    # NĐ 178 Điều 12: the commune lies in a specially difficult area (NĐ 76/2019 instead of the one-off grant).
    special_area: bool | None = None
    # NĐ 179: recruited under NĐ 140/2017 (Điều 22); the allowance was ended by a decision (Điều 6 khoản 3).
    recruited_under_140: bool | None = None
    talent_stopped_on: date | None = None
    talent_stop_event: str | None = None


NO_FACTS = Facts()


@dataclass(frozen=True, slots=True)
class Case:
    """One question to the law: a person, a salary, a restructuring and a leave date."""

    person: Person
    salary: Salary
    leave_date: date
    decision_date: date | None = None
    effective_date: date | None = None
    directly_affected: bool = False
    voluntary: bool = True
    pregnant_or_child_under_36_months: bool = False
    under_discipline_or_investigation: bool = False
    earlier_benefit: str | None = None
    facts: Facts = field(default=NO_FACTS)
    decree: str = "auto"
    benefit: str = "auto"
    id: str | int | None = None
