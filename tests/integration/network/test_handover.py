"""An ended unit says what it still holds; its staff and declared items go to who followed it, and come back."""

import re
from datetime import date, timedelta

import pytest
from django.urls import reverse

from ansinh.clinical.registry import actions as registry
from ansinh.clinical.registry.drafts import PersonDraft
from ansinh.fhir.store import Repository, journal
from ansinh.kernel import clock
from ansinh.kernel.context import system_context
from ansinh.kernel.errors import Invalid, NotFound
from ansinh.network.capability import actions as capability
from ansinh.network.capability import queries as declared
from ansinh.network.facilities import actions, handover, queries
from ansinh.network.workforce import actions as workforce
from ansinh.network.workforce import queries as staff

pytestmark = pytest.mark.django_db
LONG_AGO = date(2024, 1, 2)


@pytest.fixture
def day():
    return clock.today()


@pytest.fixture
def held(mai, world):
    """Two people in post and two declared items at facility A."""
    for name in ("Đinh Thị Ngần", "Vũ Văn Ba"):
        workforce.take_up_post(mai, facility=world.a, full_name=name, post="nurse", start=LONG_AGO)
    chosen, evidence = {"bhyt", "khambenh"}, {"bhyt": "HĐ 12"}
    capability.declare(mai, facility=world.a, catalogue="licence", chosen=chosen, evidence=evidence, start=LONG_AGO)


@pytest.fixture
def renamed(admin, world, held, day):
    """Facility A under a new name since today; its new id."""
    return actions.rename_unit(admin, unit=world.a, code="bv-ten-moi", name="Bệnh viện Tên Mới", start=day)


def posts(unit: str, on: date) -> list[str]:
    return sorted(post.name for post in staff.posts(system_context(), unit) if post.held_on(on))


def items(unit: str, on: date) -> dict[str, str]:
    lines = declared.declarations(system_context(), unit).get("licence", [])
    return {line.code: line.evidence for line in lines if line.holds_on(on)}


def test_unit_that_goes_on_has_nothing_to_hand_over(admin, world):
    before = journal.position()

    assert handover.standing(admin, world.a) is None
    with pytest.raises(Invalid, match="chưa kết thúc"):
        handover.hand_over(admin, world.a)
    assert journal.position() == before


def test_unknown_unit_is_not_found(admin):
    with pytest.raises(NotFound):
        handover.standing(admin, "khong-co")


def test_unit_that_was_renamed_says_what_is_still_there(admin, world, renamed, lan):
    registry.register_person(
        lan, draft=PersonDraft("Lò Thị Mỷ", "female", "1951"), admission=registry.Admission("inpatient", "2025-01-05")
    )

    found = handover.standing(admin, world.a)

    assert (found.heir.id, list(found.left), list(found.handed), found.people) == (
        renamed,
        ["2 dòng năng lực đã khai", "2 vị trí việc làm"],
        [],
        1,
    )


def test_what_is_handed_over_ends_at_the_old_unit_and_goes_on_at_the_heir(admin, world, renamed, day):
    before, yesterday = {"bhyt": "HĐ 12", "khambenh": ""}, day - timedelta(days=1)

    assert handover.hand_over(admin, world.a) == 4

    assert (posts(world.a, day), posts(renamed, day)) == ([], ["Vũ Văn Ba", "Đinh Thị Ngần"])
    assert (items(world.a, day), items(renamed, day)) == ({}, before)
    assert (posts(world.a, yesterday), items(world.a, yesterday)) == (["Vũ Văn Ba", "Đinh Thị Ngần"], before)
    assert (posts(renamed, yesterday), items(renamed, yesterday)) == ([], {})


def test_handing_over_twice_changes_nothing_more(admin, world, renamed):
    handover.hand_over(admin, world.a)
    before = journal.position()

    assert handover.hand_over(admin, world.a) == 0
    assert journal.position() == before


def test_handover_is_taken_back_to_what_it_was(admin, world, renamed, day):
    was = posts(world.a, day), items(world.a, day)
    handover.hand_over(admin, world.a)

    assert handover.take_back(admin, world.a) == 4

    assert (posts(world.a, day), items(world.a, day)) == was
    assert (posts(renamed, day), items(renamed, day)) == ([], {})
    assert handover.standing(admin, world.a).handed == []


def test_handed_over_taken_back_and_handed_over_again(admin, world, renamed, day):
    for _round in range(2):
        handover.hand_over(admin, world.a)
        handover.take_back(admin, world.a)
    handover.hand_over(admin, world.a)

    assert posts(renamed, day) == ["Vũ Văn Ba", "Đinh Thị Ngần"]


def test_what_the_heir_changed_since_is_not_taken_back(admin, world, renamed, day):
    handover.hand_over(admin, world.a)
    moved = next(post for post in staff.posts(admin, renamed) if post.name == "Vũ Văn Ba")
    resource = Repository(admin).read("PractitionerRole", moved.id)
    Repository(admin).update({**resource, "availabilityExceptions": "Nghỉ thai sản"})

    assert handover.take_back(admin, world.a) == 3

    assert posts(renamed, day) == ["Vũ Văn Ba"]
    assert posts(world.a, day) == ["Đinh Thị Ngần"]


def test_item_that_the_heir_declares_itself_is_not_declared_twice(admin, mai, world, held, day):
    capability.declare(system_context(), facility=world.b, catalogue="licence", chosen={"bhyt"}, start=LONG_AGO)
    actions.merge_unit(admin, unit=world.a, heir=world.b, start=day, source="12/QĐ-UBND")

    handover.hand_over(admin, world.a)

    lines = declared.declarations(system_context(), world.b)["licence"]
    assert sorted(line.code for line in lines if line.holds_on(day)) == ["bhyt", "khambenh"]
    assert items(world.a, day) == {}


def test_page_of_an_ended_unit_leads_to_the_handover_and_back(client_of, world, renamed):
    client, address = client_of("admin"), reverse("facility_handover", args=[world.a])
    said = client.get(reverse("facility", args=[world.a])).content.decode()

    assert "Còn ở đơn vị cũ" in said
    assert "2 vị trí việc làm" in said
    assert address in said

    done = client.post(address, follow=True).content.decode()
    assert "Đã bàn giao 4 mục." in done
    assert "Không còn gì ở đơn vị cũ." in done

    back = client.post(address, {"undo": "1"}, follow=True).content.decode()
    assert "Đã lấy lại 4 mục về đơn vị cũ." in back
    assert "2 vị trí việc làm" in re.split("<main", back)[1]


@pytest.mark.parametrize("who", ["lan", "mai", "officer"])
def test_only_who_may_change_units_hands_over(client_of, world, renamed, who):
    client = client_of(who)
    before = journal.position()

    assert client.post(reverse("facility_handover", args=[world.a])).status_code == 403
    assert journal.position() == before


def test_handover_of_a_unit_that_goes_on_is_no_page(client_of, world):
    assert client_of("admin").get(reverse("facility_handover", args=[world.b])).status_code == 404


def test_unit_that_was_only_closed_offers_no_handover(admin, world, day):
    unit = actions.add_unit(
        admin, code="tt-se-dong", name="Trung tâm sẽ đóng", kind="social-protection-centre", authority=world.province,
        start=LONG_AGO,
    )  # fmt: skip
    actions.close_unit(admin, unit=unit, last_day=day)

    assert handover.standing(admin, unit) is None
    assert queries.register(admin).unit(unit).valid_to == day
