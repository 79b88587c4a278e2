"""``/api/v1/exchange``: staff and results for other systems, what changed since a cursor, results decided elsewhere."""

from __future__ import annotations

from typing import Any

from flask_appbuilder.api import BaseApi, expose
from flask_babel import gettext as _

from hrms.commands.exchange import FEED, ImportResults, ResultRow, changes_since, people_page, results_page
from hrms.kernel import access
from hrms.kernel.commands import execute
from hrms.kernel.errors import Fault, Refused
from views.api_entitlements import as_json
from views.api_support import asked, body, idempotency_key
from views.case_schemas import RefusalSchema, loaded
from views.exchange_schemas import (
    ChangesAnswer,
    ChangeSchema,
    ChangesQuery,
    ExchangePeopleAnswer,
    ExchangePersonSchema,
    ExchangeResultsAnswer,
    ExchangeResultSchema,
    ImportedAnswer,
    ImportResultsRequest,
    PeopleQuery,
    ResultsQuery,
)
from views.rules import api_needs

FEEDS = tuple(dict.fromkeys((access.resource_of(model), "read") for model in FEED))


class ExchangeApi(BaseApi):
    """``/api/v1/exchange``."""

    version = "v1"
    resource_name = "exchange"
    class_permission_name = "staff"
    allow_browser_login = False
    openapi_spec_tag = "Trao đổi dữ liệu"
    openapi_spec_component_schemas = (
        ExchangePeopleAnswer, ExchangeResultsAnswer, ChangesAnswer, ImportResultsRequest, ImportedAnswer,
        RefusalSchema,
    )  # fmt: skip

    @expose("/staff", methods=["GET"])
    @api_needs("staff", "export")
    def staff(self) -> Any:
        """Staff records
        ---
        get:
          summary: Hồ sơ cán bộ, công chức, viên chức theo các trường của sơ yếu lý lịch
          description: >-
            Từng trang sau con trỏ after. Số định danh, số sổ BHXH, dân tộc, tôn giáo, sức khỏe chỉ có khi
            sensitive=true, kèm mục đích (purpose) và quyền xem dữ liệu nhạy cảm; mỗi lần lấy đều ghi nhật ký.
          parameters:
            - {in: query, name: after, schema: {type: integer, minimum: 0, default: 0}}
            - {in: query, name: page_size, schema: {type: integer, minimum: 1, maximum: 500, default: 100}}
            - {in: query, name: sensitive, schema: {type: boolean, default: false}}
            - {in: query, name: purpose, schema: {type: string, maxLength: 300}}
          responses:
            200:
              description: Một trang hồ sơ
              content:
                application/json:
                  schema:
                    $ref: '#/components/schemas/ExchangePeopleAnswer'
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
        wanted = loaded(PeopleQuery(), asked())
        page = people_page(wanted.pop("after"), wanted.pop("page_size"), **wanted)
        return as_json({"result": ExchangePersonSchema(many=True).dump(page.rows), "next": page.next})

    @expose("/results", methods=["GET"])
    @api_needs("evaluation", "export")
    def results(self) -> Any:
        """Decided results of evaluation
        ---
        get:
          summary: Kết quả xếp loại đã có quyết định, để gửi lên cơ sở dữ liệu quốc gia
          parameters:
            - {in: query, name: after, schema: {type: integer, minimum: 0, default: 0}}
            - {in: query, name: page_size, schema: {type: integer, minimum: 1, maximum: 500, default: 100}}
            - {in: query, name: cycle_id, schema: {type: integer, minimum: 1}, description: Chỉ một kỳ đánh giá}
          responses:
            200:
              description: Một trang kết quả
              content:
                application/json:
                  schema:
                    $ref: '#/components/schemas/ExchangeResultsAnswer'
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
        wanted = loaded(ResultsQuery(), asked())
        page = results_page(wanted["after"], wanted["page_size"], cycle_id=wanted["cycle_id"])
        return as_json({"result": ExchangeResultSchema(many=True).dump(page.rows), "next": page.next})

    @expose("/results", methods=["POST"])
    @api_needs("staff", "write")
    def take_results(self) -> Any:
        """Take over results decided elsewhere
        ---
        post:
          summary: Nhận kết quả xếp loại năm do hệ thống khác đã quyết định
          description: >-
            Nhận cả danh sách hoặc không nhận dòng nào; mọi lỗi được nêu cùng lúc theo từng dòng (results[3].level).
            Tiêu đề Idempotency-Key là bắt buộc, gửi lại cùng mã thì không lập hai lần.
          parameters:
            - {in: header, name: Idempotency-Key, required: true, schema: {type: string, minLength: 1, maxLength: 80}}
          requestBody:
            required: true
            content:
              application/json:
                schema:
                  $ref: '#/components/schemas/ImportResultsRequest'
          responses:
            200:
              description: Đã nhận
              content:
                application/json:
                  schema:
                    $ref: '#/components/schemas/ImportedAnswer'
            400:
              description: Có dòng sai; chưa nhận dòng nào
              content:
                application/json:
                  schema:
                    $ref: '#/components/schemas/RefusalSchema'
            401:
              $ref: '#/components/responses/401'
            403:
              $ref: '#/components/responses/403'
        """
        wanted = loaded(ImportResultsRequest(), body())
        key = idempotency_key()
        if not key:
            raise Refused([Fault("Idempotency-Key", _("Thiếu tiêu đề Idempotency-Key."))])
        made = execute(ImportResults([ResultRow(**row) for row in wanted["results"]]), key=key)
        return as_json({"count": len(made), "result": made})

    @expose("/changes", methods=["GET"])
    @api_needs(*FEEDS[0], *FEEDS[1:])
    def changes(self) -> Any:
        """What changed since a cursor
        ---
        get:
          summary: Bản ghi nào, trường nào đã thay đổi sau con trỏ
          description: >-
            Theo thứ tự xảy ra, trong phạm vi của người gọi, không kèm giá trị. Thay đổi được báo sau mười phút, để
            không sót giao dịch nào đang ghi dở.
          parameters:
            - {in: query, name: after, schema: {type: integer, minimum: 0, default: 0}}
            - {in: query, name: page_size, schema: {type: integer, minimum: 1, maximum: 1000, default: 200}}
            - {in: query, name: record, schema: {type: array, items: {type: string}}, description: Loại bản ghi}
          responses:
            200:
              description: Các thay đổi
              content:
                application/json:
                  schema:
                    $ref: '#/components/schemas/ChangesAnswer'
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
        wanted = loaded(ChangesQuery(), asked("record"))
        found, cursor = changes_since(wanted["after"], wanted["page_size"], tuple(wanted.get("record", ())))
        return as_json({"result": ChangeSchema(many=True).dump(found), "next": cursor})
