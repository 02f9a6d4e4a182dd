"""The register's pages and the administrator's dated changes."""

from datetime import date

import pytest
from django.conf import settings
from django.urls import reverse

from ansinh.fhir.store import Repository, journal
from ansinh.kernel.errors import Invalid, NotFound, Refused
from ansinh.kernel.ids import stable_id
from ansinh.network.facilities import actions, queries, rules
from ansinh.network.facilities.loading import load_facilities
from ansinh.network.facilities.resources import organization_id

pytestmark = pytest.mark.django_db

LABOUR, HEALTH = organization_id("so-ldtbxh-ninh-binh"), organization_id("so-y-te-ninh-binh")
HOME = organization_id("so-noi-vu-ninh-binh")
JULY = date(2026, 7, 1)


def page(client, *args, **query) -> str:
    response = client.get(reverse(*args[:1], args=args[1:]), query)
    assert response.status_code == 200
    return response.content.decode()


def test_tree_page_shows_the_authority_of_the_day(client_of):
    client = client_of("lan")

    then, now = page(client, "facilities", ngay="01/01/2024"), page(client, "facilities")

    assert "Sở Lao động - Thương binh và Xã hội tỉnh Ninh Bình" in then
    assert "Đang xem quá khứ" in then
    assert "Sở Lao động - Thương binh và Xã hội tỉnh Ninh Bình" not in now
    assert "Tam Điệp" in now


def test_tree_page_is_narrowed_by_a_name_without_marks(client_of):
    shown = page(client_of("lan"), "facilities", tim="nho quan")

    assert "Trung tâm Điều dưỡng Thương binh Nho Quan" in shown
    assert "Trung tâm Bảo trợ và Công tác xã hội" not in shown


def test_tree_page_keeps_an_impossible_date_and_says_so(client_of):
    shown = page(client_of("lan"), "facilities", ngay="31/02/2024")

    assert "31/02/2024" in shown
    assert "Có chỗ cần sửa" in shown


def test_facility_page_shows_its_authorities_and_what_is_not_verified(client_of, world):
    shown = page(client_of("mai"), "facility", world.a)

    assert "Sở Lao động - Thương binh và Xã hội tỉnh Ninh Bình" in shown
    assert "Sở Y tế tỉnh Ninh Bình" in shown
    assert "Chưa đối chiếu bản gốc" in shown
    assert "Năng lực" in shown
    assert "Nhân lực" in shown


def test_department_page_shows_who_carries_on(client_of):
    shown = page(client_of("officer"), "facility", LABOUR)

    assert "Đã kết thúc" in shown
    for heir in ("Sở Y tế tỉnh Ninh Bình", "Sở Nội vụ tỉnh Ninh Bình", "Công an tỉnh Ninh Bình"):
        assert heir in shown


def test_facility_page_of_nobody_is_not_found(client_of):
    assert client_of("lan").get(reverse("facility", args=[stable_id("x", "y")])).status_code == 404


@pytest.mark.parametrize("who", ["lan", "mai", "officer", "leader"])
def test_changes_are_refused_to_others_than_administrators(client_of, world, who):
    client = client_of(who)

    assert client.get(reverse("facility_new")).status_code == 403
    assert client.get(reverse("facility_change", args=[world.a, "chuyen"])).status_code == 403


def test_pages_ask_nobody_to_log_in_first(client_of):
    response = client_of("").get(reverse("facilities"))

    assert response.status_code == 302
    assert reverse("login") in response.url


def test_unit_is_added_through_the_form(client_of, admin):
    form = {
        "name": "Trung tâm  Công tác xã hội", "code": "tt-ctxh-thu", "kind": "social-work-centre",
        "authority": HEALTH, "day": "01/07/2026", "source": "QĐ 1/QĐ-UBND", "english": "",
    }  # fmt: skip

    response = client_of("admin").post(reverse("facility_new"), form)

    assert response.status_code == 302
    found = queries.facility(admin, organization_id("tt-ctxh-thu"), date(2026, 8, 1))
    assert found.unit.name == "Trung tâm Công tác xã hội"
    assert [unit.id for unit in found.above] == [HEALTH, organization_id("ubnd-ninh-binh")]
    assert found.is_care


def test_unit_with_a_taken_code_is_refused_and_keeps_what_was_typed(client_of, admin):
    before = len(queries.register(admin).units)
    form = {
        "name": "Tên đã gõ", "code": "bv-chinh-hinh-tam-diep", "kind": "hospital", "authority": HEALTH,
        "day": "1/7/2026",
    }  # fmt: skip

    response = client_of("admin").post(reverse("facility_new"), form)

    assert response.status_code == 422
    assert "Tên đã gõ" in response.content.decode()
    assert "đã có" in response.content.decode()
    assert len(queries.register(admin).units) == before


def test_transfer_ends_the_authority_before_and_keeps_the_past(admin, world):
    actions.transfer_unit(admin, unit=world.a, authority=HOME, start=JULY, source="QĐ 5")

    def over(day: date) -> str:
        return queries.facility(admin, world.a, day).above[0].id

    assert over(date(2024, 1, 1)) == LABOUR
    assert over(date(2026, 6, 30)) == HEALTH
    assert over(JULY) == HOME


def test_transfer_updates_the_present_parent_of_the_organization(admin, world):
    actions.transfer_unit(admin, unit=world.a, authority=HOME, start=date(2026, 1, 1))

    assert Repository(admin).read("Organization", world.a)["partOf"]["reference"] == f"Organization/{HOME}"


def test_transfer_survives_loading_the_files_again(admin, world, system):
    actions.transfer_unit(admin, unit=world.a, authority=HOME, start=date(2026, 1, 1))

    load_facilities(system, settings.DEFINITIONS / "facilities")

    known = queries.register(admin)
    assert rules.problems(known.units, known.relations) == []
    assert queries.facility(admin, world.a, JULY).above[0].id == HOME
    assert system.read("Organization", world.a)["partOf"]["reference"] == f"Organization/{HOME}"


def test_loading_the_files_again_writes_nothing(system):
    before = journal.position()

    assert load_facilities(system, settings.DEFINITIONS / "facilities") == 50
    assert journal.position() == before


def test_closed_unit_stays_closed_when_the_files_are_loaded_again(admin, world, system):
    actions.close_unit(admin, unit=world.b, last_day=date(2026, 6, 30))

    load_facilities(system, settings.DEFINITIONS / "facilities")

    assert queries.facility(admin, world.b).unit.valid_to == date(2026, 6, 30)


@pytest.mark.parametrize(
    ("authority", "start", "code"),
    [
        (HOME, date(2025, 3, 1), "transfer-too-early"),
        (HOME, date(2020, 1, 1), "transfer-too-early"),
        (HEALTH, JULY, "transfer-same"),
        (LABOUR, JULY, "relation-lifetime"),
    ],
)
def test_transfer_that_cannot_be_is_refused_and_changes_nothing(admin, world, authority, start, code):
    before = queries.register(admin).relations

    with pytest.raises(Invalid) as caught:
        actions.transfer_unit(admin, unit=world.a, authority=authority, start=start)

    assert caught.value.code == code
    assert queries.register(admin).relations == before


def test_transfer_under_itself_is_refused(admin):
    with pytest.raises(Invalid) as caught:
        actions.transfer_unit(admin, unit=HEALTH, authority=organization_id("tt-bao-tro-ctxh-ninh-binh"), start=JULY)

    assert caught.value.code == "tree-cycle"


def test_close_is_refused_while_units_stand_below(admin):
    with pytest.raises(Invalid) as caught:
        actions.close_unit(admin, unit=HEALTH, last_day=date(2026, 6, 30))

    assert caught.value.code == "unit-has-children"


def test_close_is_refused_while_people_stay(admin, world, system):
    patient = system.create(
        {
            "resourceType": "Patient",
            "name": [{"text": "Nguyễn Văn Thử"}],
            "managingOrganization": {"reference": f"Organization/{world.a}"},
        }
    ).resource
    system.create(
        {
            "resourceType": "EpisodeOfCare",
            "status": "active",
            "patient": {"reference": f"Patient/{patient['id']}"},
            "managingOrganization": {"reference": f"Organization/{world.a}"},
            "period": {"start": "2026-01-01"},
        }
    )

    with pytest.raises(Invalid) as caught:
        actions.close_unit(admin, unit=world.a, last_day=date(2026, 6, 30))

    assert caught.value.code == "unit-has-people"
    assert "1 người" in caught.value.message


def test_closed_unit_is_gone_from_the_tree_of_later_days(admin, world):
    actions.close_unit(admin, unit=world.b, last_day=date(2026, 6, 30))

    def care(day: date) -> set[str]:
        return {unit.id for unit in queries.facilities_under(admin, world.province, day)}

    assert world.b in care(date(2026, 6, 30))
    assert world.b not in care(JULY)
    with pytest.raises(Invalid):
        actions.close_unit(admin, unit=world.b, last_day=date(2026, 6, 30))


def test_merged_unit_is_followed_by_its_heir(admin, world):
    actions.merge_unit(admin, unit=world.b, heir=organization_id("tt-bao-tro-ctxh-ninh-binh"), start=JULY, source="QĐ")

    assert [unit.code for unit in queries.successors(admin, world.b, JULY)] == ["tt-bao-tro-ctxh-ninh-binh"]
    assert [unit.id for unit in queries.successors(admin, world.b, date(2026, 6, 30))] == [world.b]
    assert queries.facility(admin, world.b).unit.valid_to == date(2026, 6, 30)


def test_merged_department_hands_its_facilities_to_the_heir(admin):
    before = {unit.id for unit in queries.facilities_under(admin, HOME, date(2026, 6, 30))}

    actions.merge_unit(admin, unit=HOME, heir=HEALTH, start=JULY)

    assert before
    assert before <= {unit.id for unit in queries.facilities_under(admin, HEALTH, JULY)}


def test_renamed_unit_lives_on_under_its_new_name(admin, world):
    new = actions.rename_unit(admin, unit=world.b, code="bv-tam-than-ninh-binh", name="Bệnh viện Tâm thần", start=JULY)

    assert [unit.id for unit in queries.successors(admin, world.b, JULY)] == [new]
    assert queries.facility(admin, new, JULY).above[0].id == HEALTH
    assert new in {unit.id for unit in queries.facilities_under(admin, world.province, JULY)}
    assert world.b not in {unit.id for unit in queries.facilities_under(admin, world.province, JULY)}


def test_change_form_shows_the_refusal_at_its_field(client_of, world):
    address = reverse("facility_change", args=[world.a, "chuyen"])

    response = client_of("admin").post(address, {"authority": HOME, "day": "01/01/2020", "source": "QĐ đã gõ"})

    assert response.status_code == 422
    assert "phải sau ngày đó" in response.content.decode()
    assert "QĐ đã gõ" in response.content.decode()


@pytest.mark.parametrize(
    ("change", "form"),
    [
        ("chuyen", {"authority": HOME, "day": "01/07/2026"}),
        ("sap-nhap", {"authority": organization_id("tt-bao-tro-ctxh-ninh-binh"), "day": "01/07/2026"}),
        ("doi-ten", {"name": "Tên mới", "code": "ten-moi", "day": "01/07/2026"}),
        ("dong", {"day": "30/06/2026"}),
    ],
)
def test_each_change_works_through_its_form(client_of, world, change, form):
    client = client_of("admin")
    address = reverse("facility_change", args=[world.b, change])

    assert client.get(address).status_code == 200
    assert client.post(address, form).status_code == 302


def test_unknown_change_is_not_found(client_of, world):
    assert client_of("admin").get(reverse("facility_change", args=[world.a, "xoa"])).status_code == 404


def test_ended_province_still_counts_its_facilities(officer):
    found = queries.facilities_under(officer, organization_id("ubnd-dak-nong"), date(2026, 12, 31))

    assert {unit.code for unit in found} == {
        "tt-chinh-hinh-dak-nong", "tt-dieu-duong-ncc-dak-nong", "tt-bao-tro-dak-nong", "tt-phcn-tam-than-dak-nong",
        "cs-cai-nghien-dak-nong",
    }  # fmt: skip


def test_facilities_of_a_facility_are_itself(officer, world):
    assert [unit.id for unit in queries.facilities_under(officer, world.a)] == [world.a]


def test_unknown_unit_is_not_found(officer):
    with pytest.raises(NotFound):
        queries.facilities_under(officer, "nobody")


def test_action_of_a_role_that_may_not_write_is_refused(officer, world):
    with pytest.raises(Refused):
        actions.transfer_unit(officer, unit=world.a, authority=HOME, start=JULY)


@pytest.mark.parametrize(("who", "address"), [("lan", "facilities"), ("lan", "facility")])
def test_pages_ask_the_database_a_fixed_number_of_times(client_of, world, django_assert_max_num_queries, who, address):
    client = client_of(who)
    url = reverse(address, args=[world.a] if address == "facility" else [])
    client.get(url)

    with django_assert_max_num_queries(20):
        client.get(url)
