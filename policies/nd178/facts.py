"""What the clauses of NĐ 178 ask about a case: version of the text, path (Điều 7, 7a, 7b), first 12 months."""

from __future__ import annotations

from datetime import date

from policies.engine.dates import add_months
from policies.engine.parameters import Version
from policies.engine.trace import Node, Text, parameter_node
from policies.leave import LeaveFacts, Shared
from policies.nd177.groups import group_applies
from policies.salary.formula import MonthlySalary

ARTICLE_7 = "Điều 7 NĐ 178/2024/NĐ-CP"
ARTICLE_7A = "Điều 7a NĐ 178/2024/NĐ-CP (bổ sung bởi NĐ 67/2025/NĐ-CP)"
ARTICLE_7B = "Điều 7b NĐ 178/2024/NĐ-CP (bổ sung bởi NĐ 67/2025/NĐ-CP)"


class Facts178(LeaveFacts):
    """``amended`` tells which consolidated text is read; before 15/03/2025 both are computed and compared."""

    __slots__ = ("_first12", "_path", "amended", "amended_from", "first12_node", "path_reasons")

    def __init__(self, shared: Shared, *, amended: bool, amended_from: date) -> None:
        super().__init__(shared)
        self.amended = amended
        self.amended_from = amended_from
        self.first12_node: Node | None = None
        self._first12: bool | None = None
        self.path_reasons: dict[str, Text] = {}
        self._path: str | None = self._find_path()

    @property
    def path(self) -> str | None:
        """``7b``, ``7``, ``7a`` or None when no clause of Điều 2 covers the person."""
        return self._path

    @property
    def law_day(self) -> date:
        """The day whose consolidated text is read."""
        return max(self.day, self.amended_from) if self.amended else self.day

    def _find_path(self) -> str | None:
        """Điều 7b goes before Điều 7, Điều 7 before Điều 7a; what is passed over keeps its reason for the trace."""
        refusal = self._not_7b()
        if refusal is None:
            return "7b"
        self.path_reasons["7b"] = refusal
        if self.case.directly_affected:
            return "7"
        self.path_reasons["7"] = ("không chịu sự tác động trực tiếp của việc sắp xếp", ())
        if self.day >= self.amended_from:
            return "7a"
        self.path_reasons["7a"] = ("Điều 7a chỉ áp dụng cho người nghỉ từ {0}", (self.amended_from,))
        return None

    def _not_7b(self) -> Text | None:
        person = self.case.person
        if person.group_177 is None:
            return ("hồ sơ không thuộc nhóm nào của NĐ 177/2024/NĐ-CP", ())
        if not self.amended:
            return ("bản gốc của nghị định chưa có Điều 7b", ())
        groups = self.store.at("nd178.7b.groups", self.law_day).value
        if person.group_177 not in groups:
            return ("nhóm {0} không thuộc Điều 2 khoản 4", (person.group_177,))
        if not self.case.voluntary:
            return ("không có nguyện vọng nghỉ", ())
        return group_applies(self)

    @property
    def salary(self) -> MonthlySalary:
        """Monthly salary by the components of the text that is read."""
        return self.shared.salary(self.store.at("nd178.salary.components", self.law_day))

    @property
    def first12(self) -> bool:
        """Leave within the first 12 months (Điều 7 khoản 1, Điều 9, 10 khoản 1; Điều 7a counts from one fixed day)."""
        if self._first12 is None:
            # The question has a node of its own: its parameters must not be taken for those of the clause that asks.
            asking, self.used = self.used, []
            self._first12 = self._within_first12()
            self.used = asking
        return self._first12

    def _within_first12(self) -> bool:
        months = self.version("nd178.first12.months")
        if self.path == "7a":
            start = self.version("nd178.7a.first12.starts")
            limit = add_months(start.value, months.value)
            inside = self.day < limit
            self._note_first12(inside, start.value, limit, ARTICLE_7A, start)
            return inside
        begin = self.case.effective_date
        assert begin is not None  # the parser asks for it whenever the person is directly affected
        limit = add_months(begin, months.value)
        anniversary = self.version("nd178.first12.anniversary_inside", decisive=False)
        measured = self.version("nd178.first12.measured_on", decisive=False)
        measured_day = self.day
        decided = self.case.decision_date
        if measured.value == "decision_date" and decided is not None:
            measured_day = decided
        inside = measured_day <= limit if anniversary.value else measured_day < limit
        if measured_day == limit and anniversary.mark in "UC":
            self.flag(anniversary)
        if decided is not None and measured.mark in "UC" and (decided < limit) != (self.day < limit):
            self.flag(measured)
        self._note_first12(inside, begin, limit, months.article, anniversary, measured)
        return inside

    def _note_first12(self, inside: bool, begin: date, limit: date, article: str, *others: Version) -> None:
        months = self.store.at("nd178.first12.months", self.day)
        self.first12_node = Node(
            "Nghỉ trong 12 tháng đầu",
            inside,
            "điều kiện",
            ("tính từ {0}; tròn thời hạn ngày {1}; nghỉ ngày {2}", (begin, limit, self.day)),
            article,
            months,
            None,
            [parameter_node(v) for v in others],
        )
