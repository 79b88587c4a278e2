"""Passwords: the rules of a good one, one-time ones, and what is kept of them (hashes only).

SEC-02: at least 8 characters with lower and upper case, digit and special character; changed at the first log-in;
administrators every two months and never one of their last ten.
"""

from __future__ import annotations

import secrets
import string
from datetime import timedelta

from flask import current_app
from flask_appbuilder.security.sqla.models import User
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.security import check_password_hash, generate_password_hash

from hrms.kernel import clock
from hrms.kernel.db import db
from hrms.kernel.errors import Fault
from hrms.kernel.validity import holds
from models.account import Account, PasswordUsed, RoleAssignment

SHORTEST, LONGEST = 8, 128
NOT_AGAIN = 10
ADMIN_LIFETIME = timedelta(days=60)
# Letters and digits one cannot mistake for another on paper.
_LOWER, _UPPER, _DIGITS, _SPECIAL = "abcdefghijkmnpqrstuvwxyz", "ABCDEFGHJKLMNPQRSTUVWXYZ", "23456789", "-+=@#%"


def password_faults(password: str, username: str, field: str = "password") -> list[Fault]:
    """Everything that is wrong with ``password`` as the password of ``username``."""
    faults: list[str] = []
    if len(password) < SHORTEST:
        faults.append(_("Mật khẩu có %(n)s ký tự, cần ít nhất %(least)s.", n=len(password), least=SHORTEST))
    if len(password) > LONGEST:
        faults.append(_("Mật khẩu dài quá %(most)s ký tự.", most=LONGEST))
    missing = [
        words
        for words, present in (
            (_("chữ thường"), any(char.islower() for char in password)),
            (_("chữ hoa"), any(char.isupper() for char in password)),
            (_("chữ số"), any(char.isdigit() for char in password)),
            (_("ký tự đặc biệt"), any(not char.isalnum() and not char.isspace() for char in password)),
        )
        if not present
    ]
    if missing:
        faults.append(_("Mật khẩu thiếu %(what)s. Hãy thêm vào.", what=", ".join(missing)))
    if username and username.lower() in password.lower():
        faults.append(_("Mật khẩu chứa tên đăng nhập. Hãy chọn mật khẩu khác."))
    return [Fault(field, message, code="weak_password") for message in faults]


def generate() -> str:
    """A one-time password of 12 characters that keeps the rules and can be read off paper."""
    kinds = (_LOWER, _UPPER, _DIGITS, _SPECIAL)
    letters = [secrets.choice(kind) for kind in kinds]
    pool = _LOWER + _UPPER + _DIGITS
    letters += [secrets.choice(pool) for _number in range(8)]
    secrets.SystemRandom().shuffle(letters)
    # A special character in front looks like a formula in a spreadsheet and like punctuation on paper.
    first = next(index for index, char in enumerate(letters) if char in string.ascii_letters)
    letters[0], letters[first] = letters[first], letters[0]
    return "".join(letters)


def hashed(password: str) -> str:
    """The stored form, by the method FAB is configured with."""
    return generate_password_hash(
        password,
        method=current_app.config.get("FAB_PASSWORD_HASH_METHOD", "scrypt"),
        salt_length=current_app.config.get("FAB_PASSWORD_HASH_SALT_LENGTH", 16),
    )


def user_of(account: Account) -> User:
    """The FAB user behind an account."""
    user = db.session.get(User, account.user_id)
    assert user is not None
    return user


def is_current(account: Account, password: str) -> bool:
    """Whether ``password`` is the account's password now."""
    stored = user_of(account).password
    return bool(stored) and check_password_hash(stored, password)


def was_used(account: Account, password: str) -> bool:
    """Whether ``password`` is one of the last ten before the present one."""
    rows = db.session.scalars(
        select(PasswordUsed.hash)
        .where(PasswordUsed.account_id == account.id)
        .order_by(PasswordUsed.id.desc())
        .limit(NOT_AGAIN - 1)
    )
    return any(check_password_hash(stored, password) for stored in rows)


def set_password(account: Account, stored: str, *, must_change: bool) -> None:
    """Store the hash ``stored``; the old one is remembered; sessions and tokens from before are over."""
    user = user_of(account)
    if user.password:
        db.session.add(PasswordUsed(account_id=account.id, hash=user.password))
    user.password = stored
    account.password_changed_at = clock.now()
    account.must_change_password = must_change
    account.failures = 0


def is_too_old(account: Account) -> bool:
    """Whether an administrator's password has reached its two months. Demonstration accounts have no such duty."""
    if account.is_demo or account.password_changed_at is None:
        return False
    today = clock.today()
    administers = select(RoleAssignment.id).where(
        RoleAssignment.account_id == account.id,
        RoleAssignment.role == "system_admin",
        holds(RoleAssignment, today),
    )
    old = clock.now() - account.password_changed_at >= ADMIN_LIFETIME
    return old and db.session.scalar(administers) is not None
