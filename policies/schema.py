"""The form of a case as JSON Schema, for OpenAPI pages and clients; built from the words the parser itself uses."""

from __future__ import annotations

from typing import Any

from policies.engine import case as words
from policies.engine import parsing
from policies.salary.labels import ALLOWANCE_LABELS

_DATE = {"type": "string", "format": "date"}
_DECIMAL = {"type": ["string", "integer"], "pattern": r"^\d+(\.\d{1,4})?$"}
_BOOLEAN = {"type": "boolean"}


def _whole(highest: int) -> dict[str, Any]:
    return {"type": "integer", "minimum": 0, "maximum": highest}


def _nullable(schema: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [schema, {"type": "null"}]}


def _one_of(options: tuple[str, ...], default: str | None = None) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "string", "enum": list(options)}
    if default is not None:
        schema["default"] = default
    return schema


def _closed(properties: dict[str, Any], required: list[str] | None = None) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": required or [],
        "additionalProperties": False,
    }


def case_schema() -> dict[str, Any]:
    """JSON Schema of one case; a request body is one case or a list of cases."""
    months, amount = _whole(parsing.LONGEST_MONTHS), _whole(parsing.HIGHEST_AMOUNT)
    person = {
        "sex": _one_of(words.SEXES),
        "birth_date": {"type": ["string", "integer"], "description": "YYYY-MM-DD, YYYY-MM hoặc YYYY"},
        "category": _one_of(words.CATEGORIES),
        "leader": {**_BOOLEAN, "default": False},
        "retirement_annex": _one_of(words.ANNEXES, "I"),
        "social_insurance_months": months,
        "public_service_months": _nullable(months),
        "group_177": _nullable(_one_of(words.GROUPS_177)),
        "group_179": _nullable(_one_of(words.GROUPS_179)),
    }
    names = (*words.COUNTED_ALLOWANCES, *words.OTHER_ALLOWANCES)
    salary = {
        "coefficient": _nullable(_DECIMAL),
        "agreed_amount": _nullable(amount),
        "average_60_months": _nullable(amount),
        "allowances": _closed({name: {**_DECIMAL, "description": ALLOWANCE_LABELS[name]} for name in names}),
    }
    facts: dict[str, Any] = {
        "congress_date": _nullable(_DATE),
        "term_ends": _nullable(_DATE),
        "old_leadership_allowance": _nullable(_DECIMAL),
        "new_leadership_allowance": _nullable(_DECIMAL),
        "secondment_level": _nullable(_one_of(words.SECONDMENT_LEVELS)),
        "ground_154": _nullable(_one_of(words.GROUNDS_154)),
        "recruited_on": _nullable(_DATE),
        "recognised_on": _nullable(_DATE),
        "contract_before_2019": _nullable(_BOOLEAN),
        "education_or_health": _nullable(_BOOLEAN),
        "leaders_above_quota": _nullable(_BOOLEAN),
        "local_top_up": _nullable(
            _closed(
                {"amount": amount, "decision": {"type": "string"}, "decided_on": _nullable(_DATE)},
                ["amount", "decision"],
            )
        ),
        "retirement_notice_on": _nullable(_DATE),
        "continues_working": _nullable(_BOOLEAN),
        "group_nq07": _nullable(_one_of(words.GROUPS_NQ07)),
        "benefit_drawn_from": _nullable(_DATE),
        "special_area": _nullable(_BOOLEAN),
        "recruited_under_140": _nullable(_BOOLEAN),
        "talent_stopped_on": _nullable(_DATE),
        "talent_stop_event": _nullable(_one_of(words.TALENT_STOPS)),
    }
    circumstances = {
        "voluntary": {**_BOOLEAN, "default": True},
        "pregnant_or_child_under_36_months": {**_BOOLEAN, "default": False},
        "under_discipline_or_investigation": {**_BOOLEAN, "default": False},
        "earlier_benefit": _nullable(_one_of(words.DECREES)),
    }
    return _closed(
        {
            "id": {"type": ["string", "integer", "null"]},
            "decree": {"type": ["string", "integer"], "enum": ["auto", *words.DECREES, *_numbers()], "default": "auto"},
            "benefit": _one_of(("auto", *words.BENEFITS), "auto"),
            "person": _closed(person, ["sex", "birth_date", "category", "social_insurance_months"]),
            "salary": _closed(salary),
            "restructuring": _closed(
                {"effective_date": _nullable(_DATE), "directly_affected": _BOOLEAN}, ["directly_affected"]
            ),
            "leave": _closed({"date": _DATE, "decision_date": _nullable(_DATE)}, ["date"]),
            "circumstances": _closed(circumstances),
            "facts": _closed(facts),
        },
        ["person", "salary", "leave"],
    )


def _numbers() -> list[int]:
    """Decrees may also be given as numbers."""
    return [int(code) for code in words.DECREES if code.isdigit()]
