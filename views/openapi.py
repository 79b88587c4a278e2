"""``/api/v1/_openapi``: the description of the API, put right where Flask-AppBuilder describes what it does not do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from apispec import APISpec
from flask_appbuilder.api.manager import OpenApi as FabOpenApi

from hrms.commands.exchange.changes import names
from hrms.commands.restructuring.workflow import STATE_LABELS, WORKFLOW

BIGGEST = 2**63 - 1  # of a record number, in both databases
NUMBERS = ("after", "cycle_id", "unit_id", "batch_id", "person_id", "case_id")


class OpenApi(FabOpenApi):
    """FAB's address with a description that is true; ``make schemathesis`` holds it against the answers."""

    @staticmethod
    def _create_api_spec(version: str) -> APISpec:
        found = FabOpenApi._create_api_spec(version)
        plain = found.to_dict
        found.to_dict = lambda: mended(plain())
        return found


def _operations(spec: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in spec["paths"].items():
        for method, operation in methods.items():
            if isinstance(operation, dict):
                yield path, method, operation


def _answered(operation: dict[str, Any], status: str) -> dict[str, Any]:
    """The properties of an answer, empty where there are none."""
    content = operation.get("responses", {}).get(status, {}).get("content", {})
    found: dict[str, Any] = content.get("application/json", {}).get("schema", {}).get("properties", {})
    return found


def mended(spec: dict[str, Any]) -> dict[str, Any]:
    """``spec`` with the types FAB gets wrong put right, and the choices of parameters named."""
    for path, method, operation in _operations(spec):
        answer = _answered(operation, "200")
        if "ids" in answer:
            answer["ids"]["items"] = {"type": "integer"}
        if "id" in answer:
            answer["id"]["type"] = "integer"
        for name in ("add_columns", "edit_columns"):
            if name in answer:  # nothing is written there: FAB answers an empty list and describes an object
                answer[name] = {"type": "array", "items": {"type": "object"}}
        if path.endswith("/security/login") and method == "post":
            _login(operation)
        for parameter in operation.get("parameters", ()):
            if isinstance(parameter, dict) and "schema" in parameter:
                _parameter(path, parameter)
    return spec


def _login(operation: dict[str, Any]) -> None:
    schema = operation["requestBody"]["content"]["application/json"]["schema"]
    schema["required"] = ["username", "password", "provider"]
    told = {"description": "Một câu, hoặc các lỗi theo từng trường"}
    answer = {"schema": {"type": "object", "properties": {"message": told}}}
    operation["responses"]["400"] = {"description": "Yêu cầu sai", "content": {"application/json": answer}}
    operation["responses"]["429"] = {"description": "Quá nhiều lần thử", "content": {"application/json": answer}}


def _parameter(path: str, parameter: dict[str, Any]) -> None:
    name, schema = parameter["name"], parameter["schema"]
    if schema.get("type") == "integer" and name in NUMBERS:
        schema.setdefault("maximum", BIGGEST)
    elif name == "state" and path.endswith("/cases/"):
        schema["items"]["enum"] = list(STATE_LABELS)
    elif name == "record":
        schema["items"]["enum"] = names()
    elif name == "code" and path.endswith("/actions/{code}"):
        schema["enum"] = sorted({transition.code for transition in WORKFLOW.transitions})
