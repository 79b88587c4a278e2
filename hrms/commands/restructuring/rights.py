"""Which case the actor may touch now: scope and role first, then the state the case is in."""

from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy import select

from hrms.commands.restructuring.words import APPRAISAL, CLOSED, DRAFT, UNIT_REVIEW
from hrms.kernel import access
from hrms.kernel.db import db
from hrms.kernel.errors import Fault
from models.restructuring import DownsizingCase


def case_for(case_id: int, action: str = "read") -> DownsizingCase:
    """The case in the actor's scope; :class:`NotFound` outside it."""
    return access.get(DownsizingCase, case_id, action)


def case_to_step(case_id: int) -> DownsizingCase:
    """The case in scope, its row held until the transaction ends: two people taking a step queue for it.

    The version column alone would not do: beginning an amendment writes nothing on the version it amends.
    """
    db.session.execute(select(DownsizingCase.id).where(DownsizingCase.id == case_id).with_for_update())
    return case_for(case_id)


def work_fault(case: DownsizingCase) -> list[Fault]:
    """Why the content of the case may not be changed now by this actor; empty when it may.

    The unit works on it until its head passes it on; then Sở Nội vụ may correct it while appraising; afterwards only
    sending it back, or an amendment, changes anything. Raises :class:`NotAllowed` without the right to edit.
    """
    access.require("case", "edit", case)
    if case.state in (DRAFT, UNIT_REVIEW):
        return []
    if case.state == APPRAISAL:
        if access.may("case", "appraise", case):
            return []
        text = _("Hồ sơ đang ở Sở Nội vụ. Muốn sửa, hãy đề nghị trả lại đơn vị.")
    elif case.state in CLOSED:
        text = _("Hồ sơ đã kết thúc nên không sửa được.")
    else:
        text = _(
            "Số liệu của hồ sơ đã khóa ở bước này. Hãy trả lại bước trước, hoặc lập bản điều chỉnh nếu đã quyết định."
        )
    return [Fault("", text, code="locked_state")]


def may_work(case: DownsizingCase) -> bool:
    """Whether the screens offer editing (the commands check again)."""
    return access.may("case", "edit", case) and not work_fault(case)


def may_attach(case: DownsizingCase) -> bool:
    """Papers go on arriving after the decision (the signed paper, the proof of payment), also from finance."""
    if case.state in CLOSED:
        return False
    if case.state in (DRAFT, UNIT_REVIEW):
        return access.may("case", "edit", case)
    return any(access.may("case", action, case) for action in ("appraise", "finance", "edit"))
