"""User names from Vietnamese names: Phạm Văn Đức → ducpv, the next one ducpv2."""

from __future__ import annotations

import re
from collections.abc import Iterable

from flask_appbuilder.security.sqla.models import User
from flask_babel import gettext as _
from sqlalchemy import func, select

from hrms.kernel.db import db
from hrms.kernel.errors import Fault
from hrms.kernel.text import fold
from models.account import Account

USERNAME = re.compile(r"[a-z][a-z0-9._-]{2,63}", re.ASCII)


def username_for(full_name: str, taken: set[str]) -> str:
    """A free user name: given name, then the initials before it; a number when it is taken. Adds it to ``taken``."""
    words = [re.sub(r"[^a-z0-9]", "", word) for word in fold(full_name).split()]
    words = [word for word in words if word]
    stem = (words[-1] + "".join(word[0] for word in words[:-1])) if words else "canbo"
    if not stem[0].isalpha():
        stem = f"cb{stem}"
    stem = stem[:56].ljust(3, "x")
    name, number = stem, 1
    while name in taken:
        number += 1
        name = f"{stem}{number}"
    taken.add(name)
    return name


def taken_names() -> set[str]:
    """Every user name in use, ended accounts included: a name never passes on to somebody else."""
    return {name.lower() for name in db.session.scalars(select(User.username))}


def username_faults(username: str) -> Iterable[Fault]:
    """Everything that is wrong with a new user name."""
    if not USERNAME.fullmatch(username):
        yield Fault(
            "username",
            _(
                "Tên đăng nhập “%(name)s” phải có từ 3 đến 64 ký tự, bắt đầu bằng chữ cái, "
                "chỉ gồm chữ thường không dấu, chữ số, dấu chấm, gạch ngang, gạch dưới.",
                name=username,
            ),
        )
    elif db.session.scalar(select(User.id).where(func.lower(User.username) == username)) or db.session.scalar(
        select(Account.id).where(Account.username == username)
    ):
        yield Fault(
            "username",
            _(
                "Tên đăng nhập “%(name)s” đã có người dùng. Hãy chọn tên khác, ví dụ “%(other)s”.",
                name=username,
                other=username_for_free(username),
            ),
        )


def username_for_free(username: str) -> str:
    """The taken name with the first free number behind it."""
    taken = taken_names()
    number = 2
    while f"{username}{number}" in taken:
        number += 1
    return f"{username}{number}"
