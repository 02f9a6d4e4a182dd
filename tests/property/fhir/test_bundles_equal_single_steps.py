"""A transaction is the same as its entries one by one, in the standard's order, or nothing at all.

Random entries create, change and remove people and what is observed of them; some cannot be done. Whatever they are,
the store afterwards holds what single requests in the order DELETE, POST, PUT (R4, 3.1.0.11.2) leave behind, or, when
one of them fails, what it held before. The rows of the index are those that are made from the resources alone.
"""

from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ansinh.fhir.store import Repository, journal
from ansinh.fhir.store.reindexing import reindex
from ansinh.fhir.transactions import process
from ansinh.kernel.context import system_context
from ansinh.kernel.errors import UserError

pytestmark = pytest.mark.django_db

ORDER = ("DELETE", "POST", "PUT", "PATCH", "GET")
IDS = ["a", "b", "c"]
SYSTEM = "urn:number"


def person(fhir_id: str | None, number: str, gender: str) -> dict:
    own = {"id": fhir_id} if fhir_id else {}
    return {"resourceType": "Patient", **own, "identifier": [{"system": SYSTEM, "value": number}], "gender": gender}


def urn(number: int) -> str:
    return f"urn:uuid:0198c000-0000-7000-8000-{number:012}"


def entry(method: str, url: str, resource: dict | None = None, full_url: str = "", **request: Any) -> dict:
    made: dict[str, Any] = {"request": {"method": method, "url": url, **request}}
    if resource is not None:
        made["resource"] = resource
    return made | ({"fullUrl": full_url} if full_url else {})


genders, numbers, ids = (
    st.sampled_from(["male", "female", "other"]),
    st.sampled_from(["1", "2", "3"]),
    st.sampled_from(IDS),
)
wishes = st.one_of(
    st.tuples(st.just("create"), numbers, genders),
    st.tuples(st.just("create unless there"), numbers, genders),
    st.tuples(st.just("update"), ids, genders),
    st.tuples(st.just("update where"), numbers, genders),
    st.tuples(st.just("update of version one"), ids, genders),
    st.tuples(st.just("delete"), ids, genders),
    st.tuples(st.just("observe the newest"), numbers, genders),
    st.tuples(st.just("observe somebody"), ids, genders),
    st.tuples(st.just("wrong"), ids, genders),
)


def entries_of(wished: list[tuple[str, str, str]]) -> list[dict]:
    """Entries of a Bundle; what is created first can be spoken of by its urn."""
    made = []
    for number, (what, key, gender) in enumerate(wished):
        if what == "create":
            made.append(entry("POST", "Patient", person(None, key, gender), urn(number)))
        elif what == "create unless there":
            made.append(
                entry(
                    "POST", "Patient", person(None, key, gender), urn(number), ifNoneExist=f"identifier={SYSTEM}|{key}"
                )
            )
        elif what == "update":
            made.append(entry("PUT", f"Patient/{key}", person(key, key, gender)))
        elif what == "update where":
            made.append(entry("PUT", f"Patient?identifier={SYSTEM}|{key}", person(None, key, gender)))
        elif what == "update of version one":
            made.append(entry("PUT", f"Patient/{key}", person(key, key, gender), ifMatch='W/"1"'))
        elif what == "delete":
            made.append(entry("DELETE", f"Patient/{key}"))
        elif what == "wrong":
            made.append(entry("PUT", f"Patient/{key}", person(key, key, "nữ")))
        else:
            created = [number for number, wish in enumerate(wished) if wish[0] == "create"]
            subject = urn(created[0]) if what == "observe the newest" and created else f"Patient/{key}"
            code = {"coding": [{"system": "urn:c", "code": gender}]}
            seen = {"resourceType": "Observation", "status": "final", "code": code, "subject": {"reference": subject}}
            made.append(entry("POST", "Observation", seen))
    return made


def one_by_one(repository: Repository, entries: list[dict]) -> None:
    """Each entry a request of its own, in the standard's order; urns become what they were given. Raises UserError."""
    given_names: dict[str, str] = {}
    for one in sorted(entries, key=lambda each: ORDER.index(each["request"]["method"])):
        told = {**one}
        if "resource" in told:
            told["resource"] = named(told["resource"], given_names)
        bundle = {"resourceType": "Bundle", "type": "transaction", "entry": [told]}
        answer = process(repository, bundle)["entry"][0]["response"]
        if one.get("fullUrl"):
            given_names[one["fullUrl"]] = "/".join(answer["location"].split("/_history/")[0].split("/")[-2:])


def named(resource: dict, names: dict[str, str]) -> dict:
    reference = resource.get("subject", {}).get("reference")
    return {**resource, "subject": {"reference": names[reference]}} if reference in names else resource


def content() -> list[str]:
    """What the store holds, without what depends on time and on ids that were drawn: a new id is told by its person."""
    repository = Repository(system_context())
    current = {}
    for written in journal.every():
        current[written.type, written.id] = written
    told = []
    for (kind, fhir_id), last in current.items():
        found = repository.find(kind, fhir_id)
        said = found and {key: value for key, value in found.items() if key not in ("meta", "id")}
        if said and kind == "Observation":
            about = repository.find(*said["subject"]["reference"].split("/"))
            own = said["subject"]["reference"].split("/")[1]
            said["subject"] = own if own in IDS else about and (about["identifier"], about["gender"])
        told.append(repr((kind, fhir_id if fhir_id in IDS else "new", last.version, said)))
    return sorted(told)


def outcome(carry_out, entries: list[dict], before: list[str]) -> list[str]:
    """The store after something was tried; what it held before when that was refused."""
    try:
        with transaction.atomic():
            carry_out(Repository(system_context()), entries)
            return content()
    except UserError:
        assert content() == before
        return before


def distinct_targets(wished: list[tuple[str, str, str]]) -> bool:
    """No two entries of one Bundle may speak of one record (R4: the Bundle is refused)."""
    named_ids = [key for what, key, _ in wished if what in ("update", "update of version one", "delete", "wrong")]
    asked = [key for what, key, _ in wished if what in ("update where", "create unless there")]
    return len(set(named_ids)) == len(named_ids) and not asked_twice(wished, asked)


def asked_twice(wished: list[tuple[str, str, str]], asked: list[str]) -> bool:
    """A condition that another entry of the Bundle could change: R4 leaves open what it means."""
    written = [key for what, key, _ in wished if what == "create"]
    by_id = {"a": "a", "b": "b", "c": "c"}
    touched = [by_id[key] for what, key, _ in wished if what in ("update", "update of version one", "delete", "wrong")]
    return len(set(asked)) != len(asked) or bool(set(asked) & set(written)) or bool(asked and touched)


@given(st.lists(st.tuples(ids, genders), max_size=3), st.lists(wishes, min_size=1, max_size=5).filter(distinct_targets))
@settings(max_examples=60, suppress_health_check=list(HealthCheck))
def test_transaction_leaves_what_its_entries_leave_one_by_one_or_nothing(there, wished):
    with transaction.atomic():
        repository = Repository(system_context())
        for number, (fhir_id, gender) in enumerate(there):
            repository.update(person(fhir_id, str(number + 1), gender))
        before, entries = content(), entries_of(wished)

        def whole(repository: Repository, entries: list[dict]) -> None:
            process(repository, {"resourceType": "Bundle", "type": "transaction", "entry": entries})

        point = transaction.savepoint_create()
        apart = outcome(one_by_one, entries, before)
        transaction.savepoint_rollback(point)
        together = outcome(whole, entries, before)

        assert together == apart
        transaction.set_rollback(True)


@given(st.lists(wishes, min_size=1, max_size=5).filter(distinct_targets))
@settings(max_examples=25, suppress_health_check=list(HealthCheck))
def test_batch_answers_each_entry_for_itself(wished):
    with transaction.atomic():
        repository = Repository(system_context())
        for number, fhir_id in enumerate(IDS):
            repository.update(person(fhir_id, str(number + 1), "male"))
        entries = [one for one in entries_of(wished) if "urn:uuid" not in repr(one.get("resource"))]

        answers = process(repository, {"resourceType": "Bundle", "type": "batch", "entry": entries}).get("entry", [])

        assert len(answers) == len(entries)
        for asked, answered in zip(entries, answers, strict=True):
            failed = answered["response"]["status"][0] in "45"
            wrong = asked.get("resource", {}).get("gender") == "nữ"
            assert failed or not wrong
            assert ("outcome" in answered["response"]) or not failed
        transaction.set_rollback(True)


INDEXES = ("ix_token", "ix_ref", "ix_date", "ix_string", "ix_number", "ix_uri", "ix_quantity")


def index_rows() -> dict[str, list[tuple]]:
    with connection.cursor() as cursor:
        found = {}
        for table in INDEXES:
            cursor.execute(f"SELECT * FROM {table}")
            found[table] = sorted(cursor.fetchall(), key=repr)
        return found


@given(st.lists(wishes, min_size=1, max_size=6))
@settings(max_examples=25, suppress_health_check=list(HealthCheck))
def test_index_kept_by_writes_is_the_index_made_from_the_records(wished):
    with transaction.atomic():
        repository = Repository(system_context())
        for one in entries_of(wished):
            try:
                with transaction.atomic():
                    process(repository, {"resourceType": "Bundle", "type": "batch", "entry": [one]})
            except UserError:
                continue
        kept = index_rows()
        with connection.cursor() as cursor:
            for table in INDEXES:
                cursor.execute(f"DELETE FROM {table}")

        reindex()

        assert index_rows() == kept
        assert journal.verify() >= 0
        transaction.set_rollback(True)
