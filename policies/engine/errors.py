"""Errors of the engine. Messages meant for users are Vietnamese; each names what was looked for and what was found."""

from __future__ import annotations

from dataclasses import dataclass


class PolicyError(Exception):
    """Base class of everything the law engine raises on purpose."""


class ParameterGap(PolicyError):
    """No version of a parameter is valid on the date asked for."""


class ParameterConflict(PolicyError):
    """More than one version of a parameter is valid on the date asked for."""


class RuleGap(PolicyError):
    """No rule of an entry point answers for the date and the facts."""


class RuleConflict(PolicyError):
    """More than one rule of an entry point answers for the date and the facts."""


class MalformedLawData(PolicyError):
    """A law data file of the project does not have the declared shape."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault of an input: ``path`` like ``cases[3].person.birth_date`` and a Vietnamese message with the remedy."""

    path: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}: {self.message}"

    def to_dict(self) -> dict[str, str]:
        """JSON form of the contract."""
        return {"path": self.path, "message": self.message}


class CaseFaults(PolicyError):
    """An input has faults; ``faults`` holds all of them in reading order."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("\n".join(str(f) for f in faults))
        self.faults = faults
