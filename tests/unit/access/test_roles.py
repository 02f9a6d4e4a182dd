"""Role files: what ships is sound, what is wrong is refused with the file's name."""

import pytest
import yaml

from ansinh.access.roles import read_role, roles
from ansinh.kernel.errors import Invalid


def test_shipped_roles_are_the_six_of_the_demo():
    assert set(roles()) == {"nurse", "doctor", "manager", "officer", "leader", "admin"}


@pytest.mark.parametrize("role", ["officer", "leader", "admin"])
def test_roles_that_steer_never_open_people(role):
    steering = roles()[role]

    assert not steering.persons
    assert not any(steering.may.get(kind) for kind in ("Patient", "Observation", "Condition", "Encounter", "Coverage"))
    assert "person.open" not in steering.permissions


@pytest.mark.parametrize("role", ["nurse", "doctor", "manager"])
def test_roles_that_care_stay_in_their_unit_and_delete_nothing(role):
    caring = roles()[role]

    assert caring.persons
    assert caring.scope == "unit"
    assert not any("delete" in verbs or "*" in verbs for verbs in caring.may.values())


def test_leader_approves_what_the_officer_drafted_but_does_not_draft():
    assert "report.approve" in roles()["leader"].permissions
    assert not {"report.draft", "report.submit"} & roles()["leader"].permissions
    assert "report.approve" not in roles()["officer"].permissions


@pytest.fixture
def a_role_file(tmp_path):
    def write(**changes):
        data = {"id": "guard", "title": "Bảo vệ", "title_en": "Guard", "scope": "unit", "resources": {},
                "permissions": [], **changes}  # fmt: skip
        path = tmp_path / "guard.yaml"
        path.write_text(yaml.safe_dump(data), encoding="utf-8")
        return path

    return write


def test_read_role_without_persons_closes_people(a_role_file):
    assert read_role(a_role_file()).persons is False


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"resources": {"Patient": ["peek"]}}, "resources"),
        ({"scope": "galaxy"}, "scope"),
        ({"id": "nurse"}, "id"),
        ({"resources": {"Pateint": ["read"]}}, "resources"),
        ({"resources": {"Patient": "read"}}, "resources"),
        ({"resources": ["Patient"]}, "resources"),
        ({"persons": "yes"}, "persons"),
        ({"permissions": "person.open"}, "permissions"),
        ({"permissions": [True]}, "permissions"),
        ({"person": True}, "person"),
        ({"second_factor": "maybe"}, "second_factor"),
        ({"second_factor": True}, "second_factor"),
        ({"appoints": "nurse"}, "appoints"),
    ],
)
def test_read_role_wrong_file_is_refused_by_name(a_role_file, changes, field):
    with pytest.raises(Invalid, match=r"guard\.yaml") as refusal:
        read_role(a_role_file(**changes))

    assert refusal.value.field == field


@pytest.mark.parametrize("missing", ["id", "title", "title_en", "scope", "resources", "permissions"])
def test_read_role_without_a_field_is_refused_and_grants_nothing(a_role_file, missing):
    path = a_role_file()
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    del data[missing]
    path.write_text(yaml.safe_dump(data), encoding="utf-8")

    with pytest.raises(Invalid, match=missing):
        read_role(path)


def test_read_role_may_name_every_type_at_once(a_role_file):
    assert read_role(a_role_file(resources={"*": ["read"]})).may == {"*": frozenset({"read"})}


def test_read_role_says_who_is_appointed_and_whether_a_second_factor_is_needed(a_role_file):
    plain = read_role(a_role_file())
    assert (plain.second_factor, plain.appoints) == ("advised", frozenset())

    role = read_role(a_role_file(second_factor="required", appoints=["nurse", "*"]))
    assert (role.second_factor, role.appoints) == ("required", {"nurse", "*"})


def test_shipped_roles_that_see_much_need_a_second_factor():
    needing = {role.id for role in roles().values() if role.second_factor == "required"}

    assert needing == {"manager", "officer", "leader", "admin"}


def test_shipped_roles_appoint_nobody_above_themselves():
    assert {role.id: set(role.appoints) for role in roles().values() if role.appoints} == {
        "admin": {"*"},
        "manager": {"nurse", "doctor"},
    }
    assert {role.id for role in roles().values() if "account.open" in role.permissions} == {"admin", "manager"}


def test_roles_that_appoint_a_role_without_a_file_are_refused(tmp_path, settings):
    (tmp_path / "roles").mkdir()
    data = {"id": "guard", "title": "Bảo vệ", "title_en": "Guard", "scope": "unit", "resources": {},
            "permissions": [], "appoints": ["king"]}  # fmt: skip
    (tmp_path / "roles/guard.yaml").write_text(yaml.safe_dump(data), encoding="utf-8")
    settings.DEFINITIONS = tmp_path

    with pytest.raises(Invalid, match=r"guard\.yaml.*king"):
        roles.__wrapped__()
