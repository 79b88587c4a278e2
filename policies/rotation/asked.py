"""Reading a question from outside: every key by its kind, every fault with its path, nothing half understood."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from policies.engine.dates import PartialDate, add_months, day_before
from policies.engine.errors import Fault, MalformedLawData
from policies.engine.parameters import Override, ParameterStore
from policies.engine.reading import LAST_YEAR, Reader, shown
from policies.engine.trace import Node
from policies.questions import BadQuestion
from policies.rotation.clock import Change, Tenure, person_classes, rule_of
from policies.rotation.law import PREFIX, listed_positions, sector_codes

# For questions without a date: the law as it stands last.
LATEST = date(LAST_YEAR, 1, 1)
SEXES = ("male", "female")
ANNEXES = ("I", "II")
MOST_MONTHS = 1200
MOST_DAYS = 1000
SIMILAR = Decimal("0.86")


class Asked(Reader):
    """One group of keys of a question.

    A key that looks like a misspelt known one is a fault; any other unknown key is left aside and named in the trace.
    """

    def __init__(self, data: Any, path: str, known: Iterable[str], faults: list[Fault]) -> None:
        names = tuple(known)
        own = tuple(data) if isinstance(data, Mapping) else names
        super().__init__(data, path, own, faults)
        self.unused: list[str] = []
        for key in self.data:
            if key in names:
                continue
            near = next((n for n in names if n not in self.data and _similar(str(key), n)), None)
            if near is None:
                self.unused.append(str(key))
            else:
                self.fault(str(key), f"khóa '{key}' không có trong biểu; có phải là '{near}'?")

    def has(self, *keys: str) -> bool:
        """True when one of the keys was given, even empty."""
        return any(key in self.data for key in keys)

    def stop(self) -> None:
        """Raise ``BadQuestion`` when anything read so far was malformed."""
        if self.faults:
            raise BadQuestion(dict.fromkeys(self.faults))

    def first_day(self, *keys: str, required: bool = False) -> date | None:
        """The date under the first of these keys that was given."""
        for key in keys:
            if self.raw(key) is not None:
                return self.day(key)
        return self.day(keys[0], required=required)

    def months(self, key: str, *, required: bool = False) -> int | None:
        """A number of months, at least one."""
        found = self.whole(key, required=required, largest=MOST_MONTHS, unit="tháng")
        if found == 0:
            self.fault(key, "phải từ 1 tháng trở lên")
            return None
        return found

    def coefficient(self, key: str) -> Decimal | None:
        """A coefficient of an allowance."""
        if self.raw(key) is None:
            self.fault(key, 'thiếu; ghi hệ số phụ cấp, ví dụ "0.7"')
            return None
        return self.decimal(key, largest=100, what="hệ số phụ cấp")

    def given_reference(self, key: str) -> bool:
        """A decision or law named (text, group) or stated (true); false, null and empty text are none."""
        value = self.raw(key)
        if isinstance(value, (bool, str, Mapping)) or value is None:
            return bool(value)
        self.fault(key, f"{shown(value)} không phải căn cứ; ghi số hiệu văn bản hoặc true/false")
        return False

    def sequence(self, key: str) -> list[Any]:
        """A list; left out it is empty."""
        value = self.raw(key)
        if value is None:
            return []
        if isinstance(value, (list, tuple)):
            return list(value)
        self.fault(key, f"{shown(value)} không phải danh sách; ghi trong ngoặc vuông")
        return []

    def days(self, key: str) -> frozenset[date]:
        """A list of dates."""
        rows = self.sequence(key)
        reader = Asked({f"{key}[{i}]": row for i, row in enumerate(rows)}, self.path, (), self.faults)
        found = [reader.day(name, required=True) for name in list(reader.data)]
        return frozenset(day for day in found if day is not None)

    def words(self, key: str, known: Mapping[str, Any] | Iterable[str]) -> list[str]:
        """A list of code words, each one of ``known``."""
        allowed = tuple(known)
        rows = self.sequence(key)
        reader = Asked({f"{key}[{i}]": row for i, row in enumerate(rows)}, self.path, (), self.faults)
        found = [reader.choice(name, allowed, required=True) for name in list(reader.data)]
        return [word for word in found if word is not None]

    def open_words(self, key: str, known: Iterable[str]) -> list[str]:
        """A list of words that need not be known, but are faults when they look misspelt."""
        names = tuple(known)
        rows = self.sequence(key)
        reader = Asked({f"{key}[{i}]": row for i, row in enumerate(rows)}, self.path, (), self.faults)
        found = [reader.open_word(name, names) for name in list(reader.data)]
        return [word for word in found if word is not None]

    def open_word(self, key: str, known: Iterable[str], default: str | None = None) -> str | None:
        """A word that need not be known (a kind of job, a post), but is a fault when it looks misspelt."""
        value = self.raw(key)
        names = tuple(known)
        if value is None:
            if default is None:
                self.fault(key, f"thiếu; ghi một mã, ví dụ {names[0]}")
            return default
        if not isinstance(value, str) or not value:
            self.fault(key, f"{shown(value)} không phải mã chữ")
            return default
        if value not in names and any(_similar(value, name) for name in names):
            return self.choice(key, names)
        return value

    def group(self, key: str, known: Iterable[str]) -> Asked | None:
        """A group of keys below this one; None when left out."""
        value = self.raw(key)
        if value is None:
            return None
        return Asked(value, f"{self.path}.{key}", known, self.faults)

    def groups(self, key: str, known: Iterable[str]) -> list[Asked]:
        """A list of groups of keys."""
        names = tuple(known)
        return [Asked(row, f"{self.path}.{key}[{i}]", names, self.faults) for i, row in enumerate(self.sequence(key))]

    def person(self, *, required: bool = False) -> tuple[str | None, PartialDate | None, str]:
        """Sex, birth date and annex of the retirement age; sex and birth date belong together."""
        needed = required or self.has("sex", "birth_date")
        sex = self.choice("sex", SEXES, required=needed)
        birth = self.partial_date("birth_date") if needed else None
        return sex, birth, self.choice("retirement_annex", ANNEXES, "I") or "I"

    def rule(self, *keys: str, store: ParameterStore) -> str | None:
        """A sector circular's code; null or left out is none, a listed position's code names its own."""
        for key in keys:
            if self.raw(key) is not None:
                return self.choice(key, sector_codes(store))
        if self.raw("position") is not None:
            code = self.choice("position", tuple(listed_positions()))
            return None if code is None else rule_of(code)
        return None

    def left_aside(self) -> list[Node]:
        """Trace leaves for the keys that no rule used."""
        return [Node(f"Dữ kiện '{key}' không được dùng cho câu hỏi này") for key in self.unused]


def _similar(word: str, known: str) -> bool:
    ratio = difflib.SequenceMatcher(None, word.lower(), known.lower()).ratio()
    return ratio >= SIMILAR


PERSON_KEYS = ("sex", "birth_date", "retirement_annex")
TENURE_KEYS = (
    "person_class",
    "leader",
    "position",
    "position_rule",
    "rule",
    "assigned",
    "probation",
    "reassigned",
    "event",
    "merger",
    "renamed",
    "config",
)
_CHANGE_KEYS = ("date", "effective", "kind", "different_work", "same_listed_work", "same_work", "written")
_CAUSES = ("WRITTEN", "MERGER", "RENAMED", "DIVISION", "REORGANISATION")


def read_tenure(asked: Asked, store: ParameterStore, rule: str | None = None) -> Tenure | None:
    """The tenure of a question; None when it is malformed. ``rule`` where the group names none."""
    person = asked.choice("person_class", tuple(person_classes()), "CC0") or "CC0"
    leader = asked.boolean("leader")
    own = asked.rule("position_rule", "rule", store=store)
    assigned = asked.day("assigned", required=True)
    probation = asked.group("probation", ("from", "to", "months"))
    begin = end = None
    if probation is not None:
        begin = probation.day("from") or assigned
        months = probation.months("months")
        end = probation.day("to", required=months is None)
        if end is None and months is not None and begin is not None:
            end = day_before(add_months(begin, months))
        if begin is not None and end is not None and end < begin:
            probation.fault("to", "trước ngày bắt đầu tập sự; hãy kiểm tra lại")
    changes = [
        change
        for key, cause in (("reassigned", "WRITTEN"), ("event", "MERGER"), ("merger", "MERGER"), ("renamed", "RENAMED"))
        for change in _changes(asked, key, cause)
    ]
    if assigned is None:
        return None
    return Tenure(assigned, own or rule, person, leader, begin, end, tuple(changes))


def _changes(asked: Asked, key: str, cause: str) -> Iterable[Change]:
    value = asked.raw(key)
    if value is None:
        return
    if isinstance(value, (str, date)):
        day = asked.day(key)
        if day is not None:
            yield _change(day, cause == "WRITTEN", cause)
        return
    rows = asked.groups(key, _CHANGE_KEYS) if isinstance(value, (list, tuple)) else [asked.group(key, _CHANGE_KEYS)]
    for row in rows:
        if row is None or not row.given:
            continue
        day = row.first_day("date", "effective", required=True)
        kind = row.choice("kind", _CAUSES, cause) or cause
        different = row.boolean("different_work")
        for name in ("same_listed_work", "same_work"):
            if different is None and row.boolean(name) is not None:
                different = not row.boolean(name)
        if different is None:
            different = kind == "WRITTEN"
        if day is not None:
            yield _change(day, different, kind)


def _change(day: date, different: bool, cause: str) -> Change:
    return Change(day, different, "WRITTEN" if cause == "WRITTEN" else "RENAMED" if cause == "RENAMED" else "MERGER")


def configured(asked: Asked, store: ParameterStore) -> ParameterStore:
    """The store with the settings of ``config`` (``family_bar.accounting_scope`` …) laid over it."""
    given = asked.raw("config")
    if given is None:
        return store
    if not isinstance(given, Mapping):
        asked.fault("config", f"{shown(given)} không phải nhóm tham số")
        return store
    for key, value in given.items():
        name = PREFIX + str(key)
        try:
            model = store.versions(name)[-1]
            allowed = _WORDS_OF.get(str(key))
            if allowed is not None and value not in allowed:
                asked.fault(f"config.{key}", f"{shown(value)} không hợp lệ; chọn một trong: {', '.join(allowed)}")
                continue
            store = store.overlay({name: Override(value, "Câu hỏi", model.article, "U")})
        except KeyError as error:
            asked.fault(f"config.{key}", str(error.args[0]))
        except MalformedLawData as error:
            asked.fault(f"config.{key}", str(error))
    return store


_WORDS_OF: Mapping[str, tuple[str, ...]] = {
    "family_bar.accounting_scope": ("ANY_ACCOUNTING", "MANAGEMENT_ONLY"),
    "secondment.extension_over_limit": ("MANUAL", "ALLOWED", "REFUSED"),
}
