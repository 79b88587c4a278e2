"""The law as the administration holds it: the engine's values, and what was added to them under a second pair of eyes.

``reading`` lists parameters and documents · ``current`` is the store every calculation of the application uses ·
``values`` reads a typed or uploaded value as the type of its parameter · ``proposals`` proposes overrides and
confirmations, ``uploads`` a file of them · ``deciding`` approves, rejects and ends them · ``impact`` lists the cases a
change moves and opens their amendments.
"""

from hrms.commands.law.current import current_store
from hrms.commands.law.reading import (
    FAMILIES,
    Filter,
    Listed,
    Parameter,
    ParameterValue,
    document,
    documents,
    families,
    family_of,
    label_of,
    marks,
    parameter,
    parameters,
    text_of,
    value_of,
    value_of_version,
)

__all__ = [
    "FAMILIES",
    "Filter",
    "Listed",
    "Parameter",
    "ParameterValue",
    "current_store",
    "document",
    "documents",
    "families",
    "family_of",
    "label_of",
    "marks",
    "parameter",
    "parameters",
    "text_of",
    "value_of",
    "value_of_version",
]
