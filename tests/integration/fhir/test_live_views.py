"""Live views: true after every write, the same as rebuilt, readable as of any position, within reach."""

from textwrap import dedent

import pytest
from django.db import connection, transaction

from ansinh.fhir.store import Repository, journal
from ansinh.fhir.views import live, shapes, tables
from ansinh.kernel.context import Context, system_context
from ansinh.kernel.errors import Invalid, NotFound

pytestmark = pytest.mark.django_db

PATIENT = """
    name: person
    resource: Patient
    status: active
    select:
      - column:
          - {name: id, path: getResourceKey(), type: string}
          - {name: gender, path: gender, type: string}
          - {name: active, path: active, type: boolean}
          - {name: facility_id, path: managingOrganization.getReferenceKey(Organization), type: string}
"""
NAMES = """
    name: person_name
    resource: Patient
    status: active
    indexes: [[text, id]]
    select:
      - column:
          - {name: id, path: getResourceKey(), type: string}
      - forEach: name
        column:
          - {name: text, path: text, type: string}
"""
WEIGHT = """
    name: weight
    resource: Observation
    status: active
    select:
      - column:
          - {name: id, path: getResourceKey(), type: string}
          - {name: patient_id, path: subject.getReferenceKey(Patient), type: string}
          - {name: value, path: value.ofType(Quantity).value, type: decimal}
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "views").mkdir()
    for name, text in (("person", PATIENT), ("name", NAMES), ("weight", WEIGHT)):
        (tmp_path / "views" / f"{name}.yaml").write_text(dedent(text), encoding="utf-8")
    return tmp_path


@pytest.fixture
def system(folder):
    live.sync(folder)  # in the transaction of the test; the shipped views come back with its end
    return Repository(system_context(), validate=False)


def person(fhir_id: str, unit: str = "a", names=("A",), **more) -> dict:
    return {
        "resourceType": "Patient",
        "id": fhir_id,
        "name": [{"text": name} for name in names],
        "managingOrganization": {"reference": f"Organization/{unit}"},
        **more,
    }


def weight(fhir_id: str, patient: str, value: float) -> dict:
    return {
        "resourceType": "Observation",
        "id": fhir_id,
        "status": "final",
        "subject": {"reference": f"Patient/{patient}"},
        "valueQuantity": {"value": value},
    }


def everyone(sql: str, **params) -> list[dict]:
    return tables.rows(system_context(), sql, params)


def of(unit: str) -> Context:
    return Context(actor="x", role="nurse", unit=unit, reach=frozenset({unit}), may={"*": frozenset({"*"})})


def whole() -> bool:
    return all(live.check(name) for name in live.names())


def test_a_write_is_in_its_views_at_once(system):
    system.save(person("p1", names=("Hoa", "Huệ"), gender="female", active=True))

    assert everyone("SELECT id, gender, active FROM view_person v WHERE {reach:v}") == [
        {"id": "p1", "gender": "female", "active": True}
    ]
    assert [row["text"] for row in everyone("SELECT text FROM view_person_name v WHERE {reach:v} ORDER BY 1")] == [
        "Hoa",
        "Huệ",
    ]


def test_an_update_replaces_the_rows_and_a_deletion_ends_them(system):
    system.save(person("p1", names=("Hoa", "Huệ")))
    system.save(person("p1", names=("Lan",)))
    assert everyone("SELECT count(*) AS n FROM view_person_name v WHERE {reach:v}") == [{"n": 1}]

    system.delete("Patient", "p1")

    assert everyone("SELECT count(*) AS n FROM view_person_name v WHERE {reach:v}") == [{"n": 0}]
    assert whole()


def test_a_write_that_is_rolled_back_leaves_no_row(system):
    with pytest.raises(RuntimeError, match="stop"), system.transaction():  # noqa: PT012
        system.save(person("p1"))
        raise RuntimeError("stop")

    assert everyone("SELECT count(*) AS n FROM view_person v WHERE {reach:v}") == [{"n": 0}]


def test_a_query_as_of_a_position_answers_as_it_did_then(system):
    system.save(person("p1", gender="male"))
    system.save(person("p2", gender="male"))
    then = journal.position()
    system.save(person("p1", gender="female"))
    system.delete("Patient", "p2")
    system.save(person("p3", gender="male"))
    count = "SELECT count(*) AS n FROM person p WHERE {reach:p} AND p.gender = :gender"

    def counted(position: int, gender: str) -> int:
        return everyone(tables.as_of(["person"], position) + count, gender=gender)[0]["n"]

    assert counted(then, "male") == 2
    assert counted(journal.position(), "male") == 1
    assert counted(journal.position(), "female") == 1
    assert counted(0, "male") == 0


def test_a_query_with_its_own_with_can_be_asked_as_of_a_position(system):
    system.save(person("p1", gender="male"))

    sql = "WITH men AS (SELECT p.id FROM person p WHERE {reach:p} AND p.gender = 'male') SELECT count(*) AS n FROM men"

    assert everyone(tables.as_of(["person"], journal.position()) + sql) == [{"n": 1}]


def test_rows_are_only_those_within_reach_and_move_with_the_person(system):
    system.save(person("p1", "a"))
    system.save(weight("w1", "p1", 55.5))
    then = journal.position()
    sql = "SELECT id FROM view_weight w WHERE {reach:w}"
    assert tables.rows(of("a"), sql) == [{"id": "w1"}]
    assert tables.rows(of("b"), sql) == []

    system.save(person("p1", "b"))

    assert tables.rows(of("a"), sql) == []
    assert tables.rows(of("b"), sql) == [{"id": "w1"}]
    assert tables.rows(of("b"), tables.as_of(["weight"], then) + "SELECT id FROM weight w WHERE {reach:w}") == [
        {"id": "w1"}
    ]
    assert whole()


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT id FROM view_person",
        "SELECT id FROM view_person_row",
        "SELECT p.id FROM view_person p JOIN view_weight w ON w.patient_id = p.id WHERE {reach:p}",
        "SELECT p.id FROM view_person p, view_weight w WHERE {reach:p}",
        "SELECT 1 AS n WHERE EXISTS (SELECT 1 FROM view_person AS p WHERE p.id = ':x')",
    ],
)
def test_a_query_over_persons_without_reach_is_refused(system, sql):
    with pytest.raises(ValueError, match="reach"):
        tables.rows(of("a"), sql)


def test_a_query_as_of_without_reach_is_refused(system):
    with pytest.raises(ValueError, match="reach"):
        tables.rows(of("a"), tables.as_of(["person"], 1) + "SELECT id FROM person")


def test_text_in_quotes_and_percent_signs_are_left_alone(system):
    system.save(person("p1", names=("100% :gender",)))

    found = everyone("SELECT id, '12:30 %' AS t FROM view_person_name n WHERE {reach:n} AND n.text LIKE '100%'")

    assert found == [{"id": "p1", "t": "12:30 %"}]


def test_sync_builds_from_what_is_stored_and_leaves_the_unchanged_alone(folder):
    system = Repository(system_context(), validate=False)
    system.save(person("p1", gender="male"))
    then = journal.position()
    system.save(person("p1", gender="female"))

    assert sorted(live.sync(folder)) == ["person", "person_name", "weight"]
    assert live.sync(folder) == []
    assert everyone("SELECT gender FROM view_person v WHERE {reach:v}") == [{"gender": "female"}]
    assert everyone(tables.as_of(["person"], then) + "SELECT gender FROM person v WHERE {reach:v}") == [
        {"gender": "male"}
    ]


def test_a_changed_definition_rebuilds_its_table_and_later_writes_use_it(system, folder):
    system.save(person("p1", birthDate="1948"))
    changed = dedent(PATIENT) + "      - {name: born, path: birthDate, type: date}\n"
    (folder / "views" / "person.yaml").write_text(changed, encoding="utf-8")

    assert live.sync(folder) == ["person"]
    system.save(person("p2", birthDate="1950"))

    assert everyone("SELECT born FROM view_person v WHERE {reach:v} ORDER BY 1") == [{"born": "1948"}, {"born": "1950"}]


def test_a_removed_definition_drops_its_table(system, folder):
    (folder / "views" / "weight.yaml").unlink()

    live.sync(folder)
    system.save(weight("w1", "p1", 50))

    assert set(live.registered()) == {"person", "person_name"}


def test_a_sync_that_is_rolled_back_is_forgotten(folder):
    system = Repository(system_context(), validate=False)
    before = live.registered()
    with pytest.raises(RuntimeError, match="stop"), transaction.atomic():  # noqa: PT012
        live.sync(folder)
        system.save(person("p0"))
        raise RuntimeError("stop")

    system.save(person("p1"))

    assert live.registered() == before


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("name: person", "name: Người", "tên"),
        ("select:", "select: [", "YAML"),
        ("{name: id,", "{name: key,", "id"),
        ("name: gender", "name: rid", "rid"),
        ("resource: Patient", "resource: Human", "Human|loại"),
        ("status: active", "status: active\nindexes: [nothing]", "nothing"),
    ],
)
def test_a_wrong_definition_is_refused_with_its_file_and_changes_nothing(system, folder, old, new, says):
    text = dedent(PATIENT)
    (folder / "views" / "person.yaml").write_text(text.replace(old, new, 1), encoding="utf-8")

    with pytest.raises(Invalid, match=says) as refused:
        live.sync(folder)

    assert "person.yaml" in refused.value.message
    assert everyone("SELECT count(*) AS n FROM view_person v WHERE {reach:v}") == [{"n": 0}]


def test_check_tells_what_differs_and_rebuild_mends_it(system):
    system.save(person("p1", gender="male"))
    with connection.cursor() as cursor:
        cursor.execute("UPDATE view_person_row SET gender = 'female'")

    assert not live.check("person")
    found = live.differences("person")

    assert {(row["_side"], row["gender"]) for row in found} == {("live", "female"), ("journal", "male")}
    assert live.rebuild("person") == 1
    assert live.check("person")
    with pytest.raises(NotFound):
        live.check("nothing")


def test_numbers_written_with_and_without_a_point_share_a_column(system):
    with system.transaction():
        system.save(weight("w1", "p1", 36))
        system.save(weight("w2", "p1", 36.5))
        system.save(weight("w3", "p1", 0))

    assert everyone("SELECT value FROM view_weight w WHERE {reach:w} ORDER BY value") == [
        {"value": 0.0},
        {"value": 36.0},
        {"value": 36.5},
    ]


def test_a_value_that_does_not_fit_its_column_refuses_the_write_and_names_the_column(folder):
    path = folder / "views" / "weight.yaml"
    path.write_text(dedent(WEIGHT).replace("path: value.ofType(Quantity).value", "path: status"), encoding="utf-8")
    live.sync(folder)
    system = Repository(system_context(), validate=False)

    with pytest.raises(Invalid, match=r"weight.*value"), transaction.atomic():
        system.save(weight("w1", "p1", 36))

    assert system.find("Observation", "w1") is None


def test_rows_are_made_before_the_write_and_taken_as_they_are(system, monkeypatch):
    system.update(person("p1"))  # from here on this process knows the views
    made = []
    real = shapes.Shape.rows
    monkeypatch.setattr(shapes.Shape, "rows", lambda shape, resource: made.append(shape.name) or real(shape, resource))

    system.update(person("p2"))

    assert made == []
    ids = [row["id"] for row in tables.rows(system.context, "SELECT id FROM view_person v WHERE {reach:v}")]
    assert sorted(ids) == ["p1", "p2"]
    assert live.check("person")


def test_rows_foretold_for_other_definitions_are_made_again(system, folder):
    system.update(person("p1"))
    plan = system.to_create(person("p2", gender="male"), id="p2")
    (folder / "views" / "person.yaml").write_text(dedent(PATIENT).replace("path: gender", "path: gender.lower()"))
    live.sync(folder)

    system.carry_out([plan])

    assert live.names() == ["person", "person_name", "weight"]
    assert all(live.check(name) for name in live.names())
