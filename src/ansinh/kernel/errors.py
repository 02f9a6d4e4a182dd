"""Errors that a person can act on.

Everything raised on purpose is a `UserError`: it carries a sentence in Vietnamese that says what is wrong and
where, and becomes a form error or an OperationOutcome in one place each. Programming mistakes are
`assert`/`ValueError` and become a 500 with an id.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Severity = Literal["fatal", "error", "warning", "information"]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong.

    code: FHIR IssueType (`required`, `value`, `code-invalid`, `invariant`, …).
    message: one sentence, Vietnamese, without personal data.
    expression: FHIRPath of the element (`Patient.name[0].family`), "" where there is none.
    key: stable identifier of the rule that failed (`ele-1`, `cccd-length`), for tests and translations.
    """

    code: str
    message: str
    expression: str = ""
    severity: Severity = "error"
    key: str = ""


class AnsinhError(Exception):
    """Base of everything that An Sinh raises on purpose."""


class UserError(AnsinhError):
    """Something the caller can mend. `field` is the form field or FHIR element it belongs to."""

    issue_type = "processing"
    status = 400

    def __init__(self, message: str, *, code: str = "", field: str | None = None, problems: Iterable[Problem] = ()):
        super().__init__(message)
        self.message = message
        self.code = code or type(self).__name__.lower()
        self.field = field
        self.problems: tuple[Problem, ...] = tuple(problems) or (
            Problem(self.issue_type, message, field or "", key=self.code),
        )


class NotFound(UserError):
    """There is no such record for this reader. Someone else's record looks the same (404, never 403)."""

    issue_type = "not-found"
    status = 404


class Gone(UserError):
    """The record was deleted; its history remains."""

    issue_type = "deleted"
    status = 410


class Conflict(UserError):
    """The record changed since the caller read it, or a rule of uniqueness forbids the change."""

    issue_type = "conflict"
    status = 409


class Stale(Conflict):
    """If-Match named another version than the current one. Both are to be shown to the person."""

    status = 412


class Invalid(UserError):
    """The input breaks a rule; `problems` names every one of them with its path."""

    issue_type = "invalid"
    status = 422


class Malformed(UserError):
    """The input cannot be read at all (not JSON, not UTF-8, an unknown parameter in strict mode)."""

    issue_type = "structure"
    status = 400


class Refused(UserError):
    """The caller is known and may not do this."""

    issue_type = "forbidden"
    status = 403


class NotReady(UserError):
    """What the answer needs is still being made, after an upgrade; asking again later helps."""

    issue_type = "transient"
    status = 503


class LoginRequired(UserError):
    """Nobody is logged in, or the token is wrong or expired."""

    issue_type = "login"
    status = 401
