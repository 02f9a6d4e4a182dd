"""What everything else leans on: ids, instants, typing slips, numbers as people read them, machines spoken to."""

import ipaddress
import itertools
import unicodedata
import uuid
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ansinh.kernel import clock, ids, text
from ansinh.kernel.closeness import distance_at_most_one
from ansinh.kernel.context import Context, system_context
from ansinh.kernel.outgoing import Forbidden, Permitted, origin_of
from ansinh.kernel.phrases import phrase

# --- ids -----------------------------------------------------------------------------------------------------------


def test_new_ids_are_uuids_of_version_seven_of_this_moment_and_differ():
    before = datetime.now(UTC) - timedelta(milliseconds=1)
    made = [ids.new_id() for _ in range(2000)]
    after = datetime.now(UTC) + timedelta(milliseconds=1)

    assert len(set(made)) == len(made)
    for one in made:
        parsed = uuid.UUID(one)
        moment = datetime.fromtimestamp((parsed.int >> 80) / 1000, UTC)
        assert (parsed.version, parsed.variant) == (7, uuid.RFC_4122)
        assert str(parsed) == one
        assert before <= moment <= after


@given(st.lists(st.text(max_size=5), min_size=1, max_size=3), st.lists(st.text(max_size=5), min_size=1, max_size=3))
def test_stable_ids_are_equal_for_equal_parts_and_different_for_others(one, other):
    assume(not any("\x1f" in part for part in (*one, *other)))

    assert (ids.stable_id(*one) == ids.stable_id(*other)) == (one == other)


@given(st.text(max_size=8), st.integers(1, 6))
def test_repeatable_ids_are_the_same_each_time_and_only_within(seed, count):
    with ids.repeatable(seed):
        first = [ids.new_id() for _ in range(count)]
    with ids.repeatable(seed):
        second = [ids.new_id() for _ in range(count)]

    assert first == second
    assert len(set(first)) == count
    assert ids.new_id() not in first


# --- instants ------------------------------------------------------------------------------------------------------

moments = st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1))
zones = st.integers(-12 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@given(moments, zones)
def test_moment_written_anywhere_reads_at_home_as_the_same_moment(moment, zone):
    written = moment.replace(microsecond=0, tzinfo=zone).isoformat()
    home = clock.at_home(written)

    assert datetime.fromisoformat(home) == datetime.fromisoformat(written)
    assert home.endswith("+07:00")
    assert clock.at_home(home) == home


@given(moments, zones)
def test_day_at_home_is_the_day_of_the_frozen_clock(moment, zone):
    aware = moment.replace(microsecond=0, tzinfo=zone)
    assume(aware.astimezone(UTC).year >= 1976)  # before, Vietnam kept other times than +07:00

    with clock.frozen(aware):
        assert clock.now() == aware
        assert clock.today().isoformat() == clock.at_home(aware.isoformat())[:10]
        assert datetime.fromisoformat(clock.instant()) == aware


@given(st.text(max_size=30))
def test_what_is_no_moment_stays_as_it_is(written):
    assume("T" not in written)

    assert clock.at_home(written) == written


def test_frozen_clocks_lie_within_each_other():
    outer, inner = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)

    with clock.frozen(outer):
        with clock.frozen(inner):
            assert clock.now() == inner
        assert clock.now() == outer
    assert clock.now() > datetime(2025, 1, 1, tzinfo=UTC)
    with pytest.raises(ValueError), clock.frozen(datetime(2026, 1, 1)):
        pass


# --- typing slips --------------------------------------------------------------------------------------------------


def slips(a: str, b: str) -> int:
    """Insertions, deletions, replacements and swaps of neighbours from `a` to `b`, by the textbook."""
    table = {(i, j): i + j for i in range(len(a) + 1) for j in range(len(b) + 1) if not i or not j}
    for i, j in itertools.product(range(1, len(a) + 1), range(1, len(b) + 1)):
        table[i, j] = min(table[i - 1, j] + 1, table[i, j - 1] + 1, table[i - 1, j - 1] + (a[i - 1] != b[j - 1]))
        if i > 1 and j > 1 and a[i - 1] == b[j - 2] and a[i - 2] == b[j - 1]:
            table[i, j] = min(table[i, j], table[i - 2, j - 2] + 1)
    return table[len(a), len(b)]


short = st.text("abc", max_size=6)


@given(short, short)
def test_one_slip_or_none_is_what_the_textbook_counts(a, b):
    assert distance_at_most_one(a, b) == (slips(a, b) <= 1)


@given(short, st.integers(0, 5), st.sampled_from("abc"), st.sampled_from(["insert", "delete", "replace", "swap"]))
def test_every_single_slip_is_seen_both_ways(word, place, letter, how):
    place = min(place, len(word))
    spoiled = {
        "insert": word[:place] + letter + word[place:],
        "delete": word[:place] + word[place + 1 :],
        "replace": word[:place] + letter + word[place + 1 :] if place < len(word) else word,
        "swap": word[:place] + word[place : place + 2][::-1] + word[place + 2 :],
    }[how]

    assert distance_at_most_one(word, spoiled)
    assert distance_at_most_one(spoiled, word)


# --- as people read it ---------------------------------------------------------------------------------------------


@given(st.decimals(-(10**9), 10**9, places=2))
def test_number_as_shown_reads_back_as_the_number(number):
    shown = text.format_number(number, 2)
    assert Decimal(shown.replace(".", "").replace(",", ".")) == number
    whole = shown.split(",")[0].lstrip("-").split(".")
    assert all(len(group) == 3 for group in whole[1:])
    assert 1 <= len(whole[0]) <= 3


@given(st.dates(), st.sampled_from([4, 7, 10]))
def test_date_as_shown_has_the_precision_that_was_known(day, known):
    written = day.isoformat()[:known]

    assert "-".join(reversed(text.format_date(written).split("/"))) == written


vietnamese = st.text("aàáảãạăằâấbcdđeèêếghiìklmnoòôốơớpqrstuùưứvxyỳ '", min_size=1, max_size=12)


@given(vietnamese, vietnamese)
def test_folded_texts_are_equal_when_only_marks_and_case_differ(one, other):
    bare = "".join(char for char in unicodedata.normalize("NFD", one) if not unicodedata.combining(char))

    assert text.fold(bare.upper()) == text.fold(one)
    assert text.fold(text.fold(one)) == text.fold(one)
    assert text.fold(f"{one} {other}") == " ".join(f"{text.fold(one)} {text.fold(other)}".split())


@given(st.lists(vietnamese.map(text.nfc).filter(bool), min_size=2, max_size=6))
def test_order_of_names_is_one_order_however_it_is_computed(names):
    by_tuple = sorted(names, key=text.name_order)
    by_text = sorted(names, key=text.name_sort_text)

    assert [text.name_order(name) for name in by_tuple] == [text.name_order(name) for name in by_text]


@given(st.dictionaries(st.sampled_from(["a", "b"]), st.text(max_size=5), min_size=2), st.integers())
def test_phrase_is_its_sentence_and_remembers_its_template(values, number):
    made = phrase("%(a)s và %(b)s: %(n)s 100%%", **values, n=number)

    assert made == f"{values['a']} và {values['b']}: {number} 100%"
    assert made.template % made.values == made


# --- who may see ---------------------------------------------------------------------------------------------------

units, verbs, kinds = (
    st.sampled_from("abc"),
    st.sampled_from(["read", "create", "delete"]),
    st.sampled_from(["Patient", "Task"]),
)


@given(st.frozensets(units), st.dictionaries(kinds, st.frozensets(verbs)), st.frozensets(st.sampled_from(["x", "y"])))
def test_context_gives_what_it_names_and_nothing_else(reach, may, permissions):
    context = Context(actor="Practitioner/1", role="nurse", reach=reach, may=may, permissions=permissions)

    assert all(context.reaches(unit) == (unit in reach) for unit in "abc")
    assert all(
        context.allows(verb, kind) == (verb in may.get(kind, frozenset()))
        for verb in ("read", "create", "delete")
        for kind in ("Patient", "Task")
    )
    assert all(context.has(name) == (name in permissions) for name in "xyz")
    assert context.because_of("HRESCH").reach == context.at("a").reach == reach


def test_nobody_sees_nothing_and_the_node_sees_all():
    nobody, node = Context(actor="", role=""), system_context()

    assert not any(nobody.allows(verb, "Patient") for verb in ("read", "search", "history", "create"))
    assert not nobody.reaches("a")
    assert not nobody.has("person.open")
    assert node.allows("delete", "Patient")
    assert node.reaches("a")
    assert node.has("person.open")


# --- machines that are spoken to -----------------------------------------------------------------------------------

PRIVATE = [
    "127.0.0.1", "127.8.8.8", "0.0.0.0", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254",
    "100.64.0.1", "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.9", "224.0.0.1", "240.0.0.1", "255.255.255.255",
    "::1", "::", "fe80::1", "fc00::1", "fd12:3456::1", "ff02::1", "2001:db8::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
    "::ffff:169.254.169.254",
]  # fmt: skip
PUBLIC = ["1.1.1.1", "8.8.8.8", "203.0.114.7", "2606:4700::1111", "::ffff:8.8.8.8"]


def permitted(*origins: str, networks: tuple[str, ...] = ()) -> Permitted:
    return Permitted(origins, networks, "Địa chỉ", "máy nhận", "ANSINH_X", "ANSINH_Y")


@pytest.mark.parametrize("address", PRIVATE)
def test_address_that_is_not_public_is_refused_in_words_without_itself(address):
    with pytest.raises(Forbidden) as refusal:
        permitted().check(ipaddress.ip_address(address))

    assert address not in str(refusal.value)
    assert "ANSINH_Y" in str(refusal.value)


@pytest.mark.parametrize("address", PUBLIC)
def test_public_address_is_no_matter_of_networks(address):
    permitted().check(ipaddress.ip_address(address))


@given(st.ip_addresses(), st.integers(0, 32))
def test_network_that_is_named_permits_its_own_addresses_and_not_those_outside(address, size):
    assume(getattr(address, "ipv4_mapped", None) is None)  # judged as the IPv4 address that it is
    network = ipaddress.ip_network(f"{address}/{size}", strict=False)
    permitted(networks=(str(network),)).check(address)
    outside = ipaddress.ip_address("10.1.2.3")
    assume(address.version != 4 or outside not in network)

    with pytest.raises(Forbidden):
        permitted(networks=(str(network),)).check(outside)


@given(
    st.sampled_from(["https", "http"]),
    st.from_regex(r"[a-z]{1,8}(\.[a-z]{2,5}){1,2}", fullmatch=True),
    st.none() | st.integers(1, 65535),
    st.from_regex(r"(/[a-z0-9]{0,4}){0,3}(\?[a-z]=[0-9])?", fullmatch=True),
)
def test_only_what_is_named_with_scheme_host_and_port_is_spoken_to(scheme, host, port, path):
    origin = f"{scheme}://{host}" + (f":{port}" if port else "")
    target = permitted(origin).target_of(origin + path)

    assert (target.scheme, target.host) == (scheme, host)
    assert target.port == (port or {"https": 443, "http": 80}[scheme])
    assert target.path.startswith("/")
    assert origin_of(origin + path) == origin_of(origin.upper().replace("HTTP", "http").replace("httpS", "https"))
    for other in (
        f"{scheme}://x{host}{path}",
        f"{scheme}://{host}.x{path}",
        f"{scheme}://u@{host}{path}",
        f"ftp://{host}",
    ):
        with pytest.raises(Forbidden):
            permitted(origin).target_of(other)


@given(st.text(max_size=40) | st.text("htps:/.@#?%[]\\ 0a\r\n", max_size=30))
def test_any_text_is_a_permitted_target_or_forbidden_in_a_sentence(url):
    told = "."
    try:
        permitted("https://his.example.vn").target_of(url)
    except Forbidden as refusal:
        told = str(refusal)

    assert told.endswith(".")
    assert "his.example.vn" not in told


@given(st.dates(date(1, 1, 2)))
def test_period_of_a_day_at_home_is_seven_hours_before_that_of_utc(day):
    assume(day.year > 1)
    home = datetime(day.year, day.month, day.day, tzinfo=timezone(timedelta(hours=7)))

    assert clock.at_home(home.astimezone(UTC).isoformat().replace("+00:00", "Z"))[:10] == day.isoformat()
