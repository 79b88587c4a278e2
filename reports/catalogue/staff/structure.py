"""Staff by age, sex, grade, qualification, ethnicity and Party membership."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from models.vocabulary import CATEGORIES, LEADER_RANKS
from reports.facts.staff import AGE_LABELS, GRADED, PEOPLE
from reports.framework import Asked, Block, Column, Definition, Fact, Schedule, day, records, unit
from reports.framework.charts import column_chart


def _figure(key: str, title: str, where: Mapping[str, str] | None = None, group: str = "") -> Column:
    return Column(key, title, "integer", total=True, group=group, mm=17, chars=11, where=where, opens=True)


def spread(
    asked: Asked, fact: Fact, name: str, key: str, title: str, heading: str, labels: Mapping[str, str] | None = None
) -> Block:
    """People by one dimension, with men, women and Party members among them: one statement, then sums of its lines."""
    frame = fact.count(asked, [name, "sex", "party"])
    rows: dict[Any, dict[str, Any]] = {}
    for line in records(frame):
        code = line[name] or ""
        row = rows.setdefault(code, {name: code, "label": "", "count": 0, "male": 0, "female": 0, "party": 0})
        row["count"] += line["count"]
        row[line["sex"]] += line["count"]
        row["party"] += line["count"] if line["party"] else 0
    for code, row in rows.items():
        row["label"] = (labels or {}).get(code, code) or "Chưa có dữ liệu"
    order = list(labels or ())
    lines = sorted(rows.values(), key=lambda r: (order.index(r[name]) if r[name] in order else 99, -r["count"]))
    columns = (
        Column("label", heading, mm=60, chars=40),
        _figure("count", "Tổng số"),
        _figure("male", "Nam", {"sex": "male"}),
        _figure("female", "Nữ", {"sex": "female"}),
        _figure("party", "Đảng viên", {"party": "1"}),
    )
    return Block(key, title, columns, lines, fact=fact.key, by=(name,))


def by_unit(asked: Asked) -> Block:
    """People of every agency by sex, Party and category."""
    frame = PEOPLE.count(asked, ["branch", "category", "sex", "party"])
    tree = asked.tree()
    rows: dict[int, dict[str, Any]] = {}
    for line in records(frame):
        branch = int(line["branch"])
        row = rows.setdefault(branch, {"branch": branch, "label": tree.name(branch)} | dict.fromkeys(_KEYS, 0))
        for name in ("count", line["sex"], f"of_{line['category']}"):
            row[name] += line["count"]
        row["party"] += line["count"] if line["party"] else 0
    used = [code for code in CATEGORIES if any(row[f"of_{code}"] for row in rows.values())]
    columns = (
        Column("label", "Cơ quan, đơn vị", mm=62, chars=44),
        _figure("count", "Tổng số"),
        _figure("male", "Nam", {"sex": "male"}, "Trong đó"),
        _figure("female", "Nữ", {"sex": "female"}, "Trong đó"),
        _figure("party", "Đảng viên", {"party": "1"}, "Trong đó"),
        *(_figure(f"of_{code}", CATEGORIES[code], {"category": code}, "Chia theo loại") for code in used),
    )
    lines = sorted(rows.values(), key=lambda row: tree.order(row["branch"]))
    return Block("unit", "Theo cơ quan, đơn vị", columns, lines, fact=PEOPLE.key, by=("branch",))


_KEYS = ("count", "male", "female", "party", *(f"of_{code}" for code in CATEGORIES))


def by_age(asked: Asked) -> Block:
    """The pyramid of age and sex."""
    block = spread(asked, PEOPLE, "age_group", "age", "Theo tuổi và giới tính", "Nhóm tuổi", AGE_LABELS)
    labels = [row["label"] for row in block.rows]
    pairs = [(title, [row[key] for row in block.rows]) for key, title in (("male", "Nam"), ("female", "Nữ"))]
    block.chart = column_chart("pyramid", "Tháp tuổi", labels[::-1], [(name, values[::-1]) for name, values in pairs])
    return block


def build(asked: Asked) -> list[Block]:
    blocks: Sequence[Block] = (
        by_unit(asked),
        by_age(asked),
        spread(asked, GRADED, "grade_name", "grade", "Theo ngạch, chức danh nghề nghiệp", "Ngạch, chức danh"),
        spread(asked, PEOPLE, "qualification", "qualification", "Theo trình độ chuyên môn", "Trình độ"),
        spread(asked, PEOPLE, "political_theory", "theory", "Theo trình độ lý luận chính trị", "Trình độ"),
        spread(asked, PEOPLE, "ethnicity", "ethnicity", "Theo dân tộc", "Dân tộc"),
        spread(asked, PEOPLE, "leader_rank", "leaders", "Theo chức vụ lãnh đạo, quản lý", "Chức vụ", LEADER_RANKS),
    )
    return list(blocks)


REPORT = Definition(
    key="staff_structure",
    title="Số lượng, cơ cấu đội ngũ cán bộ, công chức, viên chức",
    group="staff",
    about="Theo đơn vị, tuổi, giới tính, ngạch, trình độ, dân tộc, đảng viên và chức vụ.",
    parameters=(unit(), day()),
    build=build,
    facts=(PEOPLE, GRADED),
    schedule=Schedule({"month": "1,4,7,10", "day": "5", "hour": "5"}, "province_hr"),
)
