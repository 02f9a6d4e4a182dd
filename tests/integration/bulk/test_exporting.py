"""What is in an export: reach, types, filters, groups, elements, since, and one journal position."""

from datetime import UTC, datetime, timedelta

import pytest

from ansinh.fhir.bulk import asking, exporting, ndjson, snapshot
from ansinh.fhir.jobs import queue, running
from ansinh.fhir.jobs.models import JobRow
from ansinh.fhir.model import json
from ansinh.fhir.search import search
from ansinh.fhir.store import Repository, journal
from ansinh.fhir.store.audit import trail
from ansinh.fhir.store.records import microseconds
from ansinh.kernel import clock
from ansinh.kernel.errors import NotFound
from tests.integration.bulk.conftest import ids, person, pulse, read_files

pytestmark = pytest.mark.django_db


class Crash(BaseException):
    """What ends a process: nothing catches it."""


def test_export_gives_each_reader_what_search_gives(people, export, lan, cuc, officer, system):
    for context in (lan, cuc, officer, system.context):
        for kind in ("Patient", "Observation"):
            if not context.allows("search", kind):
                continue
            files, _ = export(context, _type=kind)
            found = search(Repository(context), kind, [("_count", "1000")]).resources
            assert ids(files.get(kind, [])) == ids(found)
    assert ids(export(lan, _type="Observation")[0]["Observation"]) == ["oa1", "oa2"]


def test_export_gives_the_stored_bytes(people, export, lan):
    stored = {one: people.repository.raw("Patient", one).body for one in ("pa1", "pa2")}

    _, job = export(lan, _type="Patient")

    lines = (queue.folder(job.id) / "Patient-1.ndjson").read_bytes().splitlines()
    assert {json.loads(line)["id"]: line for line in lines} == stored


def test_export_of_all_types_leaves_out_what_the_role_may_not_search(people, export, lan):
    files, _ = export(lan)

    assert {"Patient", "Observation", "Organization"} <= set(files)
    assert all(lan.allows("search", kind) for kind in files)


def test_export_is_of_one_position_while_others_write(people, lan, system, monkeypatch):
    """Between two pages a record changes, one goes, one comes, one moves to another facility."""
    monkeypatch.setattr(exporting, "PAGE", 1)
    read, turns = snapshot.current, []

    def reading(*arguments, **named):
        page = read(*arguments, **named)
        turns.append(1)
        if len(turns) == 1:
            system.update(pulse("oa1", "pa1", 99))
            system.update(pulse("oa2", "pa2", 99))
            system.delete("Observation", "oa3")
            system.update(pulse("oa4", "pa1"))
        return page

    system.update(pulse("oa3", "pa1", 50))
    monkeypatch.setattr(snapshot, "current", reading)
    wanted = asking.read(lan, [("_type", "Observation")])
    files, _ = read_files(running.run_now(exporting.ask(lan, wanted)))

    values = {one["id"]: one["valueQuantity"]["value"] for one in files["Observation"]}
    assert values == {"oa1": 72, "oa2": 72, "oa3": 50}
    assert len(files["Observation"]) == 3


def test_type_filter_narrows_and_several_are_alternatives(people, export, lan, system):
    system.update(pulse("oa5", "pa1", 130))
    system.update(pulse("oa6", "pa2", 40))

    over, _ = export(lan, _type="Observation,Patient", _typeFilter="Observation?value-quantity=gt100")
    both, _ = export(
        lan,
        _type="Observation",
        _typeFilter="Observation?value-quantity=gt100,Observation?value-quantity=lt50&patient=pa2",
    )

    assert ids(over["Observation"]) == ["oa5"]
    assert ids(over["Patient"]) == ["pa1", "pa2"]
    assert ids(both["Observation"]) == ["oa5", "oa6"]


def test_type_filter_judges_a_changed_record_by_its_version_of_then(people, lan, system, monkeypatch):
    system.update(pulse("oa5", "pa1", 130))
    until, at = snapshot.now()
    system.update(pulse("oa5", "pa1", 60))
    system.update(pulse("oa1", "pa1", 130))
    monkeypatch.setattr(snapshot, "now", lambda: (until, at))
    filters = [("_type", "Observation"), ("_typeFilter", "Observation?value-quantity=gt100")]
    files, _ = read_files(running.run_now(exporting.ask(lan, asking.read(lan, filters))))

    assert [(one["id"], one["valueQuantity"]["value"]) for one in files["Observation"]] == [("oa5", 130)]


def test_type_filter_through_another_record_is_understood(people, export, system):
    system.update(person("pa1", people.repository.read("Patient", "pa1")["managingOrganization"]["reference"][13:],
                         gender="female"))  # fmt: skip

    files, _ = export(system.context, _type="Observation", _typeFilter="Observation?patient.gender=female")

    assert ids(files["Observation"]) == ["oa1"]


def test_type_filter_by_a_hierarchy_holds_for_a_record_that_changed_since(people, lan, system, monkeypatch):
    """Who stands below whom is asked of the database, for what lies there as for the version of then."""
    for unit, above in (("tren", None), ("duoi", "tren")):
        over = {"partOf": {"reference": f"Organization/{above}"}} if above else {}
        system.update({"resourceType": "Organization", "id": unit, "name": unit, **over})
    system.update(person("pc1", "duoi"))
    system.update(person("pc2", "duoi"))
    until, at = snapshot.now()
    system.update(person("pc1", "duoi", gender="female"))
    monkeypatch.setattr(snapshot, "now", lambda: (until, at))
    filters = [("_type", "Patient"), ("_typeFilter", "Patient?organization:below=Organization/tren")]

    files, _ = read_files(running.run_now(exporting.ask(system.context, asking.read(system.context, filters))))

    assert [(one["id"], one.get("gender")) for one in files["Patient"]] == [("pc1", None), ("pc2", None)]


def test_patient_level_holds_the_records_of_people_only(people, export, lan):
    files, _ = export(lan, level="patient")

    assert {"Patient", "Observation"} <= set(files)
    assert "Organization" not in files
    assert ids(files["Patient"]) == ["pa1", "pa2"]


def test_patients_named_by_the_caller_narrow_the_export(people, export, lan):
    files, _ = export(lan, level="patient", _type="Patient,Observation", patient=[{"reference": "Patient/pa2"}])

    assert ids(files["Patient"] + files["Observation"]) == ["oa2", "pa2"]


def test_patient_of_another_facility_is_not_found(people, export, lan):
    with pytest.raises(NotFound):
        export(lan, level="patient", patient=["Patient/pb1"])


def group(*members, **more) -> dict:
    entities = [{"entity": {"reference": f"Patient/{one}"}} for one in members]
    return {"resourceType": "Group", "id": "g", "type": "person", "actual": True, "member": entities, **more}


def test_group_export_holds_the_records_of_its_members(people, export, system):
    system.update(group("pa1", "pb1"))

    whole, _ = export(system.context, level="group", group="g", _type="Patient,Observation")

    assert ids(whole["Patient"] + whole["Observation"]) == ["oa1", "ob1", "pa1", "pb1"]


def test_group_export_leaves_out_inactive_members(people, export, system):
    one = group("pa1", "pa2")
    one["member"][1]["inactive"] = True
    system.update(one)

    files, _ = export(system.context, level="group", group="g", _type="Patient,Observation")

    assert ids(files["Patient"] + files["Observation"]) == ["oa1", "pa1"]


def test_unknown_group_is_not_found(people, export, system):
    with pytest.raises(NotFound):
        export(system.context, level="group", group="no-such-group")


def test_elements_keep_what_was_asked_and_what_is_mandatory(people, export, lan):
    files, _ = export(lan, _type="Observation,Patient", _elements="Observation.valueQuantity,Observation.value")

    assert set(files["Observation"][0]) == {"resourceType", "id", "meta", "status", "code", "valueQuantity"}
    assert files["Observation"][0]["meta"]["tag"][-1]["code"] == "SUBSETTED"
    assert "managingOrganization" in files["Patient"][0]


def test_since_the_last_export_gives_what_changed_and_what_went(people, export, lan, system):
    first, job = export(lan, _type="Observation")
    system.update(pulse("oa1", "pa1", 99))
    system.update(pulse("oa1", "pa1", 98))
    system.update(pulse("oa9", "pa1"))
    system.delete("Observation", "oa2")
    system.delete("Observation", "ob1")

    files, _ = export(lan, _type="Observation", _since=job.result["time"])

    newest = {one["id"]: one["valueQuantity"]["value"] for one in files["Observation"]}
    assert (newest["oa1"], newest["oa9"]) == (98, 72)
    deleted = [one["entry"][0]["request"] for one in files["deleted"]]
    assert deleted == [{"method": "DELETE", "url": "Observation/oa2"}]
    replayed = {one["id"] for one in first["Observation"]} | set(newest) - {"oa2"}
    assert replayed - {"oa2"} == {"oa1", "oa9"}


def test_since_finds_everything_though_the_clock_was_set_back(system):
    """Entries at 10:00, 10:03 and (set back) 10:01: what is at or after 10:02 begins with the second."""
    start = datetime(2040, 3, 1, 10, tzinfo=UTC)
    before = journal.position()
    for number, minute in enumerate((0, 3, 1)):
        with clock.frozen(start + timedelta(minutes=minute)):
            system.update({"resourceType": "Basic", "id": f"b{number}", "code": {"text": "x"}})

    def behind(**delta) -> int:
        return snapshot.position_before(microseconds(start + timedelta(**delta))) - before

    assert [behind(seconds=-1), behind(), behind(minutes=1), behind(minutes=2)] == [0, 0, 1, 1]
    assert [behind(minutes=3), behind(minutes=4), behind(hours=1)] == [1, 3, 3]


def test_export_that_was_cut_off_goes_on_without_loss_or_repetition(people, lan, monkeypatch):
    monkeypatch.setattr(exporting, "PAGE", 1)
    monkeypatch.setattr(exporting, "SAVE_EACH", -1.0)
    job = exporting.ask(lan, asking.read(lan, [("_type", "Patient,Observation")]))
    read, calls = snapshot.current, []

    def crashing(*arguments, **named):
        calls.append(1)
        if len(calls) == 3:
            for name in ("Patient-1.ndjson", "Observation-1.ndjson"):
                with (queue.folder(job.id) / name).open("ab") as file:
                    file.write(b'{"half a line')
            raise Crash
        return read(*arguments, **named)

    monkeypatch.setattr(snapshot, "current", crashing)
    with pytest.raises(Crash):
        running.run_next("first", job.id)
    JobRow.objects.update(lease_until=clock.now())

    files, _ = read_files(running.run_now(job))

    assert ids(files["Patient"]) == ["pa1", "pa2"]
    assert ids(files["Observation"]) == ["oa1", "oa2"]


def test_exported_people_are_audited_once_each(people, export, lan):
    export(lan, _type="Patient,Observation")

    for one in ("pa1", "pa2"):
        rows = [row for row in trail.of_resource("Patient", one) if row.verb == "export"]
        assert [row.login for row in rows] == [lan.login]
    assert trail.find("a.patient IS NULL AND a.verb = 7", [], 9)[0].what == {"Observation": 1}


def test_full_files_are_followed_by_another(people, export, lan, monkeypatch):
    monkeypatch.setattr(exporting, "Files", lambda folder, state: ndjson.Files(folder, state, most_lines=1))

    _, job = export(lan, _type="Patient")

    assert [one["name"] for one in job.result["files"]] == ["Patient-1.ndjson", "Patient-2.ndjson"]
