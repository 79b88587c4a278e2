"""Dates on which the law changes the answer for a person: read from the validity of parameters, never written here."""
from __future__ import annotations
