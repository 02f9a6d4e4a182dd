"""What pages of facilities, capability and workforce say in the corners: stale forms, small numbers, other words."""

from datetime import date

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from ansinh.kernel import clock
from ansinh.kernel.errors import NotFound
from ansinh.network.capability import actions as capability
from ansinh.network.capability import queries as declared
from ansinh.network.capability.loading import load_catalogues
from ansinh.network.facilities import actions, queries, rules
from ansinh.network.facilities.resources import organization_id
from ansinh.network.facilities.views import SMALL
from ansinh.network.workforce import actions as workforce
from ansinh.network.workforce import queries as staff
from tests.support.page_texts import spoken

pytestmark = pytest.mark.django_db

HEALTH = organization_id("so-y-te-ninh-binh")
PEOPLE = "người đang ở cơ sở"


@pytest.fixture
def catalogues(system):
    load_catalogues(system, settings.DEFINITIONS / "capability")


@pytest.fixture
def stays(system, world):
    """`stays(3)`: so many people with an open stay at facility A."""

    def make(count: int) -> None:
        for number in range(count):
            owner = {"reference": f"Organization/{world.a}"}
            system.update({"resourceType": "Patient", "id": f"o{number}", "managingOrganization": owner})
            system.update(
                {
                    "resourceType": "EpisodeOfCare",
                    "id": f"d{number}",
                    "status": "active",
                    "patient": {"reference": f"Patient/o{number}"},
                    "managingOrganization": owner,
                    "period": {"start": "2026-01-01"},
                }
            )

    return make


def shown(client, name: str, *args, **query) -> str:
    answer = client.get(reverse(name, args=args), query)
    assert answer.status_code == 200
    return answer.content.decode()


# Capability


def test_list_that_somebody_changed_meanwhile_is_drawn_anew_and_then_saved_on_purpose(
    client_of, mai, world, catalogues
):
    client, address = client_of("mai"), reverse("capability_declare", args=[world.a, "licence"])
    seen = capability.stamp([])
    capability.declare(mai, facility=world.a, catalogue="licence", chosen={"bhyt"})

    stale = client.post(address, {"chosen": ["khambenh"], "start": "", "read_at": seen})
    present = capability.stamp(declared.declarations(mai, world.a)["licence"])
    again = client.post(address, {"chosen": ["khambenh"], "start": "", "read_at": present})

    assert stale.status_code == 422
    assert "vừa được người khác sửa" in stale.content.decode()
    assert f'value="{present}"' in stale.content.decode()
    assert again.status_code == 302
    day = clock.today()
    assert {d.code for d in declared.declarations(mai, world.a)["licence"] if d.holds_on(day)} >= {"khambenh"}


@pytest.mark.parametrize("start", ["01/01/2150", "32/01/2025", "2025", "hôm qua"])
def test_day_that_cannot_be_is_refused_and_declares_nothing(client_of, mai, world, catalogues, start):
    address = reverse("capability_declare", args=[world.a, "licence"])

    answer = client_of("mai").post(address, {"chosen": ["bhyt"], "start": start})

    assert answer.status_code == 422
    assert declared.declarations(mai, world.a) == {}


def test_code_that_the_list_has_not_is_refused(client_of, mai, world, catalogues):
    address = reverse("capability_declare", args=[world.a, "licence"])

    answer = client_of("mai").post(address, {"chosen": ["bhyt", "<b>lạ</b>"], "start": ""})

    assert answer.status_code == 422
    assert "<b>lạ</b>" not in answer.content.decode()
    assert declared.declarations(mai, world.a) == {}


def test_saving_without_a_change_says_so(client_of, mai, world, catalogues):
    client, address = client_of("mai"), reverse("capability_declare", args=[world.a, "licence"])
    capability.declare(mai, facility=world.a, catalogue="licence", chosen={"bhyt"}, evidence={"bhyt": "HĐ 1"})

    answer = client.post(address, {"chosen": ["bhyt"], "start": "", "evidence-bhyt": "HĐ 1"}, follow=True)

    assert "Không có gì thay đổi." in answer.content.decode()


def test_evidence_alone_can_be_changed(client_of, mai, world, catalogues):
    client, address = client_of("mai"), reverse("capability_declare", args=[world.a, "licence"])
    capability.declare(mai, facility=world.a, catalogue="licence", chosen={"bhyt"}, evidence={"bhyt": "HĐ 1"})

    client.post(address, {"chosen": ["bhyt"], "start": "", "evidence-bhyt": "HĐ 2"})

    found = declared.declarations(mai, world.a)["licence"]
    assert [(item.code, item.evidence) for item in found] == [("bhyt", "HĐ 2")]


@pytest.mark.parametrize(
    ("content", "words"), [(b"\xff\xfe1;A", "Tệp phải là chữ UTF-8."), (b"", "ít nhất một dòng"), (b"1", "Dòng 1")]
)
def test_file_that_cannot_be_imported_is_refused_and_keeps_the_rest(client_of, admin, catalogues, content, words):
    address = reverse("catalogue_import", args=["provincial-specialist"])
    upload = SimpleUploadedFile("list.csv", content or b"\n")

    answer = client_of("admin").post(address, {"day": "01/01/2025", "source": "QĐ đã gõ", "rows": "", "file": upload})

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert "QĐ đã gõ" in answer.content.decode()
    assert declared.catalogue(admin, "provincial-specialist").items == ()


def test_import_page_is_for_administrators(client_of, catalogues):
    address = reverse("catalogue_import", args=["provincial-specialist"])

    assert client_of("mai").get(address).status_code == 403
    assert "Văn bản ban hành" in shown(client_of("admin"), "catalogue_import", "provincial-specialist")
    assert client_of("admin").get(reverse("catalogue_import", args=["khong-co"])).status_code == 404


# Facilities


def people_told(client, facility: str) -> str:
    """The number of people on a facility's page; "" where none is told."""
    texts = spoken(shown(client, "facility", facility))
    return texts[texts.index(PEOPLE) - 1] if PEOPLE in texts else ""


@pytest.mark.parametrize(
    ("who", "count", "told"),
    [
        ("mai", 2, "2"),
        ("lan", 2, "2"),
        ("officer", SMALL - 1, f"dưới {SMALL}"),
        ("officer", 1, f"dưới {SMALL}"),
        ("officer", SMALL, str(SMALL)),
        ("leader", 0, "0"),
        ("son", 7, ""),
        ("admin", 7, "7"),
    ],
)
def test_number_of_people_is_told_to_whom_it_concerns_and_never_so_small_that_one_is_recognised(
    client_of, world, stays, who, count, told
):
    stays(count)

    assert people_told(client_of(who), world.a) == told


def test_facility_page_in_english_names_units_in_english(client_of, world):
    client = client_of("mai")
    client.post(reverse("set_language"), {"language": "en"})

    page = shown(client, "facility", organization_id("so-ldtbxh-ninh-binh"))

    assert "Department of Labour, Invalids and Social Affairs of Ninh Bình" in page


def test_page_of_a_unit_that_ended_says_when_and_who_carries_on(client_of):
    page = shown(client_of("lan"), "facility", organization_id("so-ldtbxh-ninh-binh"))

    assert "28/02/2025" in page
    assert "Sở Y tế tỉnh Ninh Bình" in page


@pytest.mark.parametrize("day", ["01/01/2015", "31/12/2199", ""])
def test_tree_of_any_day_is_shown(client_of, day):
    assert "Cây tổ chức" in shown(client_of("lan"), "facilities", ngay=day)


def test_tree_narrowed_to_nothing_says_so(client_of):
    assert "Không có đơn vị nào khớp." in shown(client_of("lan"), "facilities", tim="không có ở đâu cả")


@pytest.mark.parametrize("code", ["Co So", "cơ-sở", "CO-SO", "co_so", "co.so", ""])
def test_code_that_cannot_stand_in_an_address_is_refused(client_of, admin, code):
    form = {"code": code, "name": "Cơ sở", "kind": "hospital", "authority": HEALTH, "day": "01/01/2026", "source": ""}
    before = len(queries.register(admin).units)

    answer = client_of("admin").post(reverse("facility_new"), form)

    assert answer.status_code == 422
    assert len(queries.register(admin).units) == before


def test_unit_without_an_authority_stands_as_a_root(admin):
    new = actions.add_unit(
        admin, code="moi", name="Mới", kind="province-committee", authority="", start=date(2026, 1, 1)
    )

    roots = [node.unit.id for node in queries.tree(admin, date(2026, 1, 2))]
    known = queries.register(admin)
    assert new in roots
    assert queries.province_of(known, new, date(2026, 1, 2)) == known.unit(new)
    assert rules.below(known.unit(new), known.units, known.relations, date(2025, 1, 1)) == []


def test_unit_that_ended_cannot_be_changed_again(client_of):
    ended = organization_id("so-ldtbxh-ninh-binh")

    answer = client_of("admin").post(reverse("facility_change", args=[ended, "dong"]), {"day": "01/01/2026"})

    assert answer.status_code == 422
    assert "đã kết thúc từ 28/02/2025" in answer.content.decode()


def test_name_of_a_unit_that_is_not_there_is_empty(admin, world):
    known = queries.register(admin)

    assert (known.name(world.a) != "", known.name("khong-co")) == (True, "")


# Workforce


def test_post_at_a_facility_that_did_not_exist_yet_is_refused(admin, client_of, world):
    young = actions.add_unit(admin, code="tre", name="Trẻ", kind="hospital", authority=HEALTH, start=date(2026, 3, 1))

    with pytest.raises(workforce.Invalid) as refusal:
        workforce.take_up_post(admin, facility=young, full_name="An", post="nurse", start=date(2026, 2, 28))

    assert refusal.value.field == "start"


def test_end_of_a_post_of_another_facility_is_not_found(mai, son, admin, world):
    post = workforce.take_up_post(mai, facility=world.a, full_name="An", post="nurse", start=date(2026, 1, 1))

    with pytest.raises(NotFound):
        workforce.end_post(son, facility=world.b, post_id=post, last_day=date(2026, 2, 1))
    assert staff.posts(mai, world.a)[0].end is None


def test_last_day_before_the_first_is_refused_on_the_page_and_changes_nothing(client_of, mai, world):
    post = workforce.take_up_post(mai, facility=world.a, full_name="An", post="nurse", start=date(2026, 1, 1))
    address = reverse("post_end", args=[world.a, post])

    answer = client_of("mai").post(address, {"day": "31/12/2025", "version": "1"})

    assert answer.status_code == 422
    assert staff.posts(mai, world.a)[0].end is None
