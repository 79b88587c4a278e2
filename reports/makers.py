"""The reports of the downsizing case, one entry each."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask_babel import gettext as _

from hrms.kernel import access, clock
from hrms.kernel.errors import Fault, NotAllowed, Refused
from models.restructuring import DownsizingCase
from reports import batch_lists, pdf
from reports.batch_file import BatchFile, batch_file
from reports.case_file import SETTLED, CaseFile, case_file
from reports.decisions import decision
from reports.minutes import minutes
from reports.numbers import decision_number, number_of, submission_number
from reports.refusals import refusal
from reports.registry import N_, Asked, Made, Parameter, Report
from reports.sheet import render_sheet, sheet_of_case
from reports.submissions import batch_submission, case_submission

CASE = Parameter("case", N_("Hồ sơ"), "case", required=True)
BATCH = Parameter("batch", N_("Đợt giải quyết"), "batch", required=True)
FOR_SIGNATURE = Parameter("for_signature", N_("Bản trình ký (không in chữ DỰ THẢO)"), "flag")
ISSUER = Parameter(
    "issuer",
    N_("Cơ quan ban hành"),
    "choice",
    choices={"province": N_("UBND tỉnh"), "home_affairs": N_("Sở Nội vụ"), "agency": N_("Cơ quan quản lý")},
)
PAPER = Parameter("paper", N_("Khổ giấy"), "choice", choices={"A4": "A4", "A3": "A3"})


def _round(asked: Asked) -> BatchFile:
    return batch_file(asked.batch, for_signature=bool(asked.values.get("for_signature")))


def _made(paper: pdf.Paper, rows: int = 1) -> Made:
    content = paper.write()
    return Made(content, rows, paper.warnings)


def computed_at(file: CaseFile) -> str:
    """When the calculation in force was made, in local time."""
    assert file.calculation is not None
    local = clock.local(file.calculation.at)
    return f"{local:%H:%M} ngày {local:%d/%m/%Y}"


def _sheet(file: CaseFile, _issuer: str) -> pdf.Paper:
    file.need_calculation()
    return render_sheet(sheet_of_case(file, computed_at(file)))


def _submission(file: CaseFile, _issuer: str) -> pdf.Paper:
    return case_submission(file, "unit", number_of(file.case, "submission"))


def _submission_province(file: CaseFile, _issuer: str) -> pdf.Paper:
    earlier = submission_number(file.case, "submission")
    return case_submission(file, "province", number_of(file.case, "submission_province"), earlier)


def _decision(file: CaseFile, issuer: str) -> pdf.Paper:
    if file.for_signature:
        _may_be_signed(file.case)
    submission = submission_number(file.case, "submission_province")
    return decision(file, decision_number(file.case), issuer, submission)


def _may_be_signed(case: DownsizingCase) -> None:
    """A decision goes to the signatory only after finance has confirmed the money."""
    if case.state in SETTLED or case.finance_endorsed_at is not None:
        return
    raise Refused(
        [
            Fault(
                "for_signature",
                _(
                    "Hồ sơ %(number)s chưa được tài chính xác nhận kinh phí nên chỉ in được bản dự thảo.",
                    number=case.label,
                ),
                code="not_endorsed",
            )
        ]
    )


def _refusal(file: CaseFile, _issuer: str) -> pdf.Paper:
    return refusal(file, number_of(file.case, "refusal"))


def _minutes(file: CaseFile, _issuer: str) -> pdf.Paper:
    return minutes(file)


# A paper of one case: the case's file and the code of the issuing body (empty: told from the case) → pages.
CASE_PAPERS: Mapping[str, Callable[[CaseFile, str], pdf.Paper]] = {
    "calculation_sheet": _sheet,
    "submission": _submission,
    "submission_province": _submission_province,
    "decision": _decision,
    "refusal": _refusal,
    "minutes": _minutes,
}


def _of_case(kind: str) -> Callable[[Asked], Made]:
    def make(asked: Asked) -> Made:
        file = case_file(asked.case, for_signature=bool(asked.values.get("for_signature")))
        return _made(CASE_PAPERS[kind](file, asked.values.get("issuer") or ""))

    return make


def _of_batch(level: str, kind: str) -> Callable[[Asked], Made]:
    def make(asked: Asked) -> Made:
        file = _round(asked)
        earlier = number_of(asked.batch, "submission")
        return _made(batch_submission(file, level, number_of(asked.batch, kind), earlier), len(file.files))

    return make


def _budget_list(asked: Asked) -> Made:
    file = _round(asked)
    paper = asked.values.get("paper") or ""
    if asked.format == "pdf":
        return _made(batch_lists.budget_list_pdf(file, paper=paper or "A4"), len(file.files))
    identity = bool(asked.values.get("identity"))
    if identity and not access.may("staff", "identity"):
        raise NotAllowed(_("Bạn không có quyền xuất số định danh cá nhân."))
    keys = asked.values.get("columns") or ()
    content = batch_lists.budget_list_xlsx(file, asked.prepared, identity=identity, keys=keys, paper=paper or "A3")
    return Made(content, len(file.files))


def _estimate(asked: Asked) -> Made:
    file = _round(asked)
    if asked.format == "pdf":
        return _made(batch_lists.estimate_pdf(file), len(file.files))
    return Made(batch_lists.estimate_xlsx(file, asked.prepared), len(file.files))


def _published(asked: Asked) -> Made:
    file = _round(asked)
    if asked.format == "pdf":
        return _made(batch_lists.published_pdf(file), len(file.files))
    return Made(batch_lists.published_xlsx(file, asked.prepared), len(file.files))


REPORTS: tuple[Report, ...] = (
    Report(
        "calculation_sheet",
        N_("Phiếu tính chế độ"),
        N_("Cách tính từng khoản của một hồ sơ, kèm giải trình đầy đủ"),
        "phieu-tinh",
        "case",
        ("pdf",),
        (CASE, FOR_SIGNATURE),
        _of_case("calculation_sheet"),
    ),
    Report(
        "submission",
        N_("Tờ trình của đơn vị gửi Sở Nội vụ"),
        N_("Đề nghị thẩm định, giải quyết một hồ sơ"),
        "to-trinh",
        "case",
        ("pdf",),
        (CASE, FOR_SIGNATURE),
        _of_case("submission"),
    ),
    Report(
        "submission_province",
        N_("Tờ trình của Sở Nội vụ gửi UBND tỉnh"),
        N_("Trình quyết định một hồ sơ đã thẩm định"),
        "to-trinh-so-noi-vu",
        "case",
        ("pdf",),
        (CASE, FOR_SIGNATURE),
        _of_case("submission_province"),
    ),
    Report(
        "decision",
        N_("Quyết định"),
        N_("Quyết định nghỉ hưu trước tuổi, nghỉ thôi việc và chế độ được hưởng"),
        "quyet-dinh",
        "case",
        ("pdf",),
        (CASE, ISSUER, FOR_SIGNATURE),
        _of_case("decision"),
    ),
    Report(
        "refusal",
        N_("Thông báo không giải quyết"),
        N_("Trả lời bằng văn bản, nêu rõ lý do (Điều 17 NĐ 178/2024/NĐ-CP)"),
        "thong-bao",
        "case",
        ("pdf",),
        (CASE, FOR_SIGNATURE),
        _of_case("refusal"),
    ),
    Report(
        "minutes",
        N_("Biên bản họp xét"),
        N_("Biên bản họp rà soát, đánh giá của đơn vị về một hồ sơ"),
        "bien-ban",
        "case",
        ("pdf",),
        (CASE, FOR_SIGNATURE),
        _of_case("minutes"),
    ),
    Report(
        "batch_submission",
        N_("Tờ trình của đơn vị về một đợt"),
        N_("Đề nghị phê duyệt danh sách và dự toán của cả đợt"),
        "to-trinh",
        "batch",
        ("pdf",),
        (BATCH, FOR_SIGNATURE),
        _of_batch("unit", "submission"),
    ),
    Report(
        "batch_submission_province",
        N_("Tờ trình của Sở Nội vụ về một đợt"),
        N_("Trình UBND tỉnh phê duyệt danh sách và dự toán của cả đợt"),
        "to-trinh-so-noi-vu",
        "batch",
        ("pdf",),
        (BATCH, FOR_SIGNATURE),
        _of_batch("province", "submission_province"),
    ),
    Report(
        "budget_list",
        N_("Danh sách và dự toán kinh phí"),
        N_("Từng người, từng khoản của một đợt; bảng tính có công thức"),
        "danh-sach-du-toan",
        "batch",
        ("pdf", "xlsx"),
        (
            BATCH,
            PAPER,
            FOR_SIGNATURE,
            Parameter("identity", N_("Có cột số định danh cá nhân"), "flag"),
            Parameter("columns", N_("Chỉ các cột (mã cột, cách nhau dấu phẩy)"), "words"),
        ),
        _budget_list,
    ),
    Report(
        "estimate",
        N_("Tổng hợp dự toán theo đơn vị và nguồn"),
        N_("Số người, kinh phí theo chính sách, theo nguồn, đã chi, còn phải chi"),
        "tong-hop-du-toan",
        "batch",
        ("pdf", "xlsx"),
        (BATCH, FOR_SIGNATURE),
        _estimate,
    ),
    Report(
        "published_list",
        N_("Danh sách công khai"),
        N_("Chỉ họ tên, đơn vị, diện đối tượng"),
        "danh-sach-cong-khai",
        "batch",
        ("pdf", "xlsx"),
        (BATCH, FOR_SIGNATURE),
        _published,
    ),
)
