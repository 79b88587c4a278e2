"""Codes of a scenario's questions; apart from the modules that compute, which load pandas."""

from __future__ import annotations

CATEGORIES = ("cadre", "civil_servant", "public_employee", "contract_worker", "commune_official", "association_staff")
AFFECTED = ("records", "everyone", "nobody")
