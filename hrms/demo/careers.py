"""Pay, insurance and the rest of an invented person's record, as rows ready to be written."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hrms.demo import shape
from hrms.demo.land import Land
from hrms.demo.people import PersonPlan, PostPlan
from hrms.kernel.text import add_months, full_months
from policies.retirement import pension_date
from policies.salary.scales import Scale, position_allowances, scales
from policies.store import default_store

ONE_DAY = timedelta(days=1)
Row = dict[str, Any]
YEARS_OF_PAY = 9  # how far back the salary rows go


@dataclass(frozen=True)
class Grade:
    """A grade of the State with its scale; ``next`` is the one above it."""

    code: str
    name: str
    scale: str
    next: str = ""


GRADES = {
    grade.code: grade
    for grade in (
        Grade("01.003", "Chuyên viên", "A1", "01.002"),
        Grade("01.002", "Chuyên viên chính", "A2.1", "01.001"),
        Grade("01.001", "Chuyên viên cao cấp", "A3.1"),
        Grade("01.004", "Cán sự", "A0", "01.003"),
        Grade("06.031", "Kế toán viên", "A1", "06.030"),
        Grade("06.030", "Kế toán viên chính", "A2.1"),
        Grade("02.007", "Văn thư viên", "A1"),
        Grade("04.025", "Thanh tra viên", "A1", "04.024"),
        Grade("04.024", "Thanh tra viên chính", "A2.1"),
        Grade("V.07.05.15", "Giáo viên THPT hạng III", "A1", "V.07.05.14"),
        Grade("V.07.05.14", "Giáo viên THPT hạng II", "A2.2"),
        Grade("V.07.04.32", "Giáo viên THCS hạng III", "A1", "V.07.04.31"),
        Grade("V.07.04.31", "Giáo viên THCS hạng II", "A2.2"),
        Grade("V.07.03.29", "Giáo viên tiểu học hạng III", "A1", "V.07.03.28"),
        Grade("V.07.03.28", "Giáo viên tiểu học hạng II", "A2.2"),
        Grade("V.07.02.26", "Giáo viên mầm non hạng III", "A0", "V.07.02.25"),
        Grade("V.07.02.25", "Giáo viên mầm non hạng II", "A1"),
        Grade("V.08.01.03", "Bác sĩ (hạng III)", "A1", "V.08.01.02"),
        Grade("V.08.01.02", "Bác sĩ chính (hạng II)", "A2.1"),
        Grade("V.08.05.12", "Điều dưỡng hạng III", "A1", "V.08.05.11"),
        Grade("V.08.05.11", "Điều dưỡng hạng II", "A2.2"),
        Grade("V.08.07.18", "Kỹ thuật y hạng III", "A1"),
        Grade("V.08.08.22", "Dược sĩ (hạng III)", "A1"),
        Grade("V.03.09.26", "Khuyến nông viên (hạng III)", "A1"),
        Grade("01.010", "Lái xe cơ quan", "NV-LX"),
        Grade("01.011", "Nhân viên bảo vệ", "NV-BV"),
        Grade("01.009", "Nhân viên phục vụ", "NV-PV"),
    )
}
GRADE_OF_TITLE = {
    "Kế toán viên": "06.031", "Văn thư viên": "02.007", "Thanh tra viên": "04.025", "Bác sĩ": "V.08.01.03",
    "Điều dưỡng": "V.08.05.12", "Kỹ thuật viên": "V.08.07.18", "Dược sĩ": "V.08.08.22",
    "Khuyến nông viên": "V.03.09.26", "Nhân viên lái xe": "01.010", "Nhân viên bảo vệ": "01.011",
    "Nhân viên phục vụ": "01.009", "Công chức Tài chính - Kế toán": "06.031",
}  # fmt: skip
GRADE_OF_TRADE = {
    "upper": "V.07.05.15", "lower": "V.07.04.32", "primary": "V.07.03.29", "nursery": "V.07.02.26",
    "inspector": "04.025", "health": "V.08.01.03", "hazard": "V.08.01.03",
}  # fmt: skip
PREFERENTIAL = {"upper": 30, "lower": 30, "primary": 35, "nursery": 35, "health": 40, "hazard": 60}
SENIORITY = {"upper", "lower", "primary", "nursery", "inspector"}
# Leadership allowances by kind of unit: (level of the law's table, words of the post) for head and deputy.
LEADERSHIP = {
    "department": ("SO", "Giám đốc Sở", "Phó Giám đốc Sở"),
    "party": ("SO", "Giám đốc Sở", "Phó Giám đốc Sở"),
    "front": ("SO", "Giám đốc Sở", "Phó Giám đốc Sở"),
    "province": ("TINH", "Chủ tịch UBND tỉnh", "Phó Chủ tịch UBND tỉnh"),
    "division": ("SO", "Trưởng phòng", "Phó Trưởng phòng"),
    "branch": ("CHICUC_SO", "Chi cục trưởng", "Phó Chi cục trưởng"),
    "district": ("HUYEN", "Chủ tịch UBND huyện", "Phó Chủ tịch UBND huyện"),
    "commune": ("XA_CU", "Phó Bí thư", "Chủ tịch MTTQ"),
}
OWN_LEADERSHIP = {"service_unit": ("0.45", "0.35"), "association": ("0.5", "0.4"), "commune_office": ("0.25", "0.15")}
MARRIED = {"male": "Vợ", "female": "Chồng"}


class Careers:
    """Turns a planned person into rows of every table of the record."""

    def __init__(self, rng: random.Random, land: Land, as_of: date) -> None:
        self._rng, self._land, self._as_of = rng, land, as_of
        self._scales = {scale.code: scale for scale in scales()}
        self._store = default_store()
        # Allowances of the old posts are what these careers drew until the law pack's newer tables begin in 2026.
        self._allowances = {
            (row.level, row.position): row.coefficient for row in position_allowances(min(as_of, date(2025, 6, 30)))
        }
        self._public_service = Decimal(self._store.at("salary.public_service_percent", as_of).value)

    # Pay

    def salary(self, person: PersonPlan) -> list[Row]:
        """Salary rows of the last years: steps in their time, the leader's allowance from the day of the post."""
        rng = self._rng
        if person.trade == "support" and rng.random() < 0.4:
            return [self._agreed(person)]
        grade = self._first_grade(person)
        end = person.left_on - ONE_DAY if person.left_on else self._as_of
        window = max(person.recruited, add_months(end.replace(day=1), -12 * YEARS_OF_PAY))
        marks = self._steps(person, grade, end)
        starts = [mark for mark in marks if mark[0] > window]
        earlier = [mark for mark in marks if mark[0] <= window]
        if earlier:
            starts.insert(0, earlier[-1])
        bounds = {mark[0] for mark in starts}
        bounds |= {post.start for post in _main(person) if post.rank and starts[0][0] < post.start <= end}
        rows: list[Row] = []
        for day in sorted(bounds):
            _since, at, step, beyond = [mark for mark in starts if mark[0] <= day][-1]
            rows.append(self._row(person, day, at, step, beyond, _since))
        last = None if person.left_on is None else person.left_on - ONE_DAY
        for row, following in zip(rows, [*rows[1:], None], strict=True):
            row["valid_to"] = following["valid_from"] - ONE_DAY if following else last
        return rows

    def _first_grade(self, person: PersonPlan) -> Grade:
        code = GRADE_OF_TITLE.get(person.posts[0].title) or GRADE_OF_TRADE.get(person.trade, "01.003")
        if code == "01.003" and person.trade == "commune" and self._rng.random() < 0.15:
            code = "01.004"
        return GRADES[code]

    def _steps(self, person: PersonPlan, grade: Grade, end: date) -> list[tuple[date, Grade, int, int]]:
        """(day, grade, step, beyond-frame percent) from recruitment on; a promotion never lowers the coefficient."""
        rng = self._rng
        marks: list[tuple[date, Grade, int, int]] = []
        day, step, beyond = person.recruited, 1, 0
        leader = bool(person.current.rank)
        promoted_after = rng.choice((11, 12, 13, 15)) if grade.next and rng.random() < (0.85 if leader else 0.3) else 99
        while day <= end:
            marks.append((day, grade, step, beyond))
            scale = self._scales[grade.scale]
            years = full_months(person.recruited, day) // 12
            if grade.next and years >= promoted_after:
                coefficient = scale.coefficients[step - 1]
                grade = GRADES[grade.next]
                step, beyond = self._entry(self._scales[grade.scale], coefficient), 0
                promoted_after = years + 14 if leader and rng.random() < 0.25 else 99
                marks[-1] = (day, grade, step, beyond)
                scale = self._scales[grade.scale]
            if step < len(scale.coefficients):
                step += 1
                day = add_months(day, scale.step_months - (12 if rng.random() < 0.06 else 0))
            else:
                beyond = 5 if beyond == 0 else beyond + 1
                day = add_months(day, scale.step_months if beyond == 5 else 12)
        return marks

    @staticmethod
    def _entry(scale: Scale, coefficient: Decimal) -> int:
        return next(
            (n for n, value in enumerate(scale.coefficients, 1) if value >= coefficient), len(scale.coefficients)
        )

    def _row(self, person: PersonPlan, day: date, grade: Grade, step: int, beyond: int, since: date) -> Row:
        row = _blank_salary(person.id, day)
        row |= {
            "scale_code": grade.scale,
            "grade_code": grade.code,
            "grade_name": grade.name,
            "step": step,
            "coefficient": self._scales[grade.scale].coefficients[step - 1],
            "beyond_frame_percent": Decimal(beyond),
            "step_counted_from": since,
            "leadership": self._leadership(person, day),
        }
        unit = person.posts[0].unit
        if person.category in ("civil_servant", "cadre", "commune_official"):
            row["public_service_percent"] = self._public_service
        if unit.kind in ("party", "front"):
            row["party_union_percent"] = Decimal(30)
        if person.category == "public_employee":
            row["profession_preferential_percent"] = Decimal(PREFERENTIAL.get(person.trade, 0))
        if person.trade == "inspector" and person.category == "civil_servant":
            row["profession_responsibility_percent"] = Decimal(25)
        years = full_months(person.recruited, day) // 12
        if person.trade in SENIORITY and years >= 5 and person.category != "contract_worker":
            row["seniority_percent"] = Decimal(years)
        if self._rng.random() < 0.01:
            row["retained_difference"] = Decimal("0.34")
        decision = self._number(person, day)
        return row | decision

    def _leadership(self, person: PersonPlan, day: date) -> Decimal:
        """The post's allowance; who came lower through the reorganisation keeps the old one (Điều 11 NĐ 178)."""
        found = Decimal(0)
        for post in _main(person):
            if post.start <= day:
                value = self.allowance_of(post)
                kept = post.start in (shape.DEPARTMENTS_MERGED, shape.TWO_TIERS)
                found = max(found, value) if kept else value
        return found

    def allowance_of(self, post: PostPlan) -> Decimal:
        """Coefficient of the leadership allowance that goes with a post; nought without a rank."""
        if not post.rank:
            return Decimal(0)
        kind = post.unit.kind
        index = 0 if post.rank == "head" else 1
        if kind in OWN_LEADERSHIP:
            return Decimal(OWN_LEADERSHIP[kind][index])
        level, head, deputy = LEADERSHIP[kind]
        if kind == "division" and post.unit.parent and self._land.by_id[post.unit.parent].kind == "district":
            level = "HUYEN"
        wanted = (head, deputy)[index]
        return next((c for (lv, name), c in self._allowances.items() if lv == level and name.startswith(wanted)),
                    Decimal("0.3"))  # fmt: skip

    def _agreed(self, person: PersonPlan) -> Row:
        day = person.recruited if person.left_on else max(person.recruited, date(2024, 7, 1))
        row = _blank_salary(person.id, day)
        row["agreed_amount"] = self._rng.randrange(56, 98) * 100_000
        row["valid_to"] = None if person.left_on is None else person.left_on - ONE_DAY
        return row | self._number(person, day)

    def _number(self, person: PersonPlan, day: date) -> Row:
        symbol = person.posts[0].unit.code.removeprefix("TB-").split(".")[0].split("-")[0]
        return {
            "decision_number": f"{self._rng.randrange(10, 990)}/QĐ-{symbol}",
            "decision_date": day - timedelta(days=self._rng.randrange(4, 30)),
        }

    # Insurance

    def insurance(self, person: PersonPlan) -> list[Row]:
        """Period rows for most, a confirmed total for others; hazardous time, work elsewhere, time paid out."""
        rng = self._rng
        start = person.recruited.replace(day=1)
        end = None if person.left_on is None else add_months(person.left_on.replace(day=1), 0) - ONE_DAY
        rows: list[Row] = []
        if rng.random() < 0.11 and full_months(person.birth, start) > 12 * 21:
            months = rng.randrange(8, 60)
            begin = add_months(start, -months)
            if full_months(person.birth, begin) >= 12 * 18:
                rows.append(
                    _period(person.id, begin, start - ONE_DAY, "Doanh nghiệp ngoài nhà nước", in_public_body=False,
                            paid_out=rng.random() < 0.3)
                )  # fmt: skip
        unit = person.posts[0].unit
        if person.trade == "hazard":
            rows.append(_period(person.id, start, end, unit.name, hazardous=True, document="Sổ bảo hiểm xã hội"))
        elif rng.random() < 0.35 and end is None and not rows and start < date(2024, 1, 1):
            confirmed = date(2024, 12, 31)
            total = full_months(start, confirmed + ONE_DAY)
            rows.append(
                _period(person.id, None, confirmed, unit.name, kind="opening", months=total,
                        document=f"{rng.randrange(100, 4000)}/XN-BHXH ngày 15/01/2025")
            )  # fmt: skip
        elif end is None or end > start:
            rows.append(_period(person.id, start, end, unit.name, document="Sổ bảo hiểm xã hội"))
        return rows

    def annex(self, person: PersonPlan) -> str:
        """Phụ lục II for most of those with fifteen years of hazardous work who have not passed that age."""
        if person.trade != "hazard" or full_months(person.recruited, self._as_of) < 12 * 15:
            return "I"
        early = pension_date(self._store, person.sex, person.birth, "II", self._as_of)
        return "II" if early > add_months(self._as_of, 4) and self._rng.random() < 0.75 else "I"

    # The rest

    def ratings(self, person: PersonPlan) -> list[Row]:
        """The last three full years."""
        rng = self._rng
        rows: list[Row] = []
        for year in range(self._as_of.year - 3, self._as_of.year):
            if person.recruited.year < year and (person.left_on is None or person.left_on.year > year):
                level = rng.choices(("HTXS", "HTT", "HT", "KHT"), cum_weights=(18, 88, 98, 100))[0]
                regime = "ND90" if year < 2023 else "ND90_48"  # NĐ 48/2023 from 15/9/2023
                rows.append({"person_id": person.id, "year": year, "level": level, "regime": regime, "side": "STATE",
                             "decision_number": f"{rng.randrange(10, 900)}/QĐ-XL"})  # fmt: skip
        return rows

    def disciplines(self, person: PersonPlan) -> list[Row]:
        rng = self._rng
        draw = rng.random()
        if draw > 0.011 or person.left_on is not None:
            return []
        opened = add_months(self._as_of, -rng.randrange(2, 6) if draw < 0.004 else -rng.randrange(14, 60))
        if opened < person.recruited:
            return []
        row = {"person_id": person.id, "kind": "administrative", "form": "", "opened_on": opened, "decided_on": None,
               "closed_on": None, "decision_number": "", "duty_related": True, "note": ""}  # fmt: skip
        if draw >= 0.004:
            decided = opened + timedelta(days=rng.randrange(30, 80))
            row |= {"form": rng.choice(("Khiển trách", "Khiển trách", "Cảnh cáo")), "decided_on": decided,
                    "closed_on": add_months(decided, 12), "decision_number": f"{rng.randrange(9, 900)}/QĐ"}  # fmt: skip
        return [row]

    def benefits(self, person: PersonPlan) -> list[Row]:
        if person.left_on is None or not person.left_reason.startswith("Tinh giản"):
            return []
        number = f"{self._rng.randrange(10, 900)}/QĐ-UBND"
        return [{"person_id": person.id, "decree": "29/2023/NĐ-CP", "decision_number": number,
                 "paid_on": person.left_on, "amount": self._rng.randrange(900, 3600) * 100_000}]  # fmt: skip

    def training(self, person: PersonPlan) -> Iterator[Row]:
        rng = self._rng
        if rng.random() > 0.3 or full_months(person.recruited, self._as_of) < 60:
            return
        start = add_months(self._as_of.replace(day=1), -rng.randrange(6, 50))
        subject, school = rng.choice((
            ("Bồi dưỡng quản lý nhà nước ngạch chuyên viên", "Trường Chính trị tỉnh"),
            ("Cao cấp lý luận chính trị", "Học viện Chính trị khu vực"),
            ("Bồi dưỡng kỹ năng số cho cán bộ, công chức", "Trường Chính trị tỉnh"),
            ("Bồi dưỡng chức danh nghề nghiệp", "Trường đại học liên kết"),
        ))  # fmt: skip
        yield {"person_id": person.id, "school": school, "subject": subject, "starts_on": start,
               "ends_on": add_months(start, 2), "form": "Tập trung", "certificate": "Chứng chỉ"}  # fmt: skip

    def family(self, person: PersonPlan, name: str) -> list[Row]:
        if not person.current.rank or self._rng.random() > 0.5:
            return []
        year = person.birth.year + self._rng.randrange(-4, 5)
        return [{"person_id": person.id, "relation": MARRIED[person.sex], "full_name": name, "birth_year": year,
                 "work": "", "relative_id": None}]  # fmt: skip


def _main(person: PersonPlan) -> list[PostPlan]:
    return [post for post in person.posts if post.kind == "main"]


def _blank_salary(person_id: int, day: date) -> Row:
    nothing = Decimal(0)
    return {
        "person_id": person_id, "valid_from": day, "valid_to": None, "scale_code": "", "grade_code": "",
        "grade_name": "", "step": None, "coefficient": None, "agreed_amount": None, "leadership": nothing,
        "beyond_frame_percent": nothing, "seniority_percent": nothing, "profession_preferential_percent": nothing,
        "profession_responsibility_percent": nothing, "public_service_percent": nothing,
        "party_union_percent": nothing, "retained_difference": nothing, "area": nothing,
        "step_counted_from": None, "decision_number": "", "decision_date": None,
    }  # fmt: skip


def _period(person_id: int, start: date | None, end: date | None, employer: str, **more: Any) -> Row:
    return {
        "person_id": person_id, "kind": "period", "starts_on": start, "ends_on": end, "months": None,
        "employer": employer, "in_public_body": True, "hazardous": False, "special_area": False, "paid_out": False,
        "document": "", **more,
    }  # fmt: skip
