"""E-mail: messages wanted at once every few minutes, the rest as one digest in the morning.

A message is marked as sent in the transaction after the server took it: a crash between the two may send one letter
twice, never lose one. What the server refuses is tried again with growing pauses and given up after a few times; the
reason stays with the message. A letter names the matter, never figures or names of other people: those wait behind
the log-in.
"""

from __future__ import annotations

import smtplib
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from email.message import EmailMessage
from email.utils import formataddr, make_msgid

from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import and_, or_, select

from config import Settings
from hrms.commands.notifications.kinds import DIGEST, NOW
from hrms.kernel import clock, jobs
from hrms.kernel.commands import transaction
from hrms.kernel.db import db
from hrms.kernel.errors import HrmsError
from hrms.kernel.text import format_date
from hrms.kernel.validity import lasts
from models.account import Account
from models.notification import Notification
from models.staff import Person

ATTEMPTS = 5
AT_ONCE = 500  # letters a turn
TOO_OLD = timedelta(days=7)  # a server that was away for a week is not flooded with last week's news
TIMEOUT = 20.0


def _settings() -> Settings:
    found: Settings = current_app.config["HRMS"]
    return found


def configured() -> bool:
    """Whether there is a mail server to send through."""
    settings = _settings()
    return bool(settings.smtp_host and settings.mail_from)


@contextmanager
def _server(settings: Settings) -> Iterator[smtplib.SMTP]:
    made = smtplib.SMTP_SSL if settings.smtp_tls == "ssl" else smtplib.SMTP
    with made(settings.smtp_host, settings.smtp_port, timeout=TIMEOUT) as server:
        if settings.smtp_tls == "starttls":
            server.starttls()
        if settings.smtp_user:
            server.login(settings.smtp_user, settings.smtp_password)
        yield server


def _letter(settings: Settings, address: str, name: str, subject: str, body: str) -> EmailMessage:
    letter = EmailMessage()
    letter["From"] = settings.mail_from
    letter["To"] = formataddr((name, address))
    letter["Subject"] = " ".join(subject.split())
    letter["Message-ID"] = make_msgid(domain=settings.mail_from.rpartition("@")[2].rstrip(">") or "localhost")
    letter["Auto-Submitted"] = "auto-generated"
    letter.set_content(body)
    return letter


def _owed(mode: str) -> dict[int, list[Notification]]:
    """Messages still to be sent in this mode, by account. Those read meanwhile need no letter in a digest."""
    moment = clock.now()
    due = and_(
        Notification.email == mode, Notification.emailed_at.is_(None), Notification.attempts < ATTEMPTS,
        Notification.created_at > moment - TOO_OLD,
    )  # fmt: skip
    if mode == DIGEST:
        due = and_(due, or_(Notification.read_at.is_(None), Notification.read_at <= Notification.created_at))
    found: dict[int, list[Notification]] = defaultdict(list)
    for row in db.session.scalars(select(Notification).where(due).order_by(Notification.id).limit(AT_ONCE * 4)):
        found[row.account_id].append(row)
    return found


def _addresses(accounts: list[int]) -> dict[int, tuple[str, str]]:
    """account → (address, name): the address of the staff record, else of the log-in."""
    from flask_appbuilder.security.sqla.models import User

    query = (
        select(Account.id, Person.email, User.email, Account.display_name)
        .join(User, User.id == Account.user_id)
        .outerjoin(Person, Person.id == Account.person_id)
        .where(Account.id.in_(accounts), lasts(Account, clock.today()))
    )
    return {
        account_id: (own or of_login or "", name)
        for account_id, own, of_login, name in db.session.execute(query)
        if "@" in (own or of_login or "") and not (own or of_login).endswith(".invalid")
    }


def _link(settings: Settings, path: str) -> str:
    return f"{settings.base_url}{path}" if settings.base_url else ""


def _single(settings: Settings, row: Notification) -> tuple[str, str]:
    parts = [row.title, row.body, _link(settings, row.link), _foot(settings)]
    return row.title, "\n\n".join(part for part in parts if part)


def _digest(settings: Settings, rows: list[Notification]) -> tuple[str, str]:
    blocks = ["\n".join(p for p in (f"• {row.title}", row.body, _link(settings, row.link)) if p) for row in rows]
    subject = _("Tổng hợp ngày %(day)s: %(n)s thông báo", day=format_date(clock.today()), n=len(rows))
    return subject, "\n\n".join([*blocks, _foot(settings)])


def _foot(settings: Settings) -> str:
    return _(
        "Thư này do hệ thống gửi tự động, xin không trả lời. Chi tiết và cách nhận thông báo: xem trong hệ thống, mục "
        "Thông báo."
    )


def deliver(mode: str) -> tuple[int, int]:
    """Send what is owed in ``mode``: a letter a message, or a digest an account. Returns letters (sent, refused)."""
    settings = _settings()
    boxes = _owed(mode)
    if not boxes:
        return 0, 0
    addresses = _addresses(list(boxes))
    sent = refused = 0
    letters: list[tuple[list[int], EmailMessage]] = []
    unreachable: list[int] = []
    with force_locale("vi"):
        for account_id, rows in boxes.items():
            if account_id not in addresses:
                unreachable += [row.id for row in rows]
                continue
            address, name = addresses[account_id]
            groups = [rows] if mode == DIGEST else [[row] for row in rows]
            for group in groups:
                subject, body = _digest(settings, group) if mode == DIGEST else _single(settings, group[0])
                letters.append(([row.id for row in group], _letter(settings, address, name, subject, body)))
    db.session.rollback()
    _mark(unreachable, "không có địa chỉ thư", ATTEMPTS)
    with _server(settings) as server:
        for ids, letter in letters[:AT_ONCE]:
            try:
                server.send_message(letter)
            except smtplib.SMTPServerDisconnected:
                raise
            except smtplib.SMTPException as error:
                _mark(ids, type(error).__name__)
                refused += 1
                continue
            with transaction():
                for row in db.session.scalars(select(Notification).where(Notification.id.in_(ids))):
                    row.emailed_at, row.error = clock.now(), ""
            sent += 1
    return sent, refused


def _mark(ids: list[int], reason: str, attempts: int = 1) -> None:
    with transaction():
        for start in range(0, len(ids), 400):
            for row in db.session.scalars(select(Notification).where(Notification.id.in_(ids[start : start + 400]))):
                row.attempts, row.error = min(row.attempts + attempts, ATTEMPTS), reason[:250]


def _turn(mode: str) -> str:
    if not configured():
        return "Chưa cấu hình máy chủ thư (HRMS_SMTP_HOST, HRMS_MAIL_FROM): thông báo chỉ hiện trong hệ thống."
    try:
        sent, refused = deliver(mode)
    except (OSError, smtplib.SMTPException) as error:
        raise HrmsError(
            f"Không gửi được thư: {type(error).__name__}. Các thông báo còn nguyên và sẽ được gửi sau."
        ) from error
    return f"Đã gửi {sent} thư" + (f", máy chủ từ chối {refused} thư." if refused else ".")


def at_once(day: date) -> str:
    return _turn(NOW)


def digest(day: date) -> str:
    return _turn(DIGEST)


jobs.scheduled(jobs.ScheduledAction("mail", "Gửi thư thông báo", {"minute": "*/5"}, at_once, jobs.SKIP, often=True))
jobs.scheduled(jobs.ScheduledAction("mail_digest", "Gửi thư tổng hợp hằng ngày", {"hour": "7", "minute": "0"}, digest))
