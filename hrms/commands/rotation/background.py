"""Waking decisions on their day: the scheduled job that carries out what is due.

Caught up as ``newest``: one run does everything due up to its day, each row dated with the case's own day, so that
a downtime of a week needs one run and not seven.
"""

from __future__ import annotations

from datetime import date

from flask_babel import gettext as _

from hrms.commands.rotation import effects
from hrms.kernel import jobs


def _daily(day: date) -> str:
    found = effects.carry_out(day)
    text = _("%(count)s quyết định điều động, biệt phái, luân chuyển có hiệu lực.", count=len(found.done))
    if found.waiting:
        text += " " + _("Chuỗi chưa quyết định đủ: %(cases)s.", cases=", ".join(found.waiting))
    if found.stuck:
        # Numbers of cases only: an outcome is shown to administrators, who have no business with the people.
        text += " " + _("Chưa thực hiện được: %(cases)s.", cases=", ".join(found.stuck))
    return text


TAKE_EFFECT = jobs.scheduled(
    jobs.ScheduledAction(
        "movements_take_effect",
        "Thực hiện quyết định điều động, biệt phái, luân chuyển đã đến ngày",
        {"hour": "0", "minute": "10"},
        _daily,
    )
)
