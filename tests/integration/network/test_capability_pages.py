"""What a facility declares, from the form to the figures; a list that is imported."""

import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from ansinh.fhir.store import Repository
from ansinh.fhir.views import tables
from ansinh.kernel import clock
from ansinh.kernel.errors import Invalid, NotFound, Refused, Stale
from ansinh.kernel.text import format_date
from ansinh.network.capability import actions, queries
from ansinh.network.capability.loading import load_catalogues
from ansinh.network.capability.rules import Item

pytestmark = pytest.mark.django_db

ITEMS = [Item("01.0001", "Đo điện tim", "Chẩn đoán"), Item("01.0002", "Siêu âm", "Chẩn đoán")]


@pytest.fixture(autouse=True)
def catalogues(system):
    load_catalogues(system, settings.DEFINITIONS / "capability")


def versions(context, world) -> int:
    """Number of declared items of facility A that were ever stored."""
    return len(queries.declarations(context, world.a).get("licence", []))


def test_loading_catalogues_again_changes_nothing(system):
    before = Repository(system.context).read("ValueSet", queries_id("rehab"))["meta"]["versionId"]

    load_catalogues(system, settings.DEFINITIONS / "capability")

    assert Repository(system.context).read("ValueSet", queries_id("rehab"))["meta"]["versionId"] == before


def queries_id(name: str) -> str:
    from ansinh.network.capability.resources import catalogue_id

    return catalogue_id(name)


def test_items_of_catalogues_stand_in_their_view(system):
    rows = tables.rows(system.context, "SELECT catalogue, COUNT(*) AS n FROM view_catalogue_item GROUP BY catalogue")
    counts = {row["catalogue"]: row["n"] for row in rows}

    assert counts["licence"] == 2
    assert counts["rehab"] > 100
    assert "provincial-specialist" not in counts


def test_declaring_moves_the_coverage(mai, world):
    assert queries.coverage(mai, world.a, "licence").percent == Decimal("0.0")

    count = actions.declare(mai, facility=world.a, catalogue="licence", chosen={"bhyt"}, evidence={"bhyt": "HĐ 12"})

    coverage = queries.coverage(mai, world.a, "licence")
    assert count == 1
    assert (coverage.declared, coverage.total, coverage.percent) == (1, 2, Decimal("50.0"))
    declared = queries.declarations(mai, world.a)["licence"][0]
    assert (declared.code, declared.evidence, declared.valid_from) == ("bhyt", "HĐ 12", clock.today())


def test_licences_are_listed_by_their_words_under_one_heading(client_of, mai, world):
    actions.declare(mai, facility=world.a, catalogue="licence", chosen={"bhyt"}, start=clock.today())

    page = client_of("mai").get(reverse("capability_declare", args=[world.a, "licence"])).content.decode()

    main = re.sub(r"<[^>]+>", " ", page.split("<main")[1])
    assert "Hợp đồng khám bệnh, chữa bệnh bảo hiểm y tế" in main
    assert f"từ {format_date(clock.today())}" in main
    assert not {"khambenh", "bhyt"} & set(main.split())
    assert page.count('nhsuk-u-visually-hidden">Giấy phép hoạt động và hợp đồng bảo hiểm y tế</legend>') == 1


@pytest.mark.parametrize(
    ("code", "number"), [("17.0046", "17.0046"), ("khambenh", ""), ("TT35-12", "TT35-12"), ("", "")]
)
def test_only_a_number_that_people_know_stands_beside_a_line(code, number):
    assert Item(code, "Kỹ thuật").number == number


def test_declaring_the_same_again_writes_nothing(mai, world):
    actions.declare(mai, facility=world.a, catalogue="licence", chosen={"bhyt", "khambenh"})
    before = versions(mai, world)

    assert actions.declare(mai, facility=world.a, catalogue="licence", chosen={"bhyt", "khambenh"}) == 0
    assert versions(mai, world) == before


def test_item_that_is_no_longer_declared_ends_the_day_before(mai, world):
    long_ago = clock.today() - timedelta(days=100)
    actions.declare(mai, facility=world.a, catalogue="licence", chosen={"bhyt"}, start=long_ago)

    actions.declare(mai, facility=world.a, catalogue="licence", chosen=set())

    declared = queries.declarations(mai, world.a)["licence"][0]
    assert declared.valid_to == clock.today() - timedelta(days=1)
    assert queries.coverage(mai, world.a, "licence").declared == 0
    assert queries.coverage(mai, world.a, "licence", clock.today() - timedelta(days=1)).declared == 1


def test_item_declared_today_and_unticked_today_was_never_declared_but_keeps_its_history(mai, world):
    actions.declare(mai, facility=world.a, catalogue="licence", chosen={"bhyt", "khambenh"})
    mistaken = next(one for one in queries.declarations(mai, world.a)["licence"] if one.code == "bhyt")

    count = actions.declare(mai, facility=world.a, catalogue="licence", chosen={"khambenh"})

    assert count == 1
    assert [one.code for one in queries.declarations(mai, world.a)["licence"]] == ["khambenh"]
    assert queries.coverage(mai, world.a, "licence").declared == 1
    assert len(Repository(mai).history("HealthcareService", mistaken.id)) == 2


def test_item_unticked_by_mistake_can_be_declared_again_the_same_day(mai, world):
    for chosen in ({"bhyt"}, set(), {"bhyt"}):
        actions.declare(mai, facility=world.a, catalogue="licence", chosen=chosen)

    assert queries.coverage(mai, world.a, "licence").declared == 1


def test_declaring_for_another_facility_is_not_found(mai, world):
    with pytest.raises(NotFound):
        actions.declare(mai, facility=world.b, catalogue="licence", chosen={"bhyt"})


def test_declaring_without_the_right_is_refused(lan, world):
    with pytest.raises(Refused):
        actions.declare(lan, facility=world.a, catalogue="licence", chosen={"bhyt"})


@pytest.mark.parametrize(
    ("chosen", "start", "code"),
    [({"made-up"}, None, "declaration-unknown"), ({"bhyt"}, date(2999, 1, 1), "declaration-future")],
)
def test_declaration_that_cannot_be_is_refused(mai, world, chosen, start, code):
    with pytest.raises(Invalid) as caught:
        actions.declare(mai, facility=world.a, catalogue="licence", chosen=chosen, start=start)

    assert caught.value.code == code
    assert queries.declarations(mai, world.a) == {}


def test_declaration_of_a_list_that_somebody_changed_is_refused(mai, world):
    seen = actions.stamp(queries.declarations(mai, world.a).get("licence", []))
    actions.declare(mai, facility=world.a, catalogue="licence", chosen={"bhyt"})

    with pytest.raises(Stale):
        actions.declare(mai, facility=world.a, catalogue="licence", chosen={"khambenh"}, read_at=seen)


def test_manager_declares_through_the_form(client_of, mai, world):
    client, address = client_of("mai"), reverse("capability_declare", args=[world.a, "licence"])
    assert "Hợp đồng khám bệnh" in client.get(address).content.decode()

    response = client.post(address, {"chosen": ["bhyt", "khambenh"], "start": ""})

    assert response.status_code == 302
    shown = client.get(reverse("capability", args=[world.a])).content.decode()
    assert "2/2 (100%)" in shown


def test_form_keeps_the_ticks_when_it_is_refused(client_of, world):
    client, address = client_of("mai"), reverse("capability_declare", args=[world.a, "licence"])

    response = client.post(address, {"chosen": ["khambenh"], "start": "31/02/2025"})

    assert response.status_code == 422
    assert 'value="khambenh" id="chosen-khambenh" checked' in response.content.decode()


def test_reader_without_the_right_sees_ticks_that_cannot_be_moved(client_of, world):
    client, address = client_of("lan"), reverse("capability_declare", args=[world.a, "licence"])

    assert "disabled" in client.get(address).content.decode()
    assert client.post(address, {"chosen": ["bhyt"]}).status_code == 403
    assert "0/2" in client.get(address).content.decode()


def test_specialist_list_says_that_there_is_none(client_of, world):
    shown = client_of("mai").get(reverse("capability", args=[world.a])).content.decode()

    assert "Chưa có danh mục nào được nhập" in shown


def test_page_of_a_department_is_not_found(client_of):
    from ansinh.network.facilities.resources import organization_id

    department = organization_id("so-y-te-ninh-binh")
    assert client_of("mai").get(reverse("capability", args=[department])).status_code == 404


def test_catalogue_that_is_not_there_is_not_found(client_of, world):
    assert client_of("mai").get(reverse("capability_declare", args=[world.a, "nothing"])).status_code == 404


def test_imported_list_holds_from_its_day_and_older_days_keep_theirs(admin, world):
    actions.import_catalogue(
        admin, catalogue="provincial-specialist", items=ITEMS, start=date(2025, 1, 1), source="QĐ 1"
    )
    actions.import_catalogue(
        admin, catalogue="provincial-specialist", items=ITEMS[:1], start=date(2026, 1, 1), source="QĐ 2"
    )

    listed = queries.catalogue(admin, "provincial-specialist")
    assert [item.code for item in listed.on(date(2025, 6, 1))] == ["01.0001", "01.0002"]
    assert [item.code for item in listed.on(date(2026, 6, 1))] == ["01.0001"]
    assert listed.source == "QĐ 2"
    assert queries.coverage(admin, world.a, "provincial-specialist", date(2026, 6, 1)).percent == Decimal("0.0")
    assert queries.coverage(admin, world.a, "provincial-specialist", date(2024, 6, 1)).percent is None


def test_imported_list_is_not_emptied_by_loading_again(admin, system):
    actions.import_catalogue(
        admin, catalogue="provincial-specialist", items=ITEMS, start=date(2025, 1, 1), source="QĐ 1"
    )

    load_catalogues(system, settings.DEFINITIONS / "capability")

    assert len(queries.catalogue(admin, "provincial-specialist").items) == 2


def test_list_imported_over_a_shipped_one_stays_when_loaded_again(admin, system):
    actions.import_catalogue(admin, catalogue="licence", items=ITEMS, start=date(2025, 1, 1), source="QĐ 1")

    load_catalogues(system, settings.DEFINITIONS / "capability")

    assert [item.code for item in queries.catalogue(admin, "licence").on(date(2025, 6, 1))] == ["01.0001", "01.0002"]


@pytest.mark.parametrize(
    ("items", "source", "code"),
    [
        ([], "QĐ", "catalogue-empty"),
        ([ITEMS[0], ITEMS[0]], "QĐ", "catalogue-duplicate"),
        (ITEMS, " ", "catalogue-source"),
    ],
)
def test_import_that_is_not_whole_is_refused(admin, items, source, code):
    with pytest.raises(Invalid) as caught:
        actions.import_catalogue(
            admin, catalogue="provincial-specialist", items=items, start=date(2025, 1, 1), source=source
        )

    assert caught.value.code == code
    assert queries.catalogue(admin, "provincial-specialist").items == ()


def test_administrator_imports_a_file(client_of, admin):
    address = reverse("catalogue_import", args=["provincial-specialist"])
    upload = SimpleUploadedFile("list.csv", "01.0001;Đo điện tim;Chẩn đoán\n".encode("utf-8-sig"))

    response = client_of("admin").post(address, {"day": "01/01/2025", "source": "QĐ 1", "rows": "", "file": upload})

    assert response.status_code == 302
    assert [item.text for item in queries.catalogue(admin, "provincial-specialist").items] == ["Đo điện tim"]


def test_import_of_a_bad_line_names_it_and_keeps_what_was_typed(client_of):
    address = reverse("catalogue_import", args=["provincial-specialist"])

    response = client_of("admin").post(address, {"day": "01/01/2025", "source": "QĐ đã gõ", "rows": "a;A\nb"})

    assert response.status_code == 422
    assert "Dòng 2" in response.content.decode()
    assert "QĐ đã gõ" in response.content.decode()
