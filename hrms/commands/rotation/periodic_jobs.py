"""Scheduled work of the periodic change: the monthly lists to those who plan and decide, and the lines of plans."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from flask_babel import force_locale
from flask_babel import gettext as _

from hrms.commands.notifications.audience import Audience
from hrms.commands.notifications.outbox import Message, send
from hrms.commands.rotation.due import due_list
from hrms.commands.rotation.expiries import DUE_PATH, NOTICE
from hrms.commands.rotation.plan_steps import settle_all
from hrms.kernel import jobs
from hrms.kernel.commands import transaction

TOLD = ("OVERDUE", "DUE", "DUE_SOON", "DEFERRED", "EXEMPT", "SINGLE_POST_REFERRED")


def tell_units(day: date) -> str:
    """Once a month and agency: how many are overdue, due, soon due, deferred, exempt, referred; to HR and the head."""
    found = due_list(day, states=TOLD, with_cases=False)
    audience = Audience()
    # Somebody who looks after several agencies gets one message with the sum.
    sums: dict[int, dict[str, int]] = defaultdict(lambda: dict.fromkeys(TOLD, 0))
    for agency, _name, counts in found.by_unit():
        readers = set(audience.holders(agency, "movement", "plan")) | set(audience.holders(agency, "movement", "issue"))
        for account in readers:
            for state in TOLD:
                sums[account][state] += counts.get(state, 0)
    messages = []
    with force_locale("vi"):
        for account, counts in sums.items():
            late = counts["OVERDUE"]
            title = (
                _("Chuyển đổi vị trí công tác: %(n)s người quá hạn", n=late)
                if late
                else _("Chuyển đổi vị trí công tác: danh sách tháng %(month)s", month=f"{day:%m/%Y}")
            )
            body = _(
                "Quá hạn: %(late)s; đến hạn: %(due)s; sắp đến hạn: %(soon)s; "
                "chưa chuyển đổi theo Điều 38: %(deferred)s; không chuyển đổi theo Điều 39: %(exempt)s; "
                "đề nghị cấp trên lập kế hoạch: %(single)s.",
                late=late, due=counts["DUE"], soon=counts["DUE_SOON"], deferred=counts["DEFERRED"],
                exempt=counts["EXEMPT"], single=counts["SINGLE_POST_REFERRED"],
            )  # fmt: skip
            messages.append(
                Message(
                    account,
                    NOTICE,
                    f"due_list:{day:%Y-%m}",
                    title,
                    body,
                    DUE_PATH,
                    level="late" if late else "due",
                    count=sum(counts.values()),
                )
            )
    with transaction():
        sent = send(messages)
    return _(
        "%(people)s người cần theo dõi chuyển đổi vị trí công tác, gửi %(sent)s thông báo.", people=len(found.rows),
        sent=sent,
    )  # fmt: skip


DUE_LISTS = jobs.scheduled(
    jobs.ScheduledAction(
        "rotation_due_lists",
        "Gửi danh sách đến hạn chuyển đổi vị trí công tác hằng tháng",
        {"day": "1", "hour": "5", "minute": "40"},
        tell_units,
    )
)
PLAN_LINES = jobs.scheduled(
    jobs.ScheduledAction(
        "rotation_plan_lines",
        "Cập nhật kết quả kế hoạch chuyển đổi vị trí công tác",
        {"hour": "0", "minute": "40"},
        settle_all,
    )
)
