"""Random facts and random requests: the SQL runner finds what the plain runner finds, for every reader."""

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ansinh.fhir.search import search
from ansinh.fhir.search.parsing import parse
from ansinh.fhir.search.reference import run
from ansinh.fhir.store import Repository
from ansinh.kernel.context import Context, system_context

pytestmark = pytest.mark.django_db

UCUM = "http://unitsofmeasure.org"
KEY = "https://ansinh.vn/fhir/CodeSystem/test"
TAG = {"meta": {"tag": [{"system": KEY, "code": "random"}]}}

words = st.sampled_from(["An", "Ân", "Nguyễn", "Văn", "Đạo", "H'Ly", "100%", "a_b"])
texts = st.lists(words, min_size=1, max_size=3).map(" ".join)
dates = st.sampled_from(["1948", "1948-05", "1948-05-20", "1950", "1950-01-01T08:30:00+07:00", "1949-12-31T23:59:59Z"])
codes = st.fixed_dictionaries(
    {}, optional={"system": st.sampled_from(["s", "t"]), "code": st.sampled_from("xyz"), "display": texts}
)
amounts = st.fixed_dictionaries(
    {"value": st.sampled_from([0, 0.1, 1, 1.5, 99.5, 100, 100.4, 1000, -3])},
    optional={
        "unit": st.sampled_from(["kg", "g"]),
        "code": st.sampled_from(["kg", "g"]),
        "system": st.sampled_from(["u", UCUM]),
    },
)


def person_of(number: int, unit: str, more: dict) -> dict:
    owner = {"managingOrganization": {"reference": f"Organization/{unit}"}}
    return {"resourceType": "Patient", "id": f"rp{number}", **TAG, **owner, **more}


def note_of(number: int, person: int, more: dict) -> dict:
    subject = {"reference": f"Patient/rp{person}"}
    return {"resourceType": "Observation", "id": f"rn{number}", "status": "final", **TAG, "subject": subject, **more}


people = st.builds(
    person_of,
    st.integers(0, 4),
    st.sampled_from("ab"),
    st.fixed_dictionaries(
        {},
        optional={
            "name": st.lists(st.fixed_dictionaries({"text": texts}, optional={"family": words}), max_size=2),
            "birthDate": dates.filter(lambda text: "T" not in text),
            "gender": st.sampled_from(["male", "female"]),
            "identifier": st.lists(
                st.fixed_dictionaries(
                    {"value": st.sampled_from(["12", "312", "2"])}, optional={"system": st.just("s")}
                ),
                max_size=2,
            ),
        },
    ),
)
notes = st.builds(
    note_of,
    st.integers(0, 4),
    st.integers(0, 5),
    st.fixed_dictionaries(
        {"code": st.fixed_dictionaries({"coding": st.lists(codes, max_size=2)})},
        optional={
            "effectiveDateTime": dates,
            "valueQuantity": amounts,
            "valueString": texts,
            "valueDateTime": dates,
            "note": st.lists(st.fixed_dictionaries({"text": texts}), max_size=1),
            "component": st.lists(
                st.fixed_dictionaries(
                    {"code": st.fixed_dictionaries({"coding": st.lists(codes, max_size=1)}), "valueQuantity": amounts}
                ),
                max_size=2,
            ),
        },
    ),
)
units_of_care = st.sampled_from([{"resourceType": "Organization", "id": name} for name in "ab"])
facts = st.lists(people | notes | units_of_care, max_size=10)

prefixes = st.sampled_from(["", "eq", "ne", "gt", "lt", "ge", "le", "sa", "eb"])
tokens = st.sampled_from(["x", "s|x", "|x", "t|", "y,s|z"])
lone_tokens = tokens.filter(lambda text: "," not in text)
numbers = st.sampled_from(["1", "1.5", "100", "1e2", "99.50", "-3"])
units = st.sampled_from(["", "||kg", "|u|kg", "|u|g", "||g", f"|{UCUM}|g", f"|{UCUM}|kg"])
moments = st.tuples(prefixes, dates).map("".join)
quantities = st.tuples(prefixes, numbers, units).map("".join)
names = texts | st.sampled_from(["an", "nguy", "%", "_", "dao"])


def asked(code: str, found: st.SearchStrategy) -> st.SearchStrategy:
    return found.map(lambda value: (code, value))


of_people = st.one_of(
    *(asked(f"name{modifier}", names) for modifier in ("", ":exact", ":contains")),
    asked("name:missing", st.sampled_from(["true", "false"])),
    asked("birthdate", moments),
    asked("gender", st.sampled_from(["male", "female", "male,female"])),
    asked("gender:not", st.sampled_from(["male", "female"])),
    asked("identifier", st.sampled_from(["12", "s|12", "|2", "s|"])),
    asked("phonetic", names.filter(str.isalpha)),
    asked("_content", names.filter(lambda text: any(map(str.isalnum, text)))),
    asked("identifier-end", st.sampled_from(["2", "12", "312"])),
    asked("_id", st.sampled_from(["rp0,rp1", "rp4"])),
)
of_notes = st.one_of(
    *(asked(code, tokens) for code in ("code", "combo-code", "component-code", "code:not")),
    *(asked(code, quantities) for code in ("value-quantity", "combo-value-quantity")),
    *(
        asked(code, st.tuples(lone_tokens, quantities).map("$".join))
        for code in ("code-value-quantity", "combo-code-value-quantity")
    ),
    asked("date", moments),
    asked("code-value-date", st.tuples(lone_tokens, moments).map("$".join)),
    asked("code-value-string", st.tuples(lone_tokens, texts).map("$".join)),
    asked("combo-code:missing", st.sampled_from(["true", "false"])),
    asked("_content", st.sampled_from(["an", "van nguyen", "an,dao", "100"])),
    asked("code:text", names),
    asked("patient", st.sampled_from(["rp0", "Patient/rp1,Patient/rp2"])),
    asked("patient:missing", st.sampled_from(["true", "false"])),
)
chained = of_people.map(lambda pair: ("patient." + pair[0], pair[1]))
having = of_notes.filter(lambda pair: ":" not in pair[0]).map(lambda p: (f"_has:Observation:patient:{p[0]}", p[1]))
sorts = st.lists(
    st.sampled_from(["_id", "-_id", "birthdate", "-birthdate", "name", "-gender", "organization", "-organization"]),
    max_size=2,
    unique=True,
)
requests = st.one_of(
    st.tuples(st.just("Patient"), st.lists(of_people | having, max_size=3), sorts),
    st.tuples(st.just("Observation"), st.lists(of_notes | chained, max_size=3), st.just([])),
)
readers = st.sampled_from([frozenset({"*"}), frozenset({"a"}), frozenset({"b"}), frozenset()])


@given(facts, st.lists(st.tuples(requests, readers), min_size=1, max_size=6))
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_both_runners_find_the_same_in_the_same_order(facts, asked_by):
    repository = Repository(system_context(), validate=False)
    with transaction.atomic():
        with repository.transaction():
            for fact in facts:
                repository.save(fact)
        stored = list({(fact["resourceType"], fact["id"]): None for fact in facts})
        for (kind, params, sort), reach in asked_by:
            context = Context(actor="x", role="nurse", reach=reach, may={"*": frozenset({"*"})})
            params = [*params, *([("_sort", ",".join(sort))] if sort else [])]
            reader = Repository(context)
            seen = [found for one in stored if (found := reader.find(*one)) is not None]

            expected = [one["id"] for one in run(parse(kind, params), seen)]
            found = search(reader, kind, [*params, ("_tag", f"{KEY}|random")]).resources

            assert [one["id"] for one in found] == expected, (kind, params, sorted(reach))
        transaction.set_rollback(True)
