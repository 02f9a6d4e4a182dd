"""The language of SMART scopes as a table: what is read, what it covers, what a Context then may."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansinh.access.smart import scopes
from ansinh.access.smart.scopes import Scope
from ansinh.kernel.context import Context, Only
from ansinh.kernel.errors import Invalid

R, S, C, U, D = ({"read", "history"}, {"search"}, {"create"}, {"update"}, {"delete"})
CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category"
LAB = f"category={CATEGORY}|laboratory"


@pytest.mark.parametrize(
    ("text", "level", "kind", "verbs", "code"),
    [
        ("patient/Observation.rs", "patient", "Observation", R | S, None),
        ("user/*.cruds", "user", "*", R | S | C | U | D, None),
        ("system/Patient.r", "system", "Patient", R, None),
        ("patient/Observation.s", "patient", "Observation", S, None),
        ("user/Task.u", "user", "Task", U, None),
        ("patient/*.read", "patient", "*", R | S, None),
        ("user/Patient.write", "user", "Patient", C | U | D, None),
        ("user/Patient.*", "user", "Patient", R | S | C | U | D, None),
        (f"patient/Observation.rs?{LAB}", "patient", "Observation", R | S, ("category", CATEGORY, "laboratory")),
    ],
)
def test_scope_is_read_as_the_specification_says(text, level, kind, verbs, code):
    assert scopes.read(text) == Scope(level, kind, frozenset(verbs), code)


@pytest.mark.parametrize("text", sorted(scopes.PLAIN))
def test_plain_words_open_nothing_by_themselves(text):
    assert scopes.read(text) is None
    assert scopes.granted(nurse(), [text]).may == {}


@pytest.mark.parametrize(
    "text",
    [
        "", "patient", "patient/", "patient/Observation", "patient/Observation.", "patient/Observation.sr",
        "patient/Observation.rr", "patient/Observation.x", "patient/observation.rs", "patient/Resource.rs",
        "practitioner/Patient.rs", "patient /Patient.rs", "launch/encounter", "openid", "fhirUser", "profile",
        "patient/*.rs?category=a|b", "patient/Observation.rs?", "patient/Observation.rs?category=laboratory",
        "patient/Observation.rs?category=|laboratory", f"patient/Observation.rs?{LAB},{CATEGORY}|vital-signs",
        f"patient/Observation.rs?{LAB}&status=http://x|final", "patient/Observation.rs?date=http://x|2020",
        "patient/Observation.rs?khong=http://x|y", f"patient/Observation.cruds?{LAB}", "~person/x", "~role/1",
    ],
)  # fmt: skip
def test_scope_that_does_not_exist_or_is_not_held_is_refused(text):
    with pytest.raises(Invalid):
        scopes.read(text)
    assert not scopes.known(text)


@pytest.mark.parametrize(
    ("asked", "most", "expected"),
    [
        ("patient/Patient.r", ["patient/Patient.rs"], True),
        ("patient/Patient.rs", ["patient/*.rs"], True),
        ("patient/Patient.rs", ["patient/Patient.r"], False),
        ("patient/*.rs", ["patient/Patient.rs"], False),
        ("user/Patient.rs", ["patient/Patient.rs"], False),
        (f"patient/Observation.rs?{LAB}", ["patient/Observation.rs"], True),
        ("patient/Observation.rs", [f"patient/Observation.rs?{LAB}"], False),
        (f"patient/Observation.rs?{LAB}", [f"patient/Observation.rs?{LAB}"], True),
        ("offline_access", ["patient/*.rs"], False),
        ("launch", ["launch"], True),
    ],
)
def test_app_is_covered_by_what_it_was_registered_with(asked, most, expected):
    assert scopes.covered(asked, most) is expected


def nurse(**more) -> Context:
    may = {
        "Patient": frozenset({"read", "search", "history", "create", "update"}),
        "Observation": frozenset({"read", "search", "history", "create"}),
        "Subscription": frozenset({"*"}),
    }
    return Context("Practitioner/1", "nurse", "a", frozenset({"a"}), may, frozenset({"person.open"}), login="1", **more)


def test_app_may_what_user_may_and_scope_grants():
    context = scopes.granted(nurse(), ["user/Patient.cruds", "user/Observation.d", "user/Condition.rs"])

    assert context.may["Patient"] == nurse().may["Patient"]
    assert context.may["Observation"] == context.may["Condition"] == frozenset()
    assert context.only is None
    assert context.reach == nurse().reach


def test_app_never_has_the_permissions_of_pages():
    assert scopes.granted(nurse(), ["user/*.cruds"]).permissions == frozenset()


@pytest.mark.parametrize("texts", [["user/*.cruds"], ["user/Subscription.cruds"], ["user/*.rs", "user/Subscription.c"]])
def test_app_subscribes_to_nothing(texts):
    """An event would be judged by the rights of the account, not by those of the app."""
    everything = Context("x", "system", may={"*": frozenset({"*"})})

    for context in (nurse(), everything):
        assert not scopes.granted(context, texts).allows("create", "Subscription")


def test_any_scope_of_a_person_holds_the_whole_token_to_that_person():
    context = scopes.granted(nurse(), ["patient/Observation.rs", "user/Patient.rs"], person="p-1")

    assert context.only == Only("p-1")


def test_scope_of_a_person_without_a_person_sees_nobody():
    only = scopes.granted(nurse(), ["patient/*.rs"]).only

    assert only is not None
    assert only.person not in ("", "p-1")


def test_condition_holds_unless_another_scope_gives_the_whole_type():
    narrow = f"patient/Observation.rs?{LAB}"

    assert scopes.granted(nurse(), [narrow], "p").only == Only(
        "p", frozenset({("Observation", "category", CATEGORY, "laboratory")})
    )
    for whole in ("patient/Observation.rs", "patient/*.rs"):
        assert scopes.granted(nurse(), [narrow, whole], "p").only == Only("p")


@given(st.lists(st.sampled_from([*sorted(scopes.PLAIN), "user/*.rs", "patient/Patient.r"])), st.integers(1, 999),
       st.sampled_from(["", "p-1", "018f-x"]))  # fmt: skip
def test_binding_comes_back_and_is_never_among_the_scopes(texts, role, person):
    known, found, about = scopes.binding(scopes.bound(texts, role, person))

    assert (known, found, about) == (texts, role, person)
    assert not any(scopes.is_binding(one) or not scopes.known(one) for one in known)


@given(st.text(max_size=60))
def test_any_text_is_a_scope_or_refused_in_words(text):
    if text not in scopes.PLAIN:
        with pytest.raises(Invalid, match=r"^(Không có phạm vi|Nút này chưa giữ)"):
            scopes.read(text)


@given(st.sets(st.sampled_from(["read", "search", "history", "create", "update", "delete"])),
       st.lists(st.sampled_from(["user/Patient.cruds", "user/*.rs", "patient/Patient.u"])))  # fmt: skip
def test_no_scope_gives_more_than_the_user_has(held, texts):
    context = Context("x", "nurse", may={"Patient": frozenset(held)})

    assert scopes.granted(context, texts).may.get("Patient", frozenset()) <= held
