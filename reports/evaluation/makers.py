"""The papers of evaluation, one entry each: ``run.py report NAME``, the addresses and the background jobs ask here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask_babel import gettext as _

from hrms.kernel import access
from hrms.kernel.errors import NotAllowed
from reports import pdf
from reports.evaluation import lists
from reports.evaluation.files import Files
from reports.evaluation.papers import decision, minutes, notice, petition_answer
from reports.evaluation.sheet import person_sheet, remarks_paper, unit_sheet
from reports.registry import N_, Asked, Made, Parameter, Report

SHEET = Parameter("sheet", N_("Phiếu đánh giá (mã số)"), "sheet", required=True)
COLLECTIVE = Parameter("collective", N_("Phiếu tập thể (mã số)"), "collective", required=True)
MEETING = Parameter("meeting", N_("Cuộc họp (mã số)"), "meeting", required=True)
DECISION = Parameter("evaluation_decision", N_("Quyết định (mã số)"), "evaluation_decision", required=True)
PETITION = Parameter("petition", N_("Kiến nghị (mã số)"), "petition", required=True)
CYCLE = Parameter("cycle", N_("Kỳ đánh giá (mã số)"), "cycle", required=True)
UNIT = Parameter("unit", N_("Đơn vị (mã số)"), "evaluated_unit", required=True)
PUBLIC_UNIT = Parameter("unit", N_("Đơn vị (mã số)"), "any_unit", required=True)

# A paper of one sheet, for printing one and for printing hundreds.
OF_SHEET: dict[str, Callable[..., Any]] = {
    "evaluation_sheet": person_sheet,
    "evaluation_remarks": remarks_paper,
    "evaluation_notice": notice,
}


def _made(paper: pdf.Paper, rows: int = 1) -> Made:
    content = paper.write()
    return Made(content, rows, paper.warnings)


def _of_sheet(name: str) -> Callable[[Asked], Made]:
    return lambda asked: _made(OF_SHEET[name](Files().one(asked.values["sheet"])))


def _of(key: str, make: Callable[[Any], pdf.Paper]) -> Callable[[Asked], Made]:
    return lambda asked: _made(make(asked.values[key]))


def _listing(make: Callable[..., lists.Listing]) -> Callable[[Asked], Made]:
    def produced(asked: Asked) -> Made:
        found = make(asked.values["cycle"], asked.values["unit"])
        if asked.format == "pdf":
            return _made(found.pdf(), found.rows)
        if not access.in_scope(asked.values["unit"].id, "evaluation", "export"):
            raise NotAllowed(_("Bạn không có quyền xuất danh sách ra tệp bảng tính."))
        return Made(found.xlsx(asked.prepared), found.rows)

    return produced


def _report(name: str, title: str, about: str, slug: str, parameters: tuple[Parameter, ...],
            make: Callable[[Asked], Made], sheet: bool = False) -> Report:  # fmt: skip
    formats: Any = ("pdf", "xlsx") if sheet else ("pdf",)
    return Report(name, title, about, slug, "evaluation", formats, parameters, make, ("evaluation", "export"))


REPORTS: tuple[Report, ...] = (
    _report("evaluation_sheet", N_("Phiếu đánh giá, xếp loại chất lượng"),
            N_("Phiếu của một người theo mẫu của chế độ đánh giá"), "phieu-danh-gia", (SHEET,),
            _of_sheet("evaluation_sheet")),
    _report("evaluation_remarks", N_("Nhận xét, đánh giá"),
            N_("Nhận xét của người quản lý, cuộc họp và cấp ủy về một người"), "nhan-xet", (SHEET,),
            _of_sheet("evaluation_remarks")),
    _report("evaluation_notice", N_("Thông báo kết quả xếp loại"),
            N_("Kết quả, lý do, quyền và thời hạn kiến nghị của một người"), "thong-bao", (SHEET,),
            _of_sheet("evaluation_notice")),
    _report("evaluation_unit_sheet", N_("Phiếu đánh giá tập thể"),
            N_("Số liệu, điểm, chỉ số cải cách hành chính và mức của một tập thể"), "phieu-tap-the", (COLLECTIVE,),
            _of("collective", unit_sheet)),
    _report("evaluation_minutes", N_("Biên bản họp đánh giá"),
            N_("Thành phần, ý kiến và kết quả biểu quyết từng người"), "bien-ban", (MEETING,),
            _of("meeting", minutes)),
    _report("evaluation_decision", N_("Quyết định công nhận kết quả xếp loại"),
            N_("Quyết định và danh sách kèm theo, chỉ có mức"), "quyet-dinh", (DECISION,),
            _of("evaluation_decision", decision)),
    _report("petition_answer", N_("Văn bản trả lời kiến nghị"),
            N_("Nội dung kiến nghị, kết quả xem xét và kết luận"), "tra-loi-kien-nghi", (PETITION,),
            _of("petition", petition_answer)),
    _report("evaluation_published", N_("Danh sách công khai kết quả"),
            N_("Họ tên, chức vụ, đơn vị và mức; không có điểm"), "danh-sach-cong-khai", (CYCLE, PUBLIC_UNIT),
            _listing(lists.published_list), sheet=True),
    _report("evaluation_results", N_("Danh sách đánh giá, xếp loại"),
            N_("Điểm và mức tự chấm, đơn vị, quyết định của từng người"), "danh-sach", (CYCLE, UNIT),
            _listing(lists.result_list), sheet=True),
    _report("evaluation_summary", N_("Tổng hợp kết quả theo nhóm và tỷ lệ"),
            N_("Theo đơn vị, đối tượng và mức; kiểm tra trần tỷ lệ xuất sắc; tập thể"), "tong-hop", (CYCLE, UNIT),
            _listing(lists.summary), sheet=True),
)  # fmt: skip
