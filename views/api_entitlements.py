"""``POST /api/v1/entitlements/calculate``: the law engine over REST; same case, same answer as every other door."""

from __future__ import annotations

import json
from typing import Any, Literal

from flask import Response, current_app, request
from flask_appbuilder.api import BaseApi, expose
from flask_babel import gettext as _
from marshmallow import Schema, fields

from hrms.commands import law
from policies import api
from policies.engine.errors import CaseFaults
from views.rules import api_needs


class FaultSchema(Schema):
    """One fault of the input."""

    path = fields.String(metadata={"description": "Nơi có lỗi", "example": "cases[3].person.birth_date"})
    message = fields.String(metadata={"description": "Nội dung lỗi và cách sửa"})


class CalculationFaultsSchema(Schema):
    """Every fault of the input, in reading order."""

    errors = fields.List(fields.Nested(FaultSchema))


class EntitlementCaseSchema(Schema):
    """One case; the groups hold the keys of the contract. Numbers with a fraction are text or JSON decimals."""

    id = fields.String()
    decree = fields.String(metadata={"description": "auto, 178, 177, 154, 29, 179, NQ07", "default": "auto"})
    benefit = fields.String(metadata={"default": "auto"})
    person = fields.Dict(required=True, metadata={"description": "sex, birth_date, category, …"})
    salary = fields.Dict(required=True, metadata={"description": "coefficient hoặc agreed_amount; allowances"})
    restructuring = fields.Dict(metadata={"description": "effective_date, directly_affected"})
    leave = fields.Dict(required=True, metadata={"description": "date, decision_date"})
    circumstances = fields.Dict()
    facts = fields.Dict()


class EntitlementLineSchema(Schema):
    """One amount in đồng, with the formula filled in."""

    code = fields.String()
    label = fields.String()
    article = fields.String()
    formula = fields.String()
    factor = fields.String()
    amount = fields.Integer()


class EntitlementResultSchema(Schema):
    """The answer to one case: amounts are whole đồng, fractions are text."""

    id = fields.String(allow_none=True)
    decree = fields.String()
    benefit = fields.String()
    eligible = fields.Boolean()
    reasons = fields.List(fields.Dict())
    base_salary = fields.Integer(allow_none=True)
    monthly_salary = fields.Integer(allow_none=True)
    retirement_date = fields.Date(allow_none=True)
    months_early = fields.Integer(allow_none=True)
    years_early = fields.String(allow_none=True)
    social_insurance_years = fields.String(allow_none=True)
    severance_months = fields.Integer(allow_none=True)
    within_first_12_months = fields.Boolean(allow_none=True)
    lines = fields.List(fields.Nested(EntitlementLineSchema))
    total = fields.Integer()
    alternatives = fields.List(fields.Dict())
    warnings = fields.List(fields.Dict())
    law_version = fields.String()
    trace = fields.Dict()


class EntitlementResultsSchema(Schema):
    """The answers, in the order of the cases."""

    result = fields.List(fields.Nested(EntitlementResultSchema))


def as_json(payload: Any, status: int = 200) -> Response:
    """An answer in the order in which it was built, Vietnamese left readable; a Decimal would be an error here."""
    text = json.dumps(payload, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return current_app.response_class(text, status, mimetype="application/json")


class EntitlementApi(BaseApi):
    """``/api/v1/entitlements``: calculations that are stored nowhere."""

    version = "v1"
    resource_name = "entitlements"
    class_permission_name = "calculator"
    allow_browser_login = False
    openapi_spec_tag = "Tính chế độ"
    openapi_spec_component_schemas = (EntitlementCaseSchema, EntitlementResultsSchema, CalculationFaultsSchema)

    @expose("/calculate", methods=["POST"])
    @api_needs("calculator", "use")
    def calculate(self) -> Any:
        """Compute one case or a list of cases
        ---
        post:
          summary: Tính chế độ cho một hồ sơ hoặc một danh sách hồ sơ
          description: >-
            Nhận một hồ sơ hoặc một danh sách hồ sơ (JSON hoặc YAML), trả kết quả theo đúng thứ tự. Người không đủ điều
            kiện cũng là một kết quả (eligible = false). Không lưu gì.
          requestBody:
            required: true
            content:
              application/json:
                schema:
                  oneOf:
                    - $ref: '#/components/schemas/EntitlementCaseSchema'
                    - type: array
                      items:
                        $ref: '#/components/schemas/EntitlementCaseSchema'
              application/yaml:
                schema:
                  $ref: '#/components/schemas/EntitlementCaseSchema'
          responses:
            200:
              description: Kết quả từng hồ sơ, theo thứ tự
              content:
                application/json:
                  schema:
                    $ref: '#/components/schemas/EntitlementResultsSchema'
            400:
              description: Dữ liệu sai; mọi lỗi được liệt kê cùng lúc
              content:
                application/json:
                  schema:
                    $ref: '#/components/schemas/CalculationFaultsSchema'
            401:
              $ref: '#/components/responses/401'
            403:
              $ref: '#/components/responses/403'
        """
        try:
            text = request.get_data(cache=False).decode("utf-8-sig")
        except UnicodeDecodeError as error:
            message = _("Nội dung không phải văn bản UTF-8 (byte thứ %(place)s).", place=error.start)
            return as_json({"errors": [{"path": "cases", "message": message}]}, 400)
        try:
            return as_json({"result": api.calculate_text(text, _format(request.mimetype), law.current_store())})
        except CaseFaults as faults:
            return as_json({"errors": [fault.to_dict() for fault in faults.faults]}, 400)
        except RecursionError:
            message = _("Dữ liệu lồng nhau quá sâu. Hãy gửi một hồ sơ hoặc một danh sách hồ sơ.")
            return as_json({"errors": [{"path": "cases", "message": message}]}, 400)


def _format(mimetype: str) -> Literal["json", "yaml", "auto"]:
    if mimetype.endswith("json"):
        return "json"
    return "yaml" if "yaml" in mimetype else "auto"
