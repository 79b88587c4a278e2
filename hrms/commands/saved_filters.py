"""Filters of lists that a user keeps under a name. They are the user's own: nobody else sees or drops them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import Select, func, select

from hrms.kernel import actor
from hrms.kernel.commands import Command
from hrms.kernel.db import db
from hrms.kernel.errors import Fault, NotFound
from hrms.kernel.text import normalize
from models.account import SavedFilter

MOST = 30  # per list: more are not found again
NAME, QUERY = 80, 1000


def mine(list_name: str) -> list[SavedFilter]:
    """The current user's filters of one list, by name."""
    user_id = actor.current().user_id
    if user_id is None:
        return []
    return list(
        db.session.scalars(
            select(SavedFilter)
            .where(SavedFilter.user_id == user_id, SavedFilter.list_name == list_name)
            .order_by(SavedFilter.name, SavedFilter.id)
        )
    )


@dataclass
class SaveFilter(Command[SavedFilter]):
    """Keep ``query`` (the query string of the list's address) under ``name``; the same name is written over."""

    list_name: str
    name: str
    query: str

    def validate(self) -> Iterator[Fault]:
        self.name = normalize(self.name)
        self.query = self.query.strip().lstrip("?")
        self._user_id = actor.current().user_id
        if self._user_id is None:
            yield Fault("", _("Chỉ người dùng đã đăng nhập mới lưu được bộ lọc."))
            return
        if not self.name:
            yield Fault("name", _("Chưa đặt tên bộ lọc. Hãy nhập tên ngắn gọn, ví dụ “Sắp nghỉ hưu năm nay”."))
        elif len(self.name) > NAME:
            yield Fault("name", _("Tên bộ lọc dài %(n)s ký tự, tối đa %(most)s.", n=len(self.name), most=NAME))
        if not self.query:
            yield Fault("query", _("Danh sách chưa lọc gì nên không có gì để lưu. Hãy lọc trước rồi lưu."))
        elif len(self.query) > QUERY:
            yield Fault("query", _("Bộ lọc quá dài để lưu. Hãy bỏ bớt điều kiện hoặc bớt cột."))
        self._found = db.session.scalar(self._own().where(SavedFilter.name == self.name))
        if self._found is None:
            count = db.session.scalar(self._own().with_only_columns(func.count(SavedFilter.id))) or 0
            if count >= MOST:
                yield Fault("name", _("Đã có %(n)s bộ lọc cho danh sách này. Hãy xóa bớt rồi lưu.", n=count))

    def _own(self) -> Select[tuple[SavedFilter]]:
        return select(SavedFilter).where(SavedFilter.user_id == self._user_id, SavedFilter.list_name == self.list_name)

    def run(self) -> SavedFilter:
        assert self._user_id is not None
        row = self._found
        if row is None:
            row = SavedFilter(user_id=self._user_id, list_name=self.list_name, name=self.name, query=self.query)
            db.session.add(row)
        row.query = self.query
        return row

    def replay(self, receipt: int) -> SavedFilter:
        found = db.session.get(SavedFilter, receipt)
        if found is None:
            raise NotFound()
        return found


@dataclass
class DropFilter(Command[None]):
    """Forget one's own filter."""

    filter_id: int

    def run(self) -> None:
        row = db.session.get(SavedFilter, self.filter_id)
        if row is None or row.user_id != actor.current().user_id:
            raise NotFound()
        db.session.delete(row)
