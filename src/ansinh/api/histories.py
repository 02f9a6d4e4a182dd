"""History over HTTP: of one resource, of a type, of the whole node. Pages follow the journal, newest first."""

import falcon

from ansinh.api import answers, requests
from ansinh.api.subsets import subset_of
from ansinh.fhir.search import history, history_bundle
from ansinh.fhir.store import Repository, Wanted

_SHOWN = ("_count", "_since", "_at", "_summary", "_elements")


class Versions:
    """`/fhir/{type}/{id}/_history`."""

    def on_get(self, request: falcon.Request, response: falcon.Response, kind: str, identity: str) -> None:
        """The versions of one resource."""
        kind = requests.resource_type(kind)
        _answer(request, response, Wanted(kind, identity), f"{kind}/{identity}/_history")


class TypeVersions:
    """`/fhir/{type}/_history`."""

    def on_get(self, request: falcon.Request, response: falcon.Response, kind: str) -> None:
        """The versions of all resources of a type."""
        kind = requests.resource_type(kind)
        _answer(request, response, Wanted(kind), f"{kind}/_history")


class AllVersions:
    """`/fhir/_history`."""

    def on_get(self, request: falcon.Request, response: falcon.Response) -> None:
        """The versions of everything that the caller may see."""
        _answer(request, response, Wanted(), "_history")


def _answer(request: falcon.Request, response: falcon.Response, wanted: Wanted, path: str) -> None:
    """`_count`, `_since`, `_at`, `_summary`, `_elements`, and `_cursor` of a `next` link."""
    asked = requests.query_parameters(request)
    subset = subset_of(asked)
    counted = [*asked, ("_count", "0")] if ("_summary", "count") in asked else asked
    page = history(Repository(request.context.actor), wanted, counted)
    base, shown = answers.base_of(request), [pair for pair in asked if pair[0] in _SHOWN]
    links = [("self", answers.address(base, path, shown))]
    if page.next:
        links.append(("next", answers.address(base, path, [*shown, ("_cursor", page.next)])))
    answers.send(response, history_bundle(page, base=base, links=links, part=subset.of))
