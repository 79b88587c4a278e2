"""The papers of a movement case by kind, and which of them make sense for a case as it stands."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from models.rotation import MovementCase
from reports import pdf
from reports.registry import N_, Asked, Made, Parameter, Report
from reports.rotation import decisions, letters, minutes
from reports.rotation.move_file import FOR_A_TIME, SETTLED, MoveFile, move_file

PREPARING = ("checked", "heard", "agreed")

# Kind (``hrms.commands.rotation.papers.PAPER_KINDS``) → how it is laid out; the code of the issuing body, else told.
PAPERS: Mapping[str, Callable[[MoveFile, str], pdf.Paper]] = {
    "submission": lambda file, _issuer: letters.submission(file),
    "agreement": lambda file, _issuer: letters.agreement(file),
    "meeting": lambda file, _issuer: minutes.meeting(file),
    "decision": decisions.decision,
    "notice": lambda file, _issuer: letters.notice(file),
    "handover": lambda file, _issuer: minutes.handover(file),
    "extension": decisions.extension,
    "ending": decisions.ending,
    "revocation": decisions.revocation,
}
BY_ISSUER = ("decision", "extension", "ending", "revocation")


# A paper applies from the step that needs it until the case has gone past it; in words: docs/papers.md.
_AFTER_CHECK = (*PREPARING, *SETTLED)
FROM: Mapping[str, tuple[str, ...]] = {
    "meeting": _AFTER_CHECK,
    "agreement": _AFTER_CHECK,
    "submission": _AFTER_CHECK,
    "decision": ("heard", "agreed", *SETTLED),
    "notice": SETTLED,
    "handover": ("decided", "effective", "running", "handed_over", "done"),
    "extension": ("running",),
    "ending": ("running", "done"),
    "revocation": ("decided", "effective", "running", "handed_over", "revoked"),
}
EXCEPTIONAL = ("extension", "ending", "revocation")  # for what may happen later, not for the way of every case


def offered(case: MovementCase, *, two_bodies: bool = True) -> list[str]:
    """Kinds of papers a case as it stands can be printed as, in the order of its way.

    A periodic change is announced to the person before it is decided (Luật PCTN Điều 24, 26: by the published plan).
    """
    found = [kind for kind, states in FROM.items() if case.state in states]
    if case.kind == "CDVTCT" and case.state in PREPARING:
        found.append("notice")
    left_out = {"agreement"} if not two_bodies else set()
    if case.kind not in FOR_A_TIME:
        left_out |= {"extension", "ending"}
    return [kind for kind in found if kind not in left_out]


MOVE = Parameter("move", N_("Hồ sơ luân chuyển, điều động"), "move", required=True)
FOR_SIGNATURE = Parameter("for_signature", N_("Bản trình ký (không in chữ DỰ THẢO)"), "flag")
ISSUER = Parameter(
    "issuer",
    N_("Cơ quan ban hành"),
    "choice",
    choices={"province": N_("UBND tỉnh"), "home_affairs": N_("Sở Nội vụ"), "agency": N_("Cơ quan quản lý")},
)
_TITLES = {
    "submission": (N_("Tờ trình"), "to-trinh", N_("Tờ trình của cơ quan đề nghị luân chuyển, điều động, biệt phái.")),
    "agreement": (N_("Công văn trao đổi ý kiến"), "trao-doi-y-kien", N_("Hỏi ý kiến cơ quan tiếp nhận.")),
    "meeting": (N_("Biên bản gặp gỡ"), "bien-ban-gap-go", N_("Biên bản làm việc với người được đề xuất.")),
    "decision": (N_("Quyết định"), "quyet-dinh", N_("Quyết định điều động, biệt phái, luân chuyển, chuyển đổi.")),
    "notice": (N_("Thông báo"), "thong-bao", N_("Thông báo cho người được điều động, chuyển đổi.")),
    "handover": (N_("Biên bản bàn giao"), "bien-ban-ban-giao", N_("Bàn giao hồ sơ, công việc, tài sản.")),
    "extension": (N_("Quyết định gia hạn"), "gia-han", N_("Gia hạn biệt phái, luân chuyển.")),
    "ending": (N_("Quyết định kết thúc"), "ket-thuc", N_("Kết thúc biệt phái, luân chuyển, trở về đơn vị.")),
    "revocation": (N_("Quyết định thu hồi"), "thu-hoi", N_("Thu hồi quyết định đã ban hành.")),
}


def _maker(kind: str) -> Callable[[Asked], Made]:
    def make(asked: Asked) -> Made:
        file = move_file(asked.values["move"], for_signature=bool(asked.values.get("for_signature")))
        paper = PAPERS[kind](file, asked.values.get("issuer") or "")
        content = paper.write()
        return Made(content, 1, paper.warnings)

    return make


REPORTS = tuple(
    Report(
        name=f"movement_{kind}",
        title=title,
        about=about,
        slug=slug,
        subject="move",
        formats=("pdf",),
        parameters=(MOVE, *((ISSUER,) if kind in BY_ISSUER else ()), FOR_SIGNATURE),
        make=_maker(kind),
        sheet_permission=("movement", "export"),
    )
    for kind, (title, slug, about) in _TITLES.items()
)
