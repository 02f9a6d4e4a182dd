"""Devices, goals and timetable of the sample: the same for the same seed, whole, and in an order that can be."""

import pytest

from ansinh.clinical.devices import catalogue
from ansinh.clinical.devices import resources as devices
from ansinh.clinical.devices.rules.making import missing_before_delivery
from ansinh.clinical.rehab import refusals, timetable
from sample_data import people
from sample_data.profiles import PROFILES
from sample_data.rehabilitation import HANDFUL, KINDS, Rehabilitation

pytestmark = pytest.mark.django_db  # words of kinds come from the loaded lists

PLACES = [
    people.Place(f"place-{kind}", kind, "Ninh Bình", "37", (("14362", "Phường Tam Điệp"),), "037") for kind in PROFILES
]


@pytest.fixture
def told() -> list[dict]:
    made = Rehabilitation()
    return [one for person in people.draw(7, PLACES, 120) for one in made.resources(person)]


def of(told: list[dict], kind: str) -> list[dict]:
    return [one for one in told if one["resourceType"] == kind]


def test_same_seed_tells_the_same_and_nothing_twice(told):
    made = Rehabilitation()

    assert [one for person in people.draw(7, PLACES, 120) for one in made.resources(person)] == told
    assert len({(one["resourceType"], one["id"]) for one in told}) == len(told)


def test_a_handful_of_each_facility_that_rehabilitates_and_nobody_else(told):
    requests = of(told, "DeviceRequest")

    assert len(requests) == HANDFUL * len(KINDS)
    assert {one["performer"]["reference"] for one in requests} == {f"Organization/place-{kind}" for kind in KINDS}
    assert len(told) < 50 * len(KINDS)


def test_every_device_in_use_went_through_its_route_and_was_given_after_it(told):
    orders = {one["focus"]["reference"].partition("/")[2]: one for one in of(told, "Task")}
    uses = of(told, "DeviceUseStatement")

    assert uses
    for use in uses:
        request = devices.extension_of(use, "device-request")["valueReference"]["reference"].partition("/")[2]
        order = orders[request]
        steps = devices.steps_of(order)
        assert missing_before_delivery(catalogue.workshop().route(devices.route_of(order)), steps) == []
        assert order["authoredOn"] < steps[0].at < steps[-1].at <= use["timingPeriod"]["start"]


def test_some_device_is_due_and_some_is_in_the_workshop(told):
    dues = {devices.extension_of(use, "replacement-due").get("valueDate", "") for use in of(told, "DeviceUseStatement")}

    assert any(due[:4] == "2026" for due in dues)
    assert [one for one in of(told, "Task") if one["status"] == "in-progress"]


def test_timetable_of_the_sample_has_no_clash(told):
    booked = [refusals.booking_of(one) for one in of(told, "Appointment")]

    assert booked
    assert [one for one in booked if timetable.clashes(one, booked, 99)] == []
