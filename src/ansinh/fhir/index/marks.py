"""By which rules the rows of a type are made, as one short text: it changes when the rows would."""

import hashlib

from ansinh.fhir.index import custom
from ansinh.fhir.model.definitions import definitions

RULES = 2
"""Grows with every change of what `extract` makes of the same parameters."""


def of_type(resource_type: str) -> str:
    """The mark of a type's rows: rules, the parameters of R4, the project's own."""
    defined = [*definitions().search_parameters(resource_type), *custom.parameters_of(resource_type)]
    said = [
        (one.code, one.type, one.expression, [(c.definition, c.expression) for c in one.component]) for one in defined
    ]
    return hashlib.blake2b(repr((RULES, said)).encode(), digest_size=12).hexdigest()
