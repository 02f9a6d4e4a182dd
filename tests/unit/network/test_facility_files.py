"""definitions/facilities: the shipped tree, and what is refused."""

from datetime import date
from pathlib import Path

import pytest
import yaml

from ansinh.kernel.errors import Invalid
from ansinh.network.facilities import resources, rules
from ansinh.network.facilities.definition import read
from ansinh.network.facilities.resources import organization_id

FOLDER = Path(__file__).parents[3] / "definitions" / "facilities"

GOOD = {
    "known_from": date(2016, 1, 1),
    "units": [
        {"code": "tinh", "name": "Tỉnh", "kind": "province-committee"},
        {"code": "co-so", "name": "Cơ sở", "kind": "hospital", "authority": [{"parent": "tinh"}]},
    ],
    "relations": [],
}


@pytest.fixture(scope="module")
def shipped():
    return read(FOLDER)


def codes_under(register, code: str, day: date) -> set[str]:
    unit = next(item for item in register.units if item.code == code)
    return {item.code for item in rules.counted(unit, register.units, register.relations, day)}


def authority_of(register, code: str, day: date) -> str:
    over = rules.authority_on(organization_id(code), register.relations, day)
    return next(unit.code for unit in register.units if unit.id == over.parent)


NINH_BINH = {
    "bv-chinh-hinh-tam-diep", "tt-dieu-duong-nho-quan", "tt-dieu-duong-ncc-ninh-binh", "tt-bao-tro-ctxh-ninh-binh",
    "tt-phcn-tam-than-ninh-binh", "cs-cai-nghien-ninh-binh",
}  # fmt: skip


@pytest.mark.parametrize("day", [date(2021, 1, 1), date(2025, 3, 1), date(2025, 7, 1), date(2030, 12, 31)])
def test_shipped_tree_keeps_the_six_named_facilities_in_ninh_binh(shipped, day):
    assert codes_under(shipped, "ubnd-ninh-binh", day) >= NINH_BINH


def test_shipped_tree_moves_each_facility_to_its_field_in_march_2025(shipped):
    before, after = date(2025, 2, 28), date(2025, 3, 1)

    assert {authority_of(shipped, code, before) for code in NINH_BINH} == {"so-ldtbxh-ninh-binh"}
    assert authority_of(shipped, "tt-bao-tro-ctxh-ninh-binh", after) == "so-y-te-ninh-binh"
    assert authority_of(shipped, "tt-dieu-duong-nho-quan", after) == "so-noi-vu-ninh-binh"
    assert authority_of(shipped, "cs-cai-nghien-ninh-binh", after) == "cong-an-ninh-binh"


def test_shipped_tree_moves_dak_nong_to_lam_dong_in_july_2025(shipped):
    assert authority_of(shipped, "tt-bao-tro-dak-nong", date(2025, 6, 30)) == "so-y-te-dak-nong"
    assert authority_of(shipped, "tt-bao-tro-dak-nong", date(2025, 7, 1)) == "so-y-te-lam-dong"
    assert "cs-cai-nghien-dak-nong" in codes_under(shipped, "ubnd-dak-nong", date(2026, 12, 31))
    assert "cs-cai-nghien-dak-nong" in codes_under(shipped, "ubnd-lam-dong", date(2026, 12, 31))


def test_shipped_tree_marks_every_facility_of_dak_nong_as_an_example(shipped):
    facilities = [unit for unit in shipped.units if unit.code.startswith(("tt-", "cs-", "bv-"))]

    assert {unit.synthetic for unit in facilities if "dak-nong" in unit.code} == {True}
    assert {unit.synthetic for unit in facilities if unit.code in NINH_BINH} == {False}


def test_shipped_tree_marks_facts_of_2025_as_not_verified(shipped):
    of_2025 = [item for item in shipped.relations if item.start >= date(2025, 1, 1) and item.source]

    assert of_2025
    assert not any(item.verified for item in of_2025)


@pytest.mark.parametrize(
    ("spoil", "place"),
    [
        (lambda data: data.pop("known_from"), "known_from"),
        (lambda data: data.update(units="x"), "units"),
        (lambda data: data["units"][0].pop("name"), "units[0].name"),
        (lambda data: data["units"][0].update(colour="red"), "units[0].colour"),
        (lambda data: data["units"][1]["authority"][0].update(to="2025"), "units[1].authority[0].to"),
        (
            lambda data: data["relations"].append(
                {"kind": "married-to", "unit": "a", "heir": "b", "date": date(2025, 1, 1)}
            ),
            "relations[0].kind",
        ),
        (lambda data: data["relations"].append({"kind": "merged-into", "unit": "a", "heir": "b"}), "relations[0].date"),
    ],
)
def test_file_with_a_mistake_is_refused_with_its_place(tmp_path, spoil, place):
    data = yaml.safe_load(yaml.safe_dump(GOOD))
    spoil(data)
    (tmp_path / "tinh.yaml").write_text(yaml.safe_dump(data), encoding="utf-8")

    with pytest.raises(Invalid) as caught:
        read(tmp_path)

    assert f"tinh.yaml: {place}" in [problem.expression for problem in caught.value.problems]


def test_file_with_two_authorities_on_one_day_is_refused(tmp_path):
    data = yaml.safe_load(yaml.safe_dump(GOOD))
    data["units"].append({"code": "so", "name": "Sở", "kind": "department"})
    data["units"][1]["authority"].append({"parent": "so", "from": date(2020, 1, 1)})
    (tmp_path / "tinh.yaml").write_text(yaml.safe_dump(data), encoding="utf-8")

    with pytest.raises(Invalid) as caught:
        read(tmp_path)

    assert caught.value.problems[0].key == "authority-overlap"


def test_file_that_is_not_yaml_is_refused(tmp_path):
    (tmp_path / "tinh.yaml").write_text("units: [", encoding="utf-8")

    with pytest.raises(Invalid) as caught:
        read(tmp_path)

    assert "tinh.yaml" in caught.value.message


def test_organization_of_a_unit_carries_code_kind_period_and_parent(shipped):
    unit = next(item for item in shipped.units if item.code == "so-ldtbxh-ninh-binh")

    resource = resources.organization(unit, parent="p1", area="37")

    assert resource["identifier"][0]["value"] == "so-ldtbxh-ninh-binh"
    assert resource["partOf"] == {"reference": "Organization/p1"}
    assert resource["extension"][0]["valuePeriod"] == {"end": "2025-02-28"}
    assert resource["active"] is False


def test_changed_organization_keeps_what_it_does_not_know():
    stored = {"resourceType": "Organization", "id": "u", "telecom": [{"value": "1"}], "extension": [{"url": "x"}]}
    unit = rules.Unit("u", "u", "U", "hospital", valid_to=date(2025, 1, 1))

    changed = resources.changed_organization(stored, unit, "")

    assert changed["telecom"] == [{"value": "1"}]
    assert [part["url"] for part in changed["extension"]] == ["x", resources.PERIOD]
    assert changed["active"] is False
    assert "partOf" not in changed


def test_rows_of_the_views_give_back_unit_and_relation():
    row = {
        "id": "r", "parent_id": "p", "child_id": "c", "relation": "authority", "duty": None,
        "from_date": "2025-03-01", "to_date": None, "source": "NĐ", "verified": 0,
    }  # fmt: skip

    relation = resources.relation_from_row(row)

    assert (relation.start, relation.end, relation.verified) == (date(2025, 3, 1), None, False)
