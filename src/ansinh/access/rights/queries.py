"""What was asked by whom, and the copy of a record."""

from collections.abc import Sequence
from typing import Any

from ansinh.access.models import PersonRequest
from ansinh.fhir.model import json
from ansinh.fhir.search import search_compartment
from ansinh.fhir.store import Repository
from ansinh.fhir.store.audit import trail
from ansinh.kernel import clock
from ansinh.kernel.context import EVERYWHERE, Context
from ansinh.kernel.errors import NotFound
from ansinh.kernel.naming import BASE

PURPOSE = "PATRQT"
_PAGE = "500"


def requests_of(person: str) -> Sequence[PersonRequest]:
    """All requests about one person, the newest first. The caller has seen that the reader sees the person."""
    return list(PersonRequest.objects.filter(person=person).select_related("done_by", "taken_by"))


def waiting(context: Context) -> Sequence[PersonRequest]:
    """Requests at the reader's units that wait for an answer, those due first."""
    found = PersonRequest.objects.filter(done__isnull=True)
    if EVERYWHERE not in context.reach:
        found = found.filter(unit__in=context.reach)
    return list(found.order_by("due", "pk")[:100])


def request(context: Context, number: int) -> PersonRequest:
    """One request. Raises NotFound for one that is not there or about somebody out of sight."""
    found = PersonRequest.objects.filter(pk=number).first()
    if found is None or not Repository(context).exists("Patient", found.person):
        raise NotFound("Không có yêu cầu này.")
    return found


def copy(context: Context, person: str) -> bytes:
    """Everything about a person that the reader sees, as a FHIR Bundle. The export stands in the audit before the copy
    is handed out, in the person's own name. Raises NotFound."""
    asked = context.because_of(PURPOSE)
    repository = Repository(asked)
    patient = repository.read("Patient", person)
    resources, cursor = [patient], ""
    while True:
        params = [("_count", _PAGE), *([("_cursor", cursor)] if cursor else [])]
        page = search_compartment(repository, person, "*", params)
        resources += [one for one in page.resources if one["resourceType"] != "Patient"]
        if not page.next:
            break
        cursor = page.next
    trail.append([trail.entry(asked, "export", "Patient", person)])
    return json.dumps(_bundle(resources))


def _bundle(resources: list[dict[str, Any]]) -> dict[str, Any]:
    entries = [{"fullUrl": f"{BASE}/{one['resourceType']}/{one['id']}", "resource": one} for one in resources]
    return {"resourceType": "Bundle", "type": "collection", "timestamp": clock.instant(), "entry": entries}
