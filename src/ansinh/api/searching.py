"""Search over HTTP: of a type, across types, within a patient's compartment; by address or by form."""

from collections.abc import Callable

import falcon

from ansinh.api import answers, requests
from ansinh.api.subsets import subset_of
from ansinh.fhir.search import Page, Params, search, search_compartment, search_types
from ansinh.fhir.store import Repository
from ansinh.kernel.errors import NotFound

Run = Callable[[Repository, Params, bool | None], Page]


class Search:
    """`/fhir/{type}/_search`: search with the parameters in a form, so that names stay out of addresses."""

    def on_post(self, request: falcon.Request, response: falcon.Response, kind: str) -> None:
        """Search. The `next` link carries the cursor only: post the same form to it."""
        kind = requests.resource_type(kind)
        answer(request, response, requests.form_parameters(request), f"{kind}/_search", of_type(kind))


class SystemSearch:
    """`/fhir/_search`: search across types with a form."""

    def on_post(self, request: falcon.Request, response: falcon.Response) -> None:
        """Search the types that `_type` names, or all."""
        answer(request, response, requests.form_parameters(request), "_search", across)


class Compartment:
    """`/fhir/Patient/{id}/{type}`: what is written about a person; `*` for every type."""

    def on_get(self, request: falcon.Request, response: falcon.Response, kind: str, identity: str, inner: str) -> None:
        """Search within the compartment. Another facility's person is 404."""
        parameters = requests.query_parameters(request)
        _of_person(request, response, parameters, (kind, identity, inner), f"Patient/{identity}/{inner}")


class CompartmentSearch:
    """`/fhir/Patient/{id}/{type}/_search`, `/fhir/Patient/{id}/_search`: the same with a form."""

    def on_post(
        self, request: falcon.Request, response: falcon.Response, kind: str, identity: str, inner: str = ""
    ) -> None:
        """Search within the compartment; without a type in all of it."""
        parameters = requests.form_parameters(request)
        path = "/".join(part for part in ("Patient", identity, inner, "_search") if part)
        _of_person(request, response, parameters, (kind, identity, inner or "*"), path)


def _of_person(
    request: falcon.Request,
    response: falcon.Response,
    parameters: list[tuple[str, str]],
    place: tuple[str, str, str],
    path: str,
) -> None:
    kind, identity, inner = place
    if kind != "Patient":
        raise NotFound("Chỉ có thể tìm trong hồ sơ của một người (Patient).", code="no-compartment")
    inner = inner if inner == "*" else requests.resource_type(inner)
    Repository(request.context.actor).raw("Patient", identity)

    def run(repository: Repository, asked: Params, strict: bool | None) -> Page:
        return search_compartment(repository, identity, inner, asked, strict=strict)

    answer(request, response, parameters, path, run)


def of_type(kind: str) -> Run:
    """The search of one type."""
    return lambda repository, parameters, strict: search(repository, kind, parameters, strict=strict)


def across(repository: Repository, parameters: Params, strict: bool | None) -> Page:
    """The search across types."""
    return search_types(repository, parameters, strict=strict)


def answer(
    request: falcon.Request, response: falcon.Response, parameters: list[tuple[str, str]], path: str, run: Run
) -> None:
    """Run a search and send its Bundle, with `self` and `next`."""
    subset = subset_of(parameters)
    page = run(Repository(request.context.actor), parameters, requests.preference(request).strict)
    base = answers.base_of(request)
    used = [pair for pair in parameters if pair[0] not in page.ignored]
    shown = [] if request.method == "POST" else [pair for pair in used if pair[0] != "_cursor"]
    # What was passed over does not stand in the link, so that a client sees what its answer is about (R4, 3.1.1.6).
    own = answers.address(base, path, used) if page.ignored else request.uri
    links = [("self", own if request.method == "GET" else f"{base}/{path}")]
    if page.next:
        links.append(("next", answers.address(base, path, [*shown, ("_cursor", page.next)])))
    answers.send(response, answers.search_bundle(base, page, links, subset))
