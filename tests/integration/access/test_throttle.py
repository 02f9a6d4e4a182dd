"""Guessing is slowed down; nobody is shut out by somebody else."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from ansinh.access import throttle
from ansinh.access.models import AccountEvent, Tries
from ansinh.access.throttle import ADDRESS, DEVICE, HERE, NAME, Source
from ansinh.kernel import clock
from tests.conftest import PASSWORD

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)


def tries(source: Source, times: int) -> list[bool]:
    return [throttle.count_try(source).allowed for _ in range(times)]


def test_stranger_at_one_address_has_five_tries_a_quarter_of_an_hour():
    source = Source("password", "lan", "10.0.0.1")
    with clock.frozen(NOW):
        assert tries(source, HERE.most + 2) == [True] * HERE.most + [False] * 2
    with clock.frozen(NOW + HERE.within):
        assert tries(source, 1) == [True]


def test_stranger_does_not_shut_out_a_known_device_nor_another_address():
    with clock.frozen(NOW):
        tries(Source("password", "lan", "10.0.0.1"), 30)

        assert tries(Source("password", "lan", "10.0.0.1", device="máy của Lan"), DEVICE.most) == [True] * DEVICE.most
        assert tries(Source("password", "lan", "10.0.0.2"), 1) == [True]
        assert tries(Source("password", "binh", "10.0.0.1"), 1) == [True]


def test_many_strangers_shut_each_other_out_and_never_a_known_device():
    with clock.frozen(NOW):
        allowed = [
            throttle.count_try(Source("password", "lan", f"10.0.{number}.1")).allowed for number in range(NAME.most + 5)
        ]

        assert allowed == [True] * NAME.most + [False] * 5
        assert throttle.is_shut("lan")
        assert not throttle.is_shut("binh")
        assert tries(Source("password", "lan", "10.0.0.1", device="máy của Lan"), 1) == [True]


def test_address_that_tries_many_names_is_shut_for_all_of_them():
    with clock.frozen(NOW):
        for number in range(ADDRESS.most):
            assert throttle.count_try(Source("password", f"ten{number}", "10.0.0.1")).allowed

        assert not throttle.count_try(Source("password", "mai", "10.0.0.1")).allowed
        assert throttle.count_try(Source("password", "mai", "10.0.0.1", device="máy của Mai")).allowed


def test_a_known_device_in_wrong_hands_is_shut_too():
    with clock.frozen(NOW):
        assert tries(Source("password", "lan", "10.0.0.1", "máy"), DEVICE.most + 1)[-1] is False
        assert tries(Source("password", "binh", "10.0.0.1", "máy"), 1) == [True]


def test_first_refused_try_is_told_once():
    source = Source("password", "lan", "10.0.0.1")

    verdicts = [throttle.count_try(source) for _ in range(HERE.most + 3)]

    assert [verdict.shut_now for verdict in verdicts].count(True) == 1
    assert verdicts[HERE.most].shut_now


def test_success_begins_anew_here_and_takes_back_only_itself_elsewhere():
    source = Source("password", "lan", "10.0.0.1")
    tries(source, 3)

    throttle.succeeded(source)

    assert tries(source, HERE.most) == [True] * HERE.most
    counts = sorted(Tries.objects.values_list("count", flat=True))
    assert counts == [HERE.most, HERE.most + 2, HERE.most + 2]


def test_name_is_told_as_shut_while_any_device_may_not_try_it():
    for source in (Source("factor", "lan", "10.0.0.1"), Source("password", "binh", "10.0.0.1", "máy")):
        with clock.frozen(NOW):
            assert not throttle.is_shut(source.name)
            tries(source, DEVICE.most + 1)
            assert throttle.is_shut(source.name)
            assert not throttle.is_shut("cuc")
        with clock.frozen(NOW + DEVICE.within):
            assert not throttle.is_shut(source.name)


def test_unlock_opens_one_name_for_every_purpose():
    with clock.frozen(NOW):
        for purpose in ("password", "factor", "code"):
            tries(Source(purpose, "lan", "10.0.0.1"), 9)
        tries(Source("password", "binh", "10.0.0.1"), 9)

        throttle.unlock("lan")

        assert all(tries(Source(purpose, "lan", "10.0.0.1"), 1) == [True] for purpose in ("password", "factor", "code"))
        assert tries(Source("password", "binh", "10.0.0.1"), 1) == [False]


def test_old_counts_are_forgotten_and_young_ones_kept():
    with clock.frozen(NOW):
        tries(Source("password", "lan", "10.0.0.1"), 1)
    with clock.frozen(NOW + timedelta(hours=2)):
        tries(Source("password", "binh", "10.0.0.1", "máy"), 1)
        throttle.forget_old()

        assert Tries.objects.count() == 1


def test_table_holds_no_name_and_no_address():
    tries(Source("password", "lan", "10.0.0.1", "máy"), 1)
    tries(Source("password", "lan", "10.0.0.1"), 1)

    keys = " ".join(Tries.objects.values_list("key", flat=True))
    assert not any(word in keys for word in ("lan", "10.0.0.1", "máy"))


class TestAnyOrder(TestCase):
    """Whatever strangers do, a known device is refused only by its own tries."""

    @given(
        st.lists(st.tuples(st.sampled_from(["lan", "binh"]), st.sampled_from(["10.0.0.1", "10.0.0.2"])), max_size=40)
    )
    def test_strangers_never_use_up_the_tries_of_a_known_device(self, strangers):
        Tries.objects.all().delete()
        for name, address in strangers:
            throttle.count_try(Source("password", name, address))

        assert tries(Source("password", "lan", "10.0.0.1", "máy"), DEVICE.most + 1) == [True] * DEVICE.most + [False]


# At the log-in page


def log_in(client: Client, name: str, password: str, address: str = "10.1.1.1"):
    return client.post(reverse("login"), {"username": name, "password": password}, REMOTE_ADDR=address)


def test_right_password_after_too_many_wrong_ones_is_refused_like_a_wrong_one(account_of):
    account_of("lan")
    client = Client()
    wrong = [log_in(client, "lan", "sai mật khẩu").content for _ in range(HERE.most)]

    answer = log_in(client, "lan", PASSWORD)

    assert answer.status_code == 422
    assert plain(answer.content) == plain(wrong[0])
    assert list(AccountEvent.objects.filter(kind="shut").values_list("detail", flat=True)) == ["password"]


def test_owner_on_a_known_device_logs_in_while_strangers_guess(account_of):
    account_of("lan")
    known = Client()
    assert log_in(known, "lan", PASSWORD).status_code == 302
    known.post(reverse("logout"))
    for number in range(HERE.most + 1):
        log_in(Client(), "lan", f"đoán {number}")

    assert log_in(Client(), "lan", PASSWORD).status_code == 422
    assert log_in(known, "lan", PASSWORD).status_code == 302


def test_cookie_of_one_name_does_not_help_another(account_of):
    account_of("lan"), account_of("cuc")
    device = Client()
    log_in(device, "cuc", PASSWORD)
    device.post(reverse("logout"))
    for number in range(HERE.most + 1):
        log_in(device, "lan", f"đoán {number}")

    assert log_in(device, "lan", PASSWORD).status_code == 422


@pytest.mark.parametrize("value", ["", "x", "a:b:c", "eyJkZXZpY2UiOiJ4In0:1:2", "𝕏" * 20])
def test_forged_cookie_is_no_known_device_and_breaks_nothing(account_of, value):
    account_of("lan")
    client = Client()
    client.cookies["ansinh_device"] = value.encode("ascii", "replace").decode()

    assert log_in(client, "lan", PASSWORD).status_code == 302


def test_one_device_serves_a_whole_ward(account_of):
    device = Client()
    for name in ("lan", "binh", "mai"):
        account_of(name)
        log_in(device, name, PASSWORD)
        device.post(reverse("logout"))
    for number in range(HERE.most + 1):
        log_in(Client(), "lan", f"đoán {number}")

    assert log_in(device, "lan", PASSWORD).status_code == 302
    assert "lan" not in device.cookies["ansinh_device"].value
    assert device.cookies["ansinh_device"]["httponly"]


def plain(content: bytes) -> str:
    import re

    return re.sub(r"[A-Za-z0-9]{64}", "token", content.decode())
