import pytest

from ansinh.fhir.terminology.conceptmaps import Asked, translate

MAP = {
    "url": "m",
    "sourceUri": "sources",
    "targetUri": "targets",
    "group": [
        {
            "source": "s",
            "target": "t",
            "element": [
                {
                    "code": "a",
                    "target": [
                        {"code": "1", "display": "Một", "equivalence": "equal"},
                        {
                            "code": "2",
                            "equivalence": "wider",
                            "product": [{"property": "p", "system": "x", "value": "9"}],
                        },
                        {"code": "3", "equivalence": "subsumes", "dependsOn": [{"property": "sex", "value": "f"}]},
                    ],
                },
                {"code": "b", "target": [{"equivalence": "unmatched"}]},
                {"code": "c"},
            ],
            "unmapped": {"mode": "fixed", "code": "other", "display": "Khác"},
        },
        {"source": "s", "target": "u", "unmapped": {"mode": "provided"}},
        {"source": "s", "target": "v", "unmapped": {"mode": "other-map", "url": "n"}},
    ],
}
OTHER = {"url": "n", "group": [{"source": "s", "target": "v", "element": [{"code": "z", "target": [{"code": "zz"}]}]}]}


def found(asked: Asked) -> list[tuple]:
    named = {"n": OTHER}
    return [
        (one.equivalence, (one.concept or {}).get("system"), (one.concept or {}).get("code"), one.source)
        for one in translate([MAP], asked, named.get)
    ]


@pytest.mark.parametrize(
    ("asked", "answers"),
    [
        (Asked("s", "a", target_system="t"), [("equal", "t", "1", "m"), ("wider", "t", "2", "m")]),
        (
            Asked("s", "a", target_system="t", dependencies=(("sex", "f"),)),
            [("equal", "t", "1", "m"), ("wider", "t", "2", "m"), ("subsumes", "t", "3", "m")],
        ),
        (Asked("s", "b", target_system="t"), [("unmatched", None, None, "m")]),
        (Asked("s", "c", target_system="t"), []),
        (Asked("s", "z"), [("relatedto", "t", "other", "m"), ("equal", "u", "z", "m"), ("relatedto", "v", "zz", "n")]),
        (Asked("", "a", target_system="t"), [("equal", "t", "1", "m"), ("wider", "t", "2", "m")]),
        (Asked("q", "a"), []),
        (Asked("s", "a", target="elsewhere"), []),
        (Asked("s", "b", target="targets", target_system="t"), [("unmatched", None, None, "m")]),
        (Asked("t", "2", reverse=True), [("narrower", "s", "a", "m")]),
        (Asked("t", "3", reverse=True, dependencies=(("sex", "f"),)), [("specializes", "s", "a", "m")]),
        (Asked("t", "nothing", reverse=True), []),
        (Asked("t", "1", target="sources", reverse=True), [("equal", "s", "a", "m")]),
    ],
)
def test_translate_gives_what_the_map_says(asked, answers):
    assert found(asked) == answers


def test_translate_match_needs_a_concept_and_more_than_unmatched():
    by_code = {code: translate([MAP], Asked("s", code, target_system="t")) for code in "ab"}

    assert [one.is_match for one in by_code["a"]] == [True, True]
    assert [one.is_match for one in by_code["b"]] == [False]
    assert by_code["a"][1].products == (("p", {"system": "x", "code": "9"}),)


def test_translate_maps_that_name_each_other_end():
    circle = {"url": "n", "group": [{"source": "s", "target": "v", "unmapped": {"mode": "other-map", "url": "n"}}]}

    assert translate([circle], Asked("s", "z"), {"n": circle}.get) == []


def test_translate_same_answer_of_two_maps_is_given_once():
    assert len(translate([MAP, MAP | {"url": "again"}], Asked("s", "a", target_system="t"))) == 2
