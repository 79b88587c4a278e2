"""What every generated REST resource of Flask-AppBuilder stands on here: closed until declared, scoped, read-only.

FAB's ``ModelRestApi`` opens whatever is not mentioned. :class:`ScopedRestApi` turns that round; see
``docs/fab-traps.md`` for each trap by its number.
"""

from __future__ import annotations

from typing import Any

import prison
from flask import Blueprint, Response, request
from flask_appbuilder.api import ModelRestApi
from flask_appbuilder.const import API_URI_RIS_KEY
from flask_appbuilder.exceptions import FABException, InvalidOrderByColumnFABException
from flask_appbuilder.models.filters import BaseFilter, Filters
from flask_babel import gettext as _
from sqlalchemy import and_, select
from werkzeug.exceptions import BadRequest

from hrms.kernel import access
from hrms.kernel.errors import NotAllowed, NotFound
from hrms.kernel.text import fold
from views.rules import Rule


class ScopeFilter(BaseFilter):
    """Only rows the actor may read: the same clause that every list and form uses (traps 7, 10)."""

    name = "scope"

    def apply(self, query: Any, value: str) -> Any:
        allowed = access.restrict(select(self.model.id), self.model, value or "read")
        return query.filter(self.model.id.in_(allowed))


class FilterWords(BaseFilter):
    """Every word of the value, whatever its marks and case, in the folded column (trap 13)."""

    name = "words"
    arg_name = "words"

    def apply(self, query: Any, value: str) -> Any:
        words = fold(str(value)).split()
        return query.filter(and_(True, *[self.model.folded.contains(word, autoescape=True) for word in words]))


READING = {"get": "read", "get_list": "read", "info": "read"}
DECLARED = ("list_columns", "show_columns", "search_columns", "order_columns")


class ScopedRestApi(ModelRestApi):
    """A read-only REST resource over one scoped table, for the bearer of a token.

    A subclass names ``datamodel``, ``resource_name`` and every column it opens: ``list_columns``, ``show_columns``,
    ``search_columns``, ``order_columns``; leaving one out is an error at start, not an open door (trap 9).
    ``order_by`` maps a column people know to the column that sorts it. Changes go through commands: POST, PUT and
    DELETE have no address here (traps 8 and 22).
    """

    version = "v1"
    allow_browser_login = False  # trap 6
    include_route_methods = set(READING)
    method_permission_name = READING
    page_size = 20
    max_page_size = 100
    order_by: dict[str, str] = {}

    def __init__(self) -> None:
        missing = [name for name in DECLARED if not vars(type(self)).get(name)]
        if missing:
            raise TypeError(f"{type(self).__name__} must declare {', '.join(missing)}: FAB would open every column")
        dotted = [name for name in self.search_columns if "." in name]
        if dotted:
            raise TypeError(f"{type(self).__name__} cannot search {', '.join(dotted)}: FAB fails at the first search")
        if not access.is_scoped(self.datamodel.obj):
            raise TypeError(f"{self.datamodel.obj.__name__} has no declared scope (models/roles.py)")
        self.class_permission_name = access.resource_of(self.datamodel.obj)
        self.base_filters = [["id", ScopeFilter, "read"]]
        super().__init__()

    def _init_properties(self) -> None:
        super()._init_properties()
        # FAB reads an empty list as "all columns"; nothing is written here.
        self.add_columns: list[str] = []
        self.edit_columns: list[str] = []

    def rule_for(self, method: str) -> Rule | None:
        """The declared rule of an inherited method, for :func:`views.rules.rule_of`."""
        if method not in READING:
            return None
        return Rule("needs", ((self.class_permission_name, READING[method]),), token=True)

    def _handle_filters_args(self, rison_args: dict[str, Any]) -> Filters:
        """FAB keeps the filters of a request on the view, which all threads share; here each request has its own.

        A filter FAB does not understand it leaves out, and the answer then holds too much: here it is refused.
        """
        filters = self.datamodel.get_filters(search_columns=self.search_columns, search_filters=self.search_filters)
        known = filters.get_search_filters()
        for item in rison_args.get("filters", []):
            column, operator = item.get("col"), item.get("opr")
            if column not in self.search_columns or "value" not in item:
                raise FABException(
                    _(
                        "Bộ lọc “%(name)s” không dùng được. Các trường lọc được: %(all)s.",
                        name=column,
                        all=", ".join(self.search_columns),
                    )
                )
            allowed = {one.arg_name for one in known.get(column, [])}
            if operator not in allowed:
                raise FABException(
                    _(
                        "Phép lọc “%(name)s” không dùng được cho trường “%(column)s”. Các phép lọc: %(all)s.",
                        name=operator,
                        column=column,
                        all=", ".join(sorted(allowed)),
                    )
                )
        filters.rest_add_filters(rison_args.get("filters", []))
        return filters.get_joined_filters(self._base_filters)

    def _handle_page_args(self, rison_args: dict[str, Any]) -> tuple[int | None, int | None]:
        """A page larger than the limit is refused: FAB would cut it short without a word (trap 20)."""
        size = rison_args.get("page_size", self.page_size)
        if not 1 <= size <= self.max_page_size:
            raise BadRequest(
                _("page_size=%(size)s: mỗi trang từ 1 đến %(most)s dòng.", size=size, most=self.max_page_size)
            )
        if rison_args.get("page", 0) < 0:
            raise BadRequest(_("page=%(page)s: số trang tính từ 0.", page=rison_args["page"]))
        return super()._handle_page_args(rison_args)

    def _handle_order_args(self, rison_args: dict[str, Any]) -> tuple[str, str]:
        if (asked := rison_args.get("order_column", "")) and asked not in self.order_columns:
            raise InvalidOrderByColumnFABException(
                _(
                    "Không sắp xếp được theo “%(name)s”. Các trường sắp xếp được: %(all)s.",
                    name=asked,
                    all=", ".join(self.order_columns),
                )
            )
        column, direction = super()._handle_order_args(rison_args)
        return self.order_by.get(column, column), direction

    def _get_list_related_field(
        self, field: Any, filter_rel_field: list[Any], page: int | None = None, page_size: int | None = None
    ) -> tuple[int, list[dict[str, Any]]]:
        """Choices of a related field are narrowed like lists are (trap 7)."""
        scope = [["id", ScopeFilter, "read"]]
        return super()._get_list_related_field(field, [*filter_rel_field, *scope], page, page_size)

    def create_blueprint(self, *arguments: Any, **more: Any) -> Blueprint:
        found = super().create_blueprint(*arguments, **more)
        found.before_request(self._readable)
        return found

    def _readable(self) -> Response | None:
        """FAB fails on a ``q`` that is no object, and on numbers its reader does not know: the sender's fault."""
        text = request.args.get(API_URI_RIS_KEY)
        try:
            given = prison.loads(text) if text else {}
        except (prison.decoder.ParserException, ValueError, RecursionError):
            given = None
        if isinstance(given, dict):
            return None
        return self.response_400(message=_("Tham số q phải là một đối tượng, ví dụ q=(page:0,page_size:20)."))

    def response_400(self, message: str = "") -> Response:
        return self.response(400, message=message.removeprefix("400 Bad Request: "))

    def response_403(self) -> Response:
        return self.response(403, message=NotAllowed.message)

    def response_404(self) -> Response:
        return self.response(404, message=NotFound.message)
