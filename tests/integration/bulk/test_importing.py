"""Import: what is written and how it equals writing one by one; what is refused and where; resuming."""

import pytest

from ansinh.fhir.bulk import importing, lines
from ansinh.fhir.bulk.processes import preparers
from ansinh.fhir.bulk.sources import sources
from ansinh.fhir.jobs import queue, running
from ansinh.fhir.jobs.models import JobRow
from ansinh.fhir.model import json
from ansinh.fhir.search import search
from ansinh.fhir.store import Repository, journal
from ansinh.fhir.views import live, tables
from ansinh.kernel import clock
from ansinh.kernel.context import system_context
from ansinh.kernel.errors import Invalid, Refused
from tests.integration.bulk.conftest import ids, person, pulse

pytestmark = pytest.mark.django_db


class Crash(BaseException):
    """What ends a process: nothing catches it."""


@pytest.fixture
def write(tmp_path):
    """`write("Patient.ndjson", resource or bytes, …)` makes a file to import; gives its folder."""
    folder = tmp_path / "in"

    def make(name: str, *each):
        folder.mkdir(exist_ok=True)
        data = [one if isinstance(one, bytes) else json.dumps(one) for one in each]
        (folder / name).write_bytes(b"\n".join(data) + b"\n")
        return folder

    return make


@pytest.fixture
def load():
    """`load(folder)`: imports it to the end; the result, and the OperationOutcomes."""

    def run(folder, context=None, **how):
        job = running.run_now(importing.ask(context or system_context(), sources([folder]), **how))
        assert job.state == "done", job.error
        return job.result, outcomes(job)

    return run


def outcomes(job) -> list[dict]:
    """The issues of the error files, each with its place."""
    found = []
    for entry in job.result["files"]:
        for line in (queue.folder(job.id) / entry["name"]).read_bytes().splitlines():
            found += json.loads(line)["issue"]
    return found


def counts(result) -> tuple[int, int, int, int]:
    return result["lines"], result["written"], result["unchanged"], result["refused"]


def test_imported_lines_can_be_read_searched_and_seen_in_live_views(write, load, world, system, lan, cuc):
    write("Patient.ndjson", person("p1", world.a), person("p2", world.b))
    folder = write("Observation.ndjson", pulse("o1", "p1", 71), pulse("o2", "p2"))

    result, errors = load(folder)

    assert (counts(result), errors) == ((4, 4, 0, 0), [])
    assert system.read("Observation", "o1")["valueQuantity"]["value"] == 71
    assert ids(search(Repository(lan), "Observation", [("code", "8867-4")]).resources) == ["o1"]
    assert ids(search(Repository(cuc), "Observation", [("code", "8867-4")]).resources) == ["o2"]
    rows = tables.rows(system_context(), "SELECT id, patient_id FROM view_observation ORDER BY id")
    assert [(row["id"], row["patient_id"]) for row in rows] == [("o1", "p1"), ("o2", "p2")]


def test_imported_history_equals_that_of_writing_one_by_one(write, load, world, system):
    """Same bodies, index rows and live rows; the journal's chain and the views are whole."""
    write("Patient.ndjson", person("p1", world.a))
    load(write("Observation.ndjson", pulse("o1", "p1"), pulse("o2", "p1", 60)))
    imported = {one: system.read("Observation", one) for one in ("o1", "o2")}

    for one in imported.values():
        plain = {key: value for key, value in one.items() if key != "meta"}
        again = Repository(system_context()).save(plain)
        assert not again.changed

    assert journal.verify() > 0
    assert live.check("observation")
    assert live.check("patient")


def test_import_again_changes_nothing_and_a_changed_line_makes_a_version(write, load, world, system):
    write("Patient.ndjson", person("p1", world.a))
    folder = write("Observation.ndjson", pulse("o1", "p1"), pulse("o2", "p1"))
    load(folder)
    before = journal.position()

    again, _ = load(folder)
    after = journal.position()
    write("Observation.ndjson", pulse("o1", "p1"), pulse("o2", "p1", 99))
    changed, _ = load(folder)

    assert (counts(again), after) == ((3, 0, 3, 0), before)
    assert counts(changed) == (3, 1, 2, 0)
    assert system.read("Observation", "o2")["meta"]["versionId"] == "2"
    assert live.check("observation")


BAD = (
    # what, the code of its issue, a word of its sentence, its expression
    (b"{not json", "structure", "JSON", None),
    (b"", "structure", "trống", None),
    (b"[]", "structure", "resourceType", "resourceType"),
    (b'{"resourceType":"Nothing","id":"1"}', "structure", "resourceType", "resourceType"),
    (b'{"resourceType":"Patient"}', "required", "(id)", "id"),
    (b'{"resourceType":"Patient","id":"a b"}', "structure", "", "id"),
    (b'{"resourceType":"Patient","id":"1","gender":"x","gender":"male"}', "structure", "hai l", None),
    (b'{"resourceType":"Patient","id":"1","gender":"neither"}', "code-invalid", "", "Patient.gender"),
    (b'{"resourceType":"Patient","id":"1","birthDate":"1948-02-31"}', "value", "", "Patient.birthDate"),
    (b'{"resourceType":"Patient","id":"1","contact":[{"gender":"male"}]}', "invariant", "", "Patient.contact[0]"),
    ('{"resourceType":"Patient","id":"1","nom":"Bí Mật"}'.encode(), "structure", "", None),
    (b"\xff\xfe", "structure", "", None),
)


@pytest.mark.parametrize(("line", "code", "word", "expression"), BAD, ids=[str(number) for number in range(len(BAD))])
def test_bad_line_is_refused_by_number_and_the_good_ones_around_it_are_written(
    write, load, world, system, line, code, word, expression
):
    result, errors = load(write("Patient.ndjson", person("p1", world.a), line, person("p3", world.a)))

    assert counts(result) == (3, 2, 0, 1)
    assert {one["diagnostics"] for one in errors} == {"Patient.ndjson:2"}
    assert errors[0]["severity"] == "error"
    assert word in errors[0]["details"]["text"]
    if expression:
        assert expression in [one.get("expression", [""])[0] for one in errors]
    assert code in [one["code"] for one in errors]
    assert "Mật" not in str(errors)
    assert set(system.read_many("Patient", ["p1", "p3"])) == {"p1", "p3"}


def test_files_are_read_in_the_order_in_which_they_name_each_other(write, load, world, lan):
    """With a reach of one facility an Observation needs its patient to be there."""
    write("Observation.ndjson", pulse("o1", "p1"))
    folder = write("Patient.ndjson", person("p1", world.a))

    result, errors = load(folder, system_context())

    assert (counts(result), errors, result["unresolved"]) == ((2, 2, 0, 0), [], 0)


def test_reference_without_target_is_written_and_told(write, load, world):
    there = {**pulse("o1", "p1"), "encounter": {"reference": "Encounter/later"}}
    nowhere = {**pulse("o2", "p1"), "encounter": {"reference": "Encounter/nowhere"}}
    write("Patient.ndjson", person("p1", world.a))
    write("Observation.ndjson", there, nowhere)
    later = {"resourceType": "Encounter", "id": "later", "status": "finished",
             "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB"},
             "subject": {"reference": "Patient/p1"}}  # fmt: skip
    folder = write("ZEncounter.ndjson", later)

    result, issues = load(folder)

    assert (result["written"], result["unresolved"]) == (4, 1)
    assert [(one["severity"], one["diagnostics"]) for one in issues] == [("warning", "Observation.ndjson:2")]
    assert sorted(path.name for path in queue.folder(queue.listed()[0].id).iterdir()) == ["error-1.ndjson"]


def test_import_does_what_its_asker_may_do_and_no_more(write, load, world, binh, system):
    """A doctor of facility A: not people of B, not types that the role may not write."""
    system.update(person("pb", world.b))
    write("Patient.ndjson", person("pb", world.b, gender="female"))
    write("CodeSystem.ndjson", {"resourceType": "CodeSystem", "id": "x", "status": "active", "content": "complete"})
    folder = write("Observation.ndjson", pulse("o1", "pb"))

    result, errors = load(folder, binh)

    assert counts(result) == (3, 0, 0, 3)
    assert "gender" not in system.read("Patient", "pb")
    assert sorted(one["diagnostics"].partition(".")[0] for one in errors) == ["CodeSystem", "Observation", "Patient"]


def test_only_the_node_itself_imports_without_validation(write, world, binh, load):
    folder = write("Patient.ndjson", person("p1", world.a, gender="neither"))

    with pytest.raises(Refused):
        importing.ask(binh, sources([folder]), validated=False)
    assert counts(load(folder, validated=False)[0]) == (1, 1, 0, 0)


def test_what_is_not_there_is_refused_before_anything_begins(tmp_path):
    (tmp_path / "empty").mkdir()

    for path in (tmp_path / "nowhere.ndjson", tmp_path / "empty"):
        with pytest.raises(Invalid):
            sources([path])
    with pytest.raises(Invalid):
        importing.ask(system_context(), [])


def test_file_that_changed_since_it_was_named_is_refused(write, world):
    folder = write("Patient.ndjson", person("p1", world.a))
    job = importing.ask(system_context(), sources([folder]))
    write("Patient.ndjson", person("p1", world.a), person("p2", world.a))

    ended = running.run_now(job)

    assert ended.state == "failed"
    assert "Patient.ndjson" in ended.error


@pytest.mark.parametrize("crash_at", [1, 2, 5])
def test_import_that_was_cut_off_goes_on_with_each_line_once(write, world, system, monkeypatch, crash_at):
    monkeypatch.setattr(lines.blocks, "__defaults__", (0, 1, 300))
    write("Patient.ndjson", *(person(f"p{number}", world.a) for number in range(4)), b"{bad")
    folder = write("Observation.ndjson", *(pulse(f"o{number}", f"p{number % 4}") for number in range(8)))
    before, saves = journal.position(), []
    save = running.Progress.save

    def crashing(self, *arguments, **named):
        save(self, *arguments, **named)
        saves.append(1)
        if len(saves) == crash_at:
            raise Crash

    monkeypatch.setattr(running.Progress, "save", crashing)
    job = importing.ask(system_context(), sources([folder]))
    with pytest.raises(Crash):
        running.run_next("first", job.id)
    JobRow.objects.update(lease_until=clock.now())

    ended = running.run_now(job)

    assert ended.state == "done", ended.error
    assert counts(ended.result) == (13, 12, 0, 1)
    assert [one["diagnostics"] for one in outcomes(ended)] == ["Patient.ndjson:5"]
    assert journal.position() - before == 12
    assert {
        one["meta"]["versionId"] for one in system.read_many("Observation", [f"o{n}" for n in range(8)]).values()
    } == {"1"}


def test_import_with_processes_equals_one_without(write, load, world, system, monkeypatch):
    monkeypatch.setattr(importing, "WORTH_A_PROCESS", 1)
    monkeypatch.setattr(lines.blocks, "__defaults__", (0, 1, 400))
    write("Patient.ndjson", *(person(f"p{number}", world.a) for number in range(3)))
    folder = write("Observation.ndjson", *(pulse(f"o{number}", f"p{number % 3}") for number in range(9)), b"{bad")

    alone, errors = load(folder)
    beside, same = load(folder, processes=2)

    assert counts(alone) == (13, 12, 0, 1)
    assert counts(beside) == (13, 0, 12, 1)
    assert same == errors


def test_small_import_starts_no_process(write, load, world, monkeypatch):
    asked = []
    monkeypatch.setattr(importing, "preparers", lambda count, **how: asked.append(count) or preparers(count, **how))

    load(write("Patient.ndjson", person("p1", world.a)), processes=2)

    assert asked == [0]


def test_with_references_refused_a_line_waits_for_what_it_names(write, load, world, system):
    """The Condition names an Encounter of a later file: refused first, written by the next run."""
    text = {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/condition-clinical", "code": "active"}]}
    early = {"resourceType": "Condition", "id": "c1", "clinicalStatus": text, "code": {"text": "x"},
             "subject": {"reference": "Patient/p1"}, "encounter": {"reference": "Encounter/e1"}}  # fmt: skip
    late = {"resourceType": "Encounter", "id": "e1", "status": "finished", "subject": {"reference": "Patient/p1"},
            "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB"}}  # fmt: skip
    write("Patient.ndjson", person("p1", world.a))
    write("Condition.ndjson", early)
    folder = write("Zzz.ndjson", late)

    first, errors = load(folder, references="refuse")
    second, _ = load(folder, references="refuse")

    assert (counts(first), counts(second)) == ((3, 2, 0, 1), (3, 1, 2, 0))
    assert [(one["code"], one["diagnostics"]) for one in errors] == [("not-found", "Condition.ndjson:1")]


def test_reference_to_what_the_asker_may_not_see_is_told_as_missing(write, load, world, system, binh):
    """Whether a record of facility B exists cannot be found out by importing references to it."""
    system.update(person("pa", world.a))
    system.update(person("pb", world.b))
    system.update(pulse("ob", "pb"))
    hidden = {**pulse("o1", "pa"), "derivedFrom": [{"reference": "Observation/ob"}]}
    absent = {**pulse("o2", "pa"), "derivedFrom": [{"reference": "Observation/nowhere"}]}

    result, issues = load(write("Observation.ndjson", hidden, absent), binh)

    assert (result["written"], result["unresolved"]) == (2, 2)
    assert {one["diagnostics"] for one in issues} == {"Observation.ndjson:1", "Observation.ndjson:2"}
