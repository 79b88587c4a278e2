"""``/api/v1/reports``: the catalogue, a report as data in the caller's scope, the rows behind its figures."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from flask import request
from flask_appbuilder.api import BaseApi, expose
from flask_babel import gettext as _

from hrms.commands import security_log
from hrms.commands.reporting import asked_for
from hrms.kernel import access, clock
from hrms.kernel.errors import Fault, NotAllowed, Refused
from reports.framework import Produced, definition, definitions, make
from views.api_entitlements import as_json
from views.case_schemas import RefusalSchema
from views.exchange_schemas import ReportAnswer, ReportDefinitionSchema, ReportListAnswer, ReportRowsAnswer
from views.rules import api_needs

CONDITION = "w."
MOST_ROWS = 1_000


def plain(value: Any) -> Any:
    """A cell as JSON: decimals as exact text, days ISO."""
    if isinstance(value, Decimal):
        return str(value)
    return value.isoformat() if isinstance(value, date | datetime) else value


class ReportApi(BaseApi):
    """``/api/v1/reports``."""

    version = "v1"
    resource_name = "reports"
    class_permission_name = "report"
    allow_browser_login = False
    openapi_spec_tag = "Báo cáo"
    openapi_spec_component_schemas = (ReportListAnswer, ReportAnswer, ReportRowsAnswer, RefusalSchema)

    @expose("/", methods=["GET"])
    @api_needs("report", "read")
    def get_list(self) -> Any:
        """The reports the caller may see
        ---
        get:
          summary: Danh mục báo cáo người gọi được xem, kèm tham số của từng báo cáo
          responses:
            200:
              description: Danh mục
              content:
                application/json:
                  schema:
                    $ref: '#/components/schemas/ReportListAnswer'
            401:
              $ref: '#/components/responses/401'
            403:
              $ref: '#/components/responses/403'
        """
        found = [
            {
                "key": one.key, "title": one.title, "group": one.group, "about": one.about,
                "parameters": [
                    {"name": p.name, "label": _(p.label), "kind": p.kind, "default": p.default(clock.today()),
                     "required": p.required, "choices": {code: _(words) for code, words in p.choices.items()}}
                    for p in one.parameters
                ],
                "facts": [fact.key for fact in one.facts],
            }
            for one in definitions().values() if one.allowed
        ]  # fmt: skip
        return as_json({"result": ReportDefinitionSchema(many=True).dump(found)})

    @expose("/<key>", methods=["GET"])
    @api_needs("report", "read")
    def get(self, key: str) -> Any:
        """One report as data
        ---
        get:
          summary: Số liệu của một báo cáo, trong phạm vi đơn vị của người gọi
          description: >-
            Tham số của báo cáo (unit, period, on …) viết thẳng trong địa chỉ; bỏ trống là giá trị mặc định. Số liệu
            trùng với trang, PDF và bảng tính của cùng báo cáo, cùng tham số.
          parameters:
            - {in: path, name: key, required: true, schema: {type: string}, description: Mã báo cáo}
            - {in: query, name: unit, schema: {type: string}, description: Mã bản ghi đơn vị}
            - {in: query, name: period, schema: {type: string}, description: 'Kỳ: 2025, 2025-H1, 2025-Q2, 2025-06'}
            - {in: query, name: 'on', schema: {type: string}, description: 'Tính đến ngày (YYYY-MM-DD), trống: hôm nay'}
          responses:
            200:
              description: Báo cáo
              content:
                application/json:
                  schema:
                    $ref: '#/components/schemas/ReportAnswer'
            400:
              description: Tham số sai; mọi lỗi được nêu cùng lúc
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
        """
        definition(key)
        produced = make(asked_for(key, request.args.to_dict()))
        security_log.record("export", f"report {key}", f"api; rows={produced.rows}")
        return as_json({"result": _report(produced)})

    @expose("/<key>/rows/<fact>", methods=["GET"])
    @api_needs("report", "read")
    def rows(self, key: str, fact: str) -> Any:
        """The rows behind the figures
        ---
        get:
          summary: Danh sách tạo nên các con số của báo cáo
          description: >-
            Tham số của báo cáo như trên; điều kiện viết w.<cột>=<giá trị>, ví dụ w.sex=female. Cần thêm quyền đọc và
            quyền xuất chính các bản ghi đó.
          parameters:
            - {in: path, name: key, required: true, schema: {type: string}}
            - {in: path, name: fact, required: true, schema: {type: string}}
            - {in: query, name: page, schema: {type: integer, minimum: 0, default: 0}}
            - {in: query, name: page_size, schema: {type: integer, minimum: 1, maximum: 1000, default: 100}}
          responses:
            200:
              description: Một trang danh sách
              content:
                application/json:
                  schema:
                    $ref: '#/components/schemas/ReportRowsAnswer'
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
            404:
              $ref: '#/components/responses/404'
        """
        report = definition(key)
        given = request.args.to_dict()
        number, size = _paging(given)
        where = {n[len(CONDITION) :]: given.pop(n)[:200] for n in list(given) if n.startswith(CONDITION)}
        asked = asked_for(key, given)
        known = report.fact(fact)
        known.require_rows()
        if not all(access.may(resource, "export") for resource, _action in known.rows_need):
            raise NotAllowed(_("Bạn không có quyền xuất danh sách này."))
        count = known.seen(asked, where)
        found = [
            {name: plain(row[name]) for name in known.columns if known.columns[name].listed or name == "id"}
            for row in known.rows(asked, where, limit=size, offset=number * size)
        ]
        security_log.record("export", f"report {key}", f"{fact}; api; rows={len(found)}")
        return as_json({"count": count, "result": found})


def _paging(given: dict[str, str]) -> tuple[int, int]:
    """Page and size out of the query, every fault at once."""
    faults, found = [], []
    for name, default, low, high in (("page", 0, 0, 10**9), ("page_size", 100, 1, MOST_ROWS)):
        text = given.pop(name, str(default))
        if not (text.isascii() and text.isdigit() and len(text) < 11 and low <= int(text) <= high):
            faults.append(Fault(name, _("“%(value)s” phải là số nguyên từ %(low)s đến %(high)s.",
                                        value=text[:20], low=low, high=high)))  # fmt: skip
            continue
        found.append(int(text))
    if faults:
        raise Refused(faults)
    return found[0], found[1]


def _report(produced: Produced) -> dict[str, Any]:
    return {
        "key": produced.key, "title": _(produced.title), "parameters": produced.values, "unit_id": produced.unit_id,
        "unit_name": produced.unit_name, "produced_on": produced.produced_on.isoformat(), "law": produced.law,
        "digest": produced.digest,
        "blocks": [
            {
                "key": block.key, "title": block.title,
                "columns": [
                    {"key": c.key, "title": c.title, "kind": c.kind, "group": c.group, "total": c.total}
                    for c in block.columns
                ],
                "rows": [{name: plain(value) for name, value in row.items()} for row in block.rows],
                "totals": {c.key: block.total(c.key) for c in block.columns if c.total},
                "notes": list(block.notes),
            }
            for block in produced.blocks
        ],
    }  # fmt: skip
