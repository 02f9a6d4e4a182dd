"""Clock, ids, Context and errors."""

import uuid
from datetime import UTC, date, datetime, timedelta

import pytest

from ansinh.kernel import clock, ids
from ansinh.kernel.context import EVERYWHERE, Context, system_context
from ansinh.kernel.errors import Invalid, NotFound, Problem


def test_today_is_the_day_in_vietnam():
    with clock.frozen(datetime(2025, 6, 30, 18, 0, tzinfo=UTC)):
        assert clock.today() == date(2025, 7, 1)
        assert clock.instant() == "2025-07-01T01:00:00.000+07:00"


def test_frozen_naive_moment_is_refused():
    with pytest.raises(ValueError, match="aware"), clock.frozen(datetime(2025, 1, 1)):
        pass


def test_now_thaws_after_the_block():
    with clock.frozen(datetime(2000, 1, 1, tzinfo=UTC)):
        pass

    assert abs(datetime.now(UTC) - clock.now()) < timedelta(minutes=1)


def test_new_id_is_version_7_unique_and_sorts_by_time():
    made = [ids.new_id() for _ in range(1000)]

    assert {uuid.UUID(value).version for value in made} == {7}
    assert len(set(made)) == 1000
    assert made[0][:8] <= made[-1][:8]


def test_repeatable_ids_come_again_in_the_same_order_and_end_with_the_block():
    def three():
        with ids.repeatable("demo", "1"):
            return [ids.new_id() for _ in range(3)]

    first = three()

    assert first == three()
    assert len(set(first)) == 3
    with ids.repeatable("demo", "2"):
        assert ids.new_id() not in first
    assert uuid.UUID(ids.new_id()).version == 7


def test_stable_id_same_parts_same_id():
    assert ids.stable_id("Organization", "a") == ids.stable_id("Organization", "a")
    assert ids.stable_id("Organization", "a") != ids.stable_id("Organizationa")


def test_context_unnamed_type_is_refused():
    nurse = Context(actor="Practitioner/1", role="nurse", unit="A", reach=frozenset({"A"}),
                    may={"Patient": frozenset({"read"})})  # fmt: skip

    assert nurse.allows("read", "Patient")
    assert not nurse.allows("delete", "Patient")
    assert not nurse.allows("read", "Observation")
    assert nurse.reaches("A")
    assert not nurse.reaches("B")
    assert not nurse.has("person.open")


def test_context_system_may_everything_everywhere():
    system = system_context()

    assert system.allows("delete", "Anything")
    assert system.reach == {EVERYWHERE}
    assert system.has("whatever")
    assert system.at("B").unit == "B"


def test_user_error_without_problems_describes_itself():
    error = NotFound("Không tìm thấy hồ sơ này.", field="id")

    assert error.status == 404
    assert error.problems == (Problem("not-found", "Không tìm thấy hồ sơ này.", "id", key="notfound"),)


def test_user_error_keeps_every_problem():
    problems = [Problem("required", "Thiếu tên.", "Patient.name"), Problem("value", "Sai ngày.", "Patient.birthDate")]

    assert Invalid("Hồ sơ có lỗi.", problems=problems).problems == tuple(problems)
