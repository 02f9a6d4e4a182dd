"""The steps of a work order: what is next, what is refused, what a return undoes."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansinh.clinical.devices.rules import making
from ansinh.clinical.devices.rules.making import Check, Step
from ansinh.kernel.errors import Invalid

NOW = datetime(2026, 11, 20, 2, tzinfo=UTC)
OPENED = "2026-11-01T08:00:00+07:00"
ROUTE = ("casting", "rectification", "lamination", "assembly", "fitting", "quality")


def at(hour: int) -> str:
    return (NOW - timedelta(hours=100 - hour)).isoformat()


def steps(text: str) -> list[Step]:
    """`casting assembly <casting`: stages in order, `<` for a return."""
    return [Step(word.removeprefix("<"), at(n), back=word.startswith("<")) for n, word in enumerate(text.split())]


@pytest.mark.parametrize(
    ("written", "done", "following"),
    [
        ("", [], "casting"),
        ("casting", ["casting"], "rectification"),
        ("casting rectification <casting", [], "casting"),
        ("casting rectification lamination <rectification", ["casting"], "rectification"),
        ("casting rectification <rectification rectification", ["casting", "rectification"], "lamination"),
        (" ".join(ROUTE), list(ROUTE), "delivery"),
        (" ".join(ROUTE) + " <fitting", list(ROUTE[:4]), "fitting"),
    ],
)
def test_next_stage_is_the_first_of_the_route_that_does_not_stand_done(written, done, following):
    assert making.done_stages(steps(written)) == done
    assert making.next_stage(ROUTE, steps(written)) == following


@pytest.mark.parametrize(
    ("written", "step", "code"),
    [
        ("", Step("fitting", at(50)), "step-skipped"),
        ("casting", Step("casting", at(50)), "step-skipped"),
        ("", Step("sewing", at(50)), "step-unknown"),
        ("casting rectification", Step("lamination", at(0)), "step-order"),
        ("", Step("casting", (NOW + timedelta(minutes=6)).isoformat()), "step-future"),
        ("", Step("casting", "2026-10-31T08:00:00+07:00"), "step-order"),
        ("casting", Step("fitting", at(50), note="x", back=True), "step-back"),
        ("casting", Step("casting", at(50), back=True), "step-back-note"),
    ],
)
def test_step_that_cannot_be_is_refused(written, step, code):
    with pytest.raises(Invalid) as refused:
        making.check_step(ROUTE, steps(written), step, OPENED, NOW)

    assert refused.value.code == code


def test_step_that_follows_is_taken_and_a_clock_may_be_five_minutes_ahead():
    making.check_step(ROUTE, steps("casting"), Step("rectification", at(50)), OPENED, NOW)
    making.check_step(ROUTE, [], Step("casting", (NOW + timedelta(minutes=4)).isoformat()), OPENED, NOW)
    making.check_step(ROUTE, steps("casting"), Step("casting", at(50), note="Vỡ cốt", back=True), OPENED, NOW)


def test_stage_of_the_same_minute_is_taken_as_forms_give_no_seconds():
    making.check_step(ROUTE, [], Step("casting", "2026-11-01T08:00:00+07:00"), "2026-11-01T08:00:41+07:00", NOW)
    with pytest.raises(Invalid):
        making.check_step(ROUTE, [], Step("casting", "2026-11-01T07:59:59+07:00"), "2026-11-01T08:00:41+07:00", NOW)


def test_refusal_names_the_stage_in_words():
    with pytest.raises(Invalid, match="Bó bột lấy khuôn"):
        making.check_step(ROUTE, [], Step("fitting", at(50)), OPENED, NOW)


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("", "device-not-fitted"),
        ("casting rectification lamination assembly", "device-not-fitted"),
        ("casting rectification lamination assembly fitting", "device-not-ready"),
        (" ".join(ROUTE) + " <assembly", "device-not-fitted"),
    ],
)
def test_device_that_is_not_through_its_route_is_not_given(written, code):
    with pytest.raises(Invalid) as refused:
        making.refuse_early_delivery(ROUTE, steps(written))

    assert refused.value.code == code


def test_device_through_its_route_is_given():
    making.refuse_early_delivery(ROUTE, steps(" ".join(ROUTE)))


def test_failed_checks_are_those_not_ticked():
    checks = [Check(code, code, code, ()) for code in ("edges", "label", "joints")]

    assert [check.code for check in making.failed_checks(checks, ["label", "unknown"])] == ["edges", "joints"]


_WALKS = st.lists(st.tuples(st.sampled_from(ROUTE), st.booleans()), max_size=25)


@given(_WALKS)
def test_whatever_is_tried_only_steps_in_order_are_kept(tries):
    """What check_step lets through leaves always a beginning of the route done, and nothing else."""
    kept: list[Step] = []
    for number, (stage, back) in enumerate(tries):
        step = Step(stage, at(number), note="x", back=back)
        try:
            making.check_step(ROUTE, kept, step, OPENED, NOW)
        except Invalid:
            continue
        kept.append(step)
        done = making.done_stages(kept)
        assert tuple(done) == ROUTE[: len(done)]
        assert making.next_stage(ROUTE, kept) == (ROUTE[len(done)] if len(done) < len(ROUTE) else "delivery")


@given(_WALKS)
def test_device_can_be_given_exactly_when_nothing_is_missing(tries):
    written = [Step(stage, at(n), back=back) for n, (stage, back) in enumerate(tries)]

    missing = making.missing_before_delivery(ROUTE, written)

    assert (making.next_stage(ROUTE, written) == "delivery") == (missing == [])
    assert set(missing).isdisjoint(making.done_stages(written))
