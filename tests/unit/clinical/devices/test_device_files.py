"""What the files of devices say: every kind has a route, every stage words, every term a source; bad files refused."""

import pytest
import yaml
from django.conf import settings

from ansinh.clinical.devices import catalogue
from ansinh.clinical.devices.rules.making import FITTING, STAGES
from ansinh.kernel.errors import Invalid

CODES = settings.DEFINITIONS / "codesystems"


def codes(name: str) -> list[dict]:
    return yaml.safe_load((CODES / f"{name}.yaml").read_text(encoding="utf-8"))["concepts"]


def test_every_kind_is_made_by_a_route_of_the_workshop():
    routes = catalogue.workshop().routes

    assert {one["properties"]["route"] for one in codes("device-kind")} <= set(routes)


def test_what_is_worn_is_fitted_before_it_is_given():
    routes = catalogue.workshop().routes

    assert FITTING in routes["made"]
    assert FITTING in routes["adjusted"]
    assert all(route[-1] == "quality" for route in routes.values())


def test_stages_of_the_rules_and_of_the_list_say_the_same():
    assert {one["code"]: one["display"] for one in codes("device-stage")} == {k: str(v) for k, v in STAGES.items()}
    assert {stage for route in catalogue.workshop().routes.values() for stage in route} <= set(STAGES)


def test_training_of_each_kind_is_a_technique_of_chapter_17():
    techniques = {one["code"] for one in codes("technique")}

    assert {code for one in codes("device-kind") if (code := one["properties"].get("training"))} <= techniques


def test_every_term_names_groups_that_exist_and_its_text():
    groups = {one["properties"]["group"] for one in codes("device-kind")}
    schemes = {one.get("properties", {}).get("scheme") for one in codes("device-payer")}

    for term in catalogue.terms().terms:
        assert set(term.groups) <= groups
        assert term.scheme in schemes
        assert "Điều" in term.source


def test_numbers_of_the_law_are_those_that_were_read():
    found = {(term.scheme, tuple(term.groups)): term.months for term in catalogue.terms().terms}

    assert found == {
        ("merit", ("leg-prosthesis", "wheelchair", "handcar")): 72,
        ("resident", ("crutch", "brace")): 12,
        ("resident", ("leg-prosthesis", "arm-prosthesis")): 36,
        ("resident", ("wheelchair", "handcar")): 0,
    }
    assert [(one.per_km, one.most) for one in catalogue.terms().travel] == [(5000, 1_400_000)]


def test_health_insurance_is_no_payer_of_devices():
    assert "insurance" not in {one["code"] for one in codes("device-payer")}


@pytest.mark.parametrize("term", [{}, {"months": 12, "once": True}])
def test_term_says_how_long_or_once_and_not_both(term):
    file = {"terms": [term], "travel": [], "merit_groups": [], "missing": "x"}

    with pytest.raises(Invalid, match=r"terms\[0\]"):
        catalogue.read_terms(file)
