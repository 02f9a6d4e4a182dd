"""Laws that hold for all values: equality, order, sets, arithmetic and text, against Python as the second opinion."""

from decimal import Decimal
from itertools import permutations

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ansinh.fhir.path import PathError, compile_path
from ansinh.fhir.path.comparing import (
    compare,
    distinct,
    equal,
    equal_collections,
    equivalent,
    equivalent_collections,
)
from ansinh.fhir.path.evaluation import Path
from ansinh.fhir.path.quantities import Quantity
from ansinh.fhir.path.temporal import Temporal

steady = settings(deadline=None)
integers = st.integers(-(10**9), 10**9)
decimals = st.decimals(-1000, 1000, places=3)
words = st.text(st.characters(exclude_categories=("Cs",)), max_size=8)
days = st.dates().map(lambda day: Temporal.read(day.isoformat()))
months = st.dates().map(lambda day: Temporal.read(day.isoformat()[:7]))
moments = st.datetimes().map(lambda moment: Temporal.read(moment.isoformat()[:19] + "Z"))
zoneless = st.datetimes().map(lambda moment: Temporal.read(moment.isoformat()[:19]))
temporals = days | months | moments | zoneless
quantities = st.builds(Quantity, decimals, st.sampled_from(["mg", "g", "kg", "cm", "1", "day", "week", "month", "a"]))
items = integers | decimals | words | st.booleans() | temporals | quantities
collections = st.lists(items, max_size=5)


def run(expression, **variables):
    return compile_path(expression)({}, environment=variables)


@steady
@given(items)
def test_equality_is_reflexive(item):
    assert equal(item, item) is True
    assert equivalent(item, item)


@steady
@given(items, items)
def test_equality_and_equivalence_are_symmetric(one, other):
    assert equal(one, other) == equal(other, one)
    assert equivalent(one, other) == equivalent(other, one)


@steady
@given(items, items)
def test_order_is_antisymmetric_and_agrees_with_equality(one, other):
    try:
        order = compare(one, other)
    except PathError:
        return
    back = compare(other, one)

    assert order == (None if back is None else -back)
    if order == 0:
        assert equal(one, other) is not False


@steady
@given(temporals, temporals, temporals)
def test_order_of_dates_is_transitive(one, two, three):
    for first, middle, last in permutations((one, two, three)):
        if compare(first, middle) == -1 and compare(middle, last) == -1:
            assert compare(first, last) in (-1, None)


@steady
@given(collections)
def test_distinct_keeps_each_value_once_in_order(values):
    found = distinct(values)

    assert distinct(found) == found
    assert all(any(equal(value, kept) for kept in found) for value in values)
    places = [next(place for place, value in enumerate(values) if value is kept) for kept in found]
    assert places == sorted(places)


@steady
@given(collections, collections)
def test_union_holds_what_either_side_holds(left, right):
    found = run("%a | %b", a=left, b=right)

    assert len(found) == len(distinct(left + right))
    assert run("(%a | %b).supersetOf(%a) and (%a | %b).supersetOf(%b)", a=left, b=right) == [True]


@steady
@given(collections, collections)
def test_intersection_and_difference_part_the_left_side(left, right):
    both = run("%a.intersect(%b).count()", a=left, b=right)[0]
    rest = run("%a.exclude(%b).distinct().count()", a=left, b=right)[0]

    assert both + rest == len(distinct(left))


@steady
@given(collections)
def test_collections_equal_themselves_and_are_equivalent_in_any_order(values):
    assert equal_collections(values, values) is (True if values else None)
    assert equivalent_collections(values, list(reversed(values)))


@steady
@given(collections, st.integers(0, 6))
def test_take_and_skip_part_a_collection(values, count):
    assert run("%a.take(%n).combine(%a.skip(%n)).count()", a=values, n=count) == [len(values)]


@steady
@given(integers | decimals, integers | decimals)
def test_arithmetic_is_exact(one, other):
    assert run("%a + %b", a=one, b=other) == [one + other]
    assert run("%a - %b", a=one, b=other) == [one - other]
    assert run("%a * %b = %b * %a", a=one, b=other) == [True]
    assert run("%a < %b", a=one, b=other) == [one < other]


@steady
@given(integers, integers)
def test_div_and_mod_make_the_whole_again(one, other):
    assume(other != 0)

    assert run("(%a div %b) * %b + (%a mod %b) = %a", a=one, b=other) == [True]


@steady
@given(decimals, st.integers(0, 8))
def test_boundaries_enclose_the_number(value, digits):
    low, high = run("%v.lowBoundary(%d) | %v.highBoundary(%d)", v=value, d=digits)

    assert low <= value <= high


@steady
@given(words, words)
def test_text_functions_agree_with_python(text, other):
    assert run("%a + %b", a=text, b=other) == [text + other]
    assert run("%a.length()", a=text) == [len(text)]
    assert run("%a.contains(%b)", a=text, b=other) == [other in text]
    assert run("%a.indexOf(%b)", a=text, b=other) == [text.find(other)]
    assert run("%a.split(%b).join(%b)", a=text, b=other) == [text]
    assert run("%a.toChars().join('')", a=text) == [text]


@steady
@given(words, st.sampled_from(["base64", "urlbase64", "hex"]))
def test_decode_undoes_encode(text, form):
    assert run("%a.encode(%f).decode(%f)", a=text, f=form) == [text]


@steady
@given(words)
def test_unescape_of_html_undoes_escape(text):
    assume("&" not in text)

    assert run("%a.escape('html').unescape('html')", a=text) == [text]


@steady
@given(words)
def test_text_in_an_expression_is_the_text(text):
    quoted = text.replace("\\", "\\\\").replace("'", "\\'")

    assert Path(f"'{quoted}'")({}) == [text]


@steady
@given(st.sampled_from([None, True, False]), st.sampled_from([None, True, False]))
def test_logic_has_three_values(one, other):
    def truth(expression):
        found = run(expression, a=one, b=other)
        return found[0] if found else None

    known = [value for value in (one, other) if value is not None]
    assert truth("%a and %b") is (False if False in known else True if len(known) == 2 else None)
    assert truth("%a or %b") is (True if True in known else False if len(known) == 2 else None)
    assert truth("%a implies %b") is truth("%a.not() or %b")
    assert truth("%a xor %b") is (one != other if len(known) == 2 else None)


@steady
@given(st.lists(integers | decimals, min_size=1, max_size=6))
def test_aggregates_agree_with_python(numbers):
    assert run("%n.sum()", n=numbers) == [sum(numbers)]
    assert run("%n.min()", n=numbers) == [min(numbers)]
    assert run("%n.max()", n=numbers) == [max(numbers)]
    assert run("%n.sort()", n=numbers) == sorted(numbers)
    assert run("%n.sort(-$this)", n=numbers) == sorted(numbers, reverse=True)
    assert run("%n.aggregate($total + $this, 0)", n=numbers) == [sum(numbers)]


@steady
@given(decimals, st.sampled_from([("g", "mg"), ("cm", "m"), ("kg", "[lb_av]"), ("mm[Hg]", "kPa"), ("L", "mL")]))
def test_sums_do_not_depend_on_the_unit(value, units):
    one, other = Quantity(value, units[0]), Quantity(Decimal(2), units[1])
    there, back = one.plus(other), other.plus(one)

    assert there is not None
    assert back is not None
    assert abs(there.base() - back.base()) <= Decimal("1e-15")
