"""The shape of an operation: what was asked of it, and a responder that answers GET and POST alike, or POST alone."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any

import falcon

from ansinh.api import answers, requests
from ansinh.api.operations.arguments import Arguments, arguments
from ansinh.fhir.model import outcomes
from ansinh.fhir.store import Repository


@dataclass(frozen=True, slots=True)
class Asked:
    """One call. `kind` and `identity` are those of the address, "" where it has none; `base` is the door's address."""

    repository: Repository
    given: Arguments
    kind: str
    identity: str
    base: str


class Posted(ABC):
    """An operation whose parameters do not fit an address."""

    def on_post(self, request: falcon.Request, response: falcon.Response, kind: str = "", identity: str = "") -> None:
        """Parameters in the body, beside those of the address."""
        answers.send(response, self.run(_asked(request, kind, identity)))

    @abstractmethod
    def run(self, asked: Asked) -> dict[str, Any]:
        """The answer. Raises UserError."""


class Called(Posted):
    """An operation that changes nothing and may be asked by address."""

    def on_get(self, request: falcon.Request, response: falcon.Response, kind: str = "", identity: str = "") -> None:
        """Parameters in the address."""
        answers.send(response, self.run(_asked(request, kind, identity)))


class LeftOut:
    """An operation that this door leaves out on purpose: says so instead of pretending that the address is wrong."""

    def __init__(self, text: str) -> None:
        self._text = text

    def on_get(self, request: falcon.Request, response: falcon.Response, **place: str) -> None:
        """501 with the reason."""
        answer = outcomes.message(self._text, code="not-supported", key="left-out")
        answers.send(response, answer, status=falcon.HTTP_501)

    on_post = on_get


def _asked(request: falcon.Request, kind: str, identity: str) -> Asked:
    kind = requests.resource_type(kind) if kind else ""
    return Asked(Repository(request.context.actor), arguments(request), kind, identity, answers.base_of(request))
