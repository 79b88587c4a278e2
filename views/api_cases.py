"""``/api/v1/cases``: downsizing cases in the actor's scope, what may be done with them now, and doing it."""

from __future__ import annotations

from typing import Any

from flask import request
from flask_appbuilder.api import BaseApi, expose
from sqlalchemy import func, select

from hrms.commands.restructuring.queries import CaseFilter, case_query
from hrms.commands.restructuring.steps import Perform
from hrms.commands.restructuring.workflow import WORKFLOW
from hrms.kernel import access
from hrms.kernel.commands import execute
from hrms.kernel.db import db
from hrms.kernel.errors import NotFound
from models.restructuring import DownsizingCase
from views.api_entitlements import as_json
from views.api_support import body, idempotency_key
from views.case_schemas import (
    CaseActedAnswer,
    CaseActionRequest,
    CaseActionsAnswer,
    CaseAnswer,
    CaseDetailSchema,
    CaseListAnswer,
    CaseListQuery,
    CaseSchema,
    RefusalSchema,
    loaded,
)
from views.rules import api_needs

PAGING = {"order", "descending", "page", "page_size"}
SORTS = {
    "id": (DownsizingCase.id,),
    "number": (DownsizingCase.number, DownsizingCase.revision),
    "leave_date": (DownsizingCase.leave_date, DownsizingCase.id),
    "total": (DownsizingCase.total, DownsizingCase.id),
    "state": (DownsizingCase.state, DownsizingCase.id),
}


class CaseApi(BaseApi):
    """``/api/v1/cases``."""

    version = "v1"
    resource_name = "cases"
    class_permission_name = "case"
    allow_browser_login = False
    openapi_spec_tag = "Hồ sơ nghỉ việc"
    openapi_spec_component_schemas = (
        CaseListAnswer,
        CaseAnswer,
        CaseActionsAnswer,
        CaseActedAnswer,
        CaseActionRequest,
        RefusalSchema,
    )

    @expose("/", methods=["GET"])
    @api_needs("case", "read")
    def get_list(self) -> Any:
        """The cases in the caller's scope
        ---
        get:
          summary: Danh sách hồ sơ nghỉ việc trong phạm vi của người gọi
          parameters:
            - {in: query, name: search, schema: {type: string}, description: Số hồ sơ, họ tên hoặc mã cán bộ}
            - {in: query, name: state, schema: {type: array, items: {type: string}}, description: Mã trạng thái}
            - {in: query, name: unit_id, schema: {type: integer}, description: Đơn vị và mọi đơn vị bên dưới}
            - {in: query, name: batch_id, schema: {type: integer}}
            - {in: query, name: person_id, schema: {type: integer}}
            - {in: query, name: decree, schema: {type: string}}
            - {in: query, name: benefit, schema: {type: string}}
            - {in: query, name: leave_from, schema: {type: string, format: date}}
            - {in: query, name: leave_to, schema: {type: string, format: date}}
            - {in: query, name: late, schema: {type: boolean}, description: Chỉ hồ sơ quá hạn}
            - {in: query, name: waiting, schema: {type: boolean}, description: Chỉ hồ sơ chờ người gọi}
            - {in: query, name: order, schema: {type: string, enum: [id, number, leave_date, total, state]}}
            - {in: query, name: descending, schema: {type: boolean, default: true}}
            - {in: query, name: page, schema: {type: integer, default: 0}}
            - {in: query, name: page_size, schema: {type: integer, default: 20, maximum: 100}}
          responses:
            200:
              description: Một trang hồ sơ
              content:
                application/json:
                  schema:
                    $ref: '#/components/schemas/CaseListAnswer'
            400:
              description: Tham số sai
              content:
                application/json:
                  schema:
                    $ref: '#/components/schemas/RefusalSchema'
            401:
              $ref: '#/components/responses/401'
            403:
              $ref: '#/components/responses/403'
        """
        given: dict[str, Any] = request.args.to_dict()
        if "state" in given:
            given["state"] = request.args.getlist("state")
        asked = loaded(CaseListQuery(), given)
        wanted = CaseFilter(
            q=asked.pop("search", ""),
            states=tuple(asked.pop("state", ())),
            **{
                name: value for name, value in asked.items() if name not in {"order", "descending", "page", "page_size"}
            },
        )
        query = case_query(wanted)
        count = db.session.scalar(
            select(func.count()).select_from(query.with_only_columns(DownsizingCase.id).subquery())
        )
        columns = SORTS[asked["order"]]
        ordered = [column.desc() if asked["descending"] else column for column in columns]
        size = asked["page_size"]
        rows = db.session.scalars(query.order_by(*ordered).limit(size).offset(asked["page"] * size))
        return as_json({"count": count, "result": CaseSchema(many=True).dump(list(rows))})

    @expose("/<case_id>", methods=["GET"])
    @api_needs("case", "read")
    def get(self, case_id: str) -> Any:
        """One case
        ---
        get:
          summary: Một hồ sơ với yêu cầu, giấy tờ, bảng tính đang có hiệu lực và các bước đã qua
          parameters:
            - {in: path, name: case_id, required: true, schema: {type: integer}}
          responses:
            200:
              description: Hồ sơ
              content:
                application/json:
                  schema:
                    $ref: '#/components/schemas/CaseAnswer'
            401:
              $ref: '#/components/responses/401'
            403:
              $ref: '#/components/responses/403'
            404:
              $ref: '#/components/responses/404'
        """
        case = access.get(DownsizingCase, case_id)
        return as_json({"result": CaseDetailSchema().dump(case)})

    @expose("/<case_id>/actions", methods=["GET"])
    @api_needs("case", "read")
    def actions(self, case_id: str) -> Any:
        """What the caller may do with the case now
        ---
        get:
          summary: Các bước người gọi được thực hiện với hồ sơ lúc này, kèm điều cản trở
          parameters:
            - {in: path, name: case_id, required: true, schema: {type: integer}}
          responses:
            200:
              description: Các bước
              content:
                application/json:
                  schema:
                    $ref: '#/components/schemas/CaseActionsAnswer'
            401:
              $ref: '#/components/responses/401'
            403:
              $ref: '#/components/responses/403'
            404:
              $ref: '#/components/responses/404'
        """
        case = access.get(DownsizingCase, case_id)
        return as_json({"result": [action.to_dict() for action in WORKFLOW.allowed_actions(case)]})

    @expose("/<case_id>/actions/<code>", methods=["POST"])
    @api_needs("case", "read")
    def act(self, case_id: str, code: str) -> Any:
        """Take one step
        ---
        post:
          summary: Thực hiện một bước của quy trình
          description: >-
            Gửi kèm tiêu đề Idempotency-Key để một yêu cầu gửi lại không làm hai lần.
            Bước amend trả về bản điều chỉnh mới.
          parameters:
            - {in: path, name: case_id, required: true, schema: {type: integer}}
            - {in: path, name: code, required: true, schema: {type: string}, description: Mã bước, ví dụ submit}
            - {in: header, name: Idempotency-Key, schema: {type: string, maxLength: 80}}
          requestBody:
            content:
              application/json:
                schema:
                  $ref: '#/components/schemas/CaseActionRequest'
          responses:
            200:
              description: Hồ sơ sau bước này và các bước tiếp theo
              content:
                application/json:
                  schema:
                    $ref: '#/components/schemas/CaseActedAnswer'
            400:
              description: Có điều cản trở; mọi lý do được nêu cùng lúc
              content:
                application/json:
                  schema:
                    $ref: '#/components/schemas/RefusalSchema'
            401:
              $ref: '#/components/responses/401'
            403:
              $ref: '#/components/responses/403'
            404:
              $ref: '#/components/responses/404'
            409:
              description: Hồ sơ đã được người khác thay đổi sau phiên bản người gọi đã xem
        """
        details = loaded(CaseActionRequest(), body())
        key = idempotency_key()
        if not (case_id.isascii() and case_id.isdigit() and len(case_id) < 19):
            raise NotFound()
        # The command looks the case up itself: a repeated request must be recognised even when its first run took the
        # case out of the caller's sight.
        case = execute(Perform(int(case_id), code, **details), key=key)
        actions = [action.to_dict() for action in WORKFLOW.allowed_actions(case)]
        return as_json({"result": CaseSchema().dump(case), "actions": actions})
