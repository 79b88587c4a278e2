"""The staff section of the administrative-reform report to the steering committee: drafted, edited, then signed.

Every figure is asked from the facts of the other reports; nothing is counted here.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from hrms.kernel.text import format_decimal, format_integer, integer_in_words
from models.vocabulary import CATEGORIES
from reports.catalogue.lines import figure, grouped, with_shares
from reports.catalogue.restructuring import people as case_people
from reports.catalogue.restructuring import progress
from reports.catalogue.staff import establishment, structure
from reports.facts.retirement import RETIRING
from reports.facts.staff import AGE_LABELS, PEOPLE
from reports.framework import Asked, Block, Column, Definition, Produced, Schedule, TextBlock, period, unit
from reports.framework.charts import column_chart


def staff(asked: Asked) -> Block:
    """People by category with their share."""
    rows = grouped(asked, PEOPLE, "category", CATEGORIES)
    with_shares(rows, sum(row["count"] for row in rows))
    columns = (Column("label", "Loại", mm=80, chars=36), figure("count", "Số người", mm=30),
               Column("share", "Tỷ lệ (%)", "percent", mm=30, share=("count", "count")))  # fmt: skip
    chart = column_chart("bars", "Số người theo loại", [row["label"] for row in rows],
                         [("Số người", [row["count"] for row in rows])])  # fmt: skip
    return Block("staff", "Đội ngũ cán bộ, công chức, viên chức", columns, rows, fact=PEOPLE.key, by=("category",),
                 chart=chart)  # fmt: skip


def ages(asked: Asked) -> Block:
    return structure.spread(asked, PEOPLE, "age_group", "age", "Cơ cấu tuổi và giới tính", "Nhóm tuổi", AGE_LABELS)


def build(asked: Asked) -> list[Block]:
    numbers = establishment.by_kind(asked)
    numbers.title = "Giao và sử dụng biên chế"
    return [numbers, staff(asked), ages(asked), progress.by_month(asked), case_people.by_decree(asked)]


def _count(number: int) -> str:
    return f"{number:02d}" if number < 10 else format_integer(number)


def opening(asked: Asked, _produced: Produced) -> str:
    return (
        f"Thực hiện chế độ báo cáo về công tác cải cách hành chính, {asked.unit.name} báo cáo nội dung xây dựng, "
        f"nâng cao chất lượng đội ngũ cán bộ, công chức, viên chức và sắp xếp tổ chức bộ máy {asked.period.label} "
        "như sau:"
    )


def on_numbers(_asked: Asked, produced: Produced) -> str:
    block = produced.block("kind")
    given, present = block.total("assigned"), block.total("present")
    parts = [
        f"{row['label'][:1].lower()}{row['label'][1:]} giao {_count(row['assigned'])}, có mặt {_count(row['present'])}"
        for row in block.rows
    ]
    rate = f" ({format_decimal(_share(present, given))}% so với số giao)" if given else ""
    return (
        f"Tổng biên chế được giao {_count(given)}, có mặt {_count(present)}{rate}; còn {_count(block.total('vacant'))} "
        f"biên chế chưa sử dụng, {_count(block.total('surplus'))} người vượt số giao. Trong đó: {'; '.join(parts)}."
    )


def on_staff(_asked: Asked, produced: Produced) -> str:
    block = produced.block("age")
    whole, women, party = block.total("count"), block.total("female"), block.total("party")
    young = sum(row["count"] for row in block.rows if row["age_group"] in ("u30", "30-34", "35-39"))
    return (
        f"Tại thời điểm báo cáo có {_count(whole)} người đang làm việc; nữ {_count(women)} người "
        f"({format_decimal(_share(women, whole))}%), đảng viên {_count(party)} người "
        f"({format_decimal(_share(party, whole))}%), dưới 40 tuổi {_count(young)} người "
        f"({format_decimal(_share(young, whole))}%)."
    )


def on_policies(asked: Asked, produced: Produced) -> str:
    months, decrees = produced.block("month"), produced.block("decree")
    return (
        f"Trong {asked.period.label}, lập {_count(months.total('opened'))} hồ sơ, quyết định "
        f"{_count(months.total('decided'))} người với kinh phí {format_integer(months.total('total'))} đồng, chi trả "
        f"{format_integer(months.total('paid'))} đồng. Lũy kế đến nay có {_count(decrees.total('count'))} người có hồ "
        f"sơ hưởng chính sách, kinh phí các hồ sơ đủ điều kiện là {format_integer(decrees.total('total'))} đồng."
    )


def on_difficulties(_asked: Asked, produced: Produced) -> str:
    surplus = produced.block("kind").total("surplus")
    if surplus:
        return (
            f"Còn {_count(surplus)} người vượt số biên chế được giao phải tiếp tục sắp xếp, tinh giản. "
            "Một số nội dung cần cơ quan có thẩm quyền hướng dẫn (bổ sung khi hoàn thiện báo cáo)."
        )
    return "Chưa phát sinh khó khăn, vướng mắc lớn trong kỳ."


def on_plans(asked: Asked, _produced: Produced) -> str:
    coming = RETIRING.number(asked)
    return (
        f"Trong 12 tháng tới có {_count(coming)} người ({integer_in_words(coming)} người) đến tuổi nghỉ hưu; chủ động "
        "thông báo, quyết định nghỉ hưu đúng hạn và bố trí thay thế. Tiếp tục giải quyết dứt điểm hồ sơ đã tiếp nhận, "
        "chi trả kịp thời, cập nhật đầy đủ dữ liệu cán bộ, công chức, viên chức."
    )


def _share(part: int, whole: int) -> Decimal:
    return (Decimal(part * 100) / (whole or 1)).quantize(Decimal("0.1"), ROUND_HALF_UP)


TEXTS = (
    TextBlock("opening", "", opening, before="kind"),
    TextBlock("numbers", "I. Về biên chế", on_numbers, before="kind"),
    TextBlock("staff", "II. Về đội ngũ", on_staff, before="staff"),
    TextBlock("policies", "III. Về sắp xếp, tinh giản và chính sách, chế độ", on_policies, before="month"),
    TextBlock("difficulties", "IV. Khó khăn, vướng mắc", on_difficulties),
    TextBlock("plans", "V. Nhiệm vụ thời gian tới", on_plans),
)

REPORT = Definition(
    key="cchc_staff",
    title="Kết quả cải cách hành chính về tổ chức bộ máy và đội ngũ cán bộ, công chức, viên chức",
    group="staff",
    about="Phần nhân sự của báo cáo cải cách hành chính quý, năm trình Ban Chỉ đạo: soạn sẵn, biên tập, rồi ký.",
    parameters=(unit(), period()),
    build=build,
    facts=(PEOPLE, *progress.REPORT.facts, RETIRING),
    needs=(("case", "read"),),
    schedule=Schedule({"month": "3,6,9,12", "day": "15", "hour": "6"}, "province_hr"),
    texts=TEXTS,
)
