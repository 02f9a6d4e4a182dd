"""Figures to another system and back: what leaves, what is refused, and that nothing stands in for the own figure."""

import pytest
from django.db import transaction

from ansinh.fhir.store import Repository
from ansinh.kernel.context import system_context
from ansinh.kernel.errors import Invalid, NotFound
from ansinh.network.facilities.resources import organization_id
from ansinh.programme.measures import queries, rules
from ansinh.programme.measures.aggregates import adx, dxf2, receiving, sending
from ansinh.programme.measures.aggregates import queries as aggregates
from ansinh.programme.measures.aggregates.mapping import Element, NameMapping
from ansinh.programme.measures.aggregates.values import Value

pytestmark = pytest.mark.django_db
A, B, C = "bv-chinh-hinh-tam-diep", "tt-phcn-tam-than-ninh-binh", "tt-dieu-duong-nho-quan"
PROVINCE = "ubnd-ninh-binh"
YEAR = rules.year(2025)
STAYS = Element("stays-open", "numerator", "LUU_TRU")
BY_SEX = Element("stays-open", "numerator", "GIOI", "sex", "GIOI", {"male": "NAM", "female": "NU"})
CHECKS = (Element("yearly-checks-done", "numerator", "TU"), Element("yearly-checks-done", "denominator", "MAU"))


def names(*elements, units=(PROVINCE, A, B, C)):
    return NameMapping("thu", "Thử", "AS", {code: f"VN-{code}" for code in units}, elements)


@pytest.fixture
def filled(world, person_at):
    """People with an open stay at the three centres."""

    def fill(*counts, **more):
        for centre, number in zip((A, B, C), counts, strict=True):
            for _ in range(number):
                person_at(organization_id(centre), **more)

    return fill


def sent(mapping, period=YEAR):
    found = sending.values(mapping, period)
    return {(each.unit.removeprefix("VN-"), each.options): each.count for each in found.values}, found.hidden


@pytest.mark.parametrize(
    ("counts", "seen", "hidden"),
    [
        ((6, 7, 8), {PROVINCE: 21, A: 6, B: 7, C: 8}, 0),
        ((3, 7, 8), {PROVINCE: 18, C: 8}, 2),
        ((3, 2, 8), {PROVINCE: 13, C: 8}, 2),
        ((0, 0, 3), {A: 0, B: 0}, 2),
    ],
)
def test_no_small_count_leaves_nor_one_that_the_sum_gives_away(filled, counts, seen, hidden):
    filled(*counts)

    assert sent(names(STAYS)) == ({(unit, ()): count for unit, count in seen.items()}, hidden)


def test_strata_leave_under_the_names_of_the_other_system(filled):
    filled(6, 0, 0)
    filled(0, 7, 0, gender="male")

    shown, _ = sent(names(BY_SEX, units=(PROVINCE,)))

    assert shown == {(PROVINCE, (("GIOI", "NAM"),)): 7, (PROVINCE, (("GIOI", "NU"),)): 6}


def test_units_come_in_the_order_of_the_mapping(filled):
    filled(6, 7, 8)

    found = sending.values(names(*CHECKS, STAYS), YEAR)

    assert [each.unit for each in found.values] == sorted(
        (each.unit for each in found.values), key=[f"VN-{code}" for code in (PROVINCE, A, B, C)].index
    )


def test_unit_that_the_node_has_not_is_refused(world):
    with pytest.raises(NotFound, match="«khong-co»"):
        sending.values(names(STAYS, units=("khong-co",)), YEAR)


def take(values, mapping=None, source="DHIS2 của Sở Y tế"):
    with transaction.atomic():
        return receiving.take(Repository(system_context()), mapping or names(STAYS, BY_SEX, *CHECKS), values, source)


def value(element, count, unit=PROVINCE, options=()):
    return Value(element, f"VN-{unit}", YEAR, count, options, f"dataValues[{element}]")


def received(measure="stays-open", unit="count"):
    return aggregates.received(measure, unit, organization_id(PROVINCE), YEAR)


@pytest.mark.parametrize("form", ["dhis2", "adx"])
def test_what_one_node_sends_another_takes(filled, form):
    filled(6, 7, 8, since="2023-01-10", checked="2025-03-04")
    mapping = names(STAYS, BY_SEX, *CHECKS, units=(PROVINCE,))
    values = sending.values(mapping, YEAR).values
    body = dxf2.write("AS", values) if form == "dhis2" else adx.write("AS", values, "2026-01-05T08:00:00+07:00")

    assert take(dxf2.read(body) if form == "dhis2" else adx.read(body), mapping) == 2

    (stays,), (checks,) = received(), received("yearly-checks-done", "percent")
    assert (stays.source, stays.numerator, stays.value) == ("DHIS2 của Sở Y tế", 21, 21)
    assert (checks.numerator, checks.denominator, checks.value) == (21, 21, 100)


def test_figure_of_another_system_does_not_change_the_own(filled, officer):
    filled(6, 7, 8)
    take([value("LUU_TRU", 900)])

    assert queries.result(officer, "stays-open", organization_id(PROVINCE), YEAR).numerator == 21


def test_same_file_again_changes_nothing_and_a_newer_one_is_a_version(world, system):
    take([value("LUU_TRU", 900)])
    (report,) = reports()
    take([value("LUU_TRU", 900)])
    assert reports() == [report]

    take([value("LUU_TRU", 901)])

    (newer,) = reports()
    assert (newer["id"], newer["meta"]["versionId"]) == (report["id"], "2")
    assert [each.numerator for each in received()] == [901]


def reports():
    from ansinh.fhir.search import search

    found = search(Repository(system_context()), "MeasureReport", [("_count", "50")])
    return [each for each in found.resources if any(part["url"] == receiving.RECEIVED for part in each["extension"])]


def test_strata_stand_in_the_report(world):
    take([value("LUU_TRU", 900), value("GIOI", 500, options=(("", "NU"),)), value("GIOI", 400, options=(("", "NAM"),))])

    (report,) = reports()
    (way,) = report["group"][0]["stratifier"]
    assert way["code"] == [{"text": "sex"}]
    assert {each["value"]["text"]: each["population"][0]["count"] for each in way["stratum"]} == {
        "female": 500,
        "male": 400,
    }


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ([], "Thiếu số liệu"),
        ([value("KHAC", 1)], "«KHAC »"),
        ([value("LUU_TRU", 1, unit="noi-khac")], "«VN-noi-khac»"),
        ([value("LUU_TRU", 1), value("LUU_TRU", 2)], "hai lần"),
        ([value("GIOI", 500, options=(("", "NU"),))], "thiếu số chung"),
        ([value("LUU_TRU", 1, options=(("", "NU"),))], "«LUU_TRU NU»"),
        ([value("TU", 5)], "thiếu số chung, tử số hoặc mẫu số"),
        ([value("TU", 9), value("MAU", 8)], "tử số lớn hơn mẫu số"),
        ([value("LUU_TRU", 900), value("TU", 5)], "yearly-checks-done"),
    ],
)
def test_file_with_one_wrong_value_is_refused_whole(world, values, words):
    with pytest.raises(Invalid, match=words):
        take(values)

    assert received() == []


def test_every_wrong_value_is_named(world):
    with pytest.raises(Invalid) as refused:
        take([value("KHAC", 1), value("KHAC2", 1), value("TU", 5)])

    assert len(refused.value.problems) == 3


def test_sender_without_a_name_is_refused(world):
    with pytest.raises(Invalid, match="tên hệ thống gửi"):
        take([value("LUU_TRU", 1)], source="  ")


def test_page_shows_what_another_system_says(filled, client_of):
    filled(6, 7, 8)
    take([value("LUU_TRU", 900)])

    page = client_of("officer").get(f"/chi-tieu/stays-open/?don-vi={organization_id(PROVINCE)}&ky=2025")

    text = page.content.decode()
    assert "Số liệu do hệ thống khác gửi" in text
    assert "DHIS2 của Sở Y tế" in text
    assert ">900<" in text.replace("\n", "").replace(" ", "")
