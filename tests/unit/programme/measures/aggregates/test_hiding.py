"""What may leave: no small count, and none that a sum gives away."""

from hypothesis import given
from hypothesis import strategies as st

from ansinh.programme.measures import rules
from ansinh.programme.measures.aggregates import hiding


def whole(**counts):
    return {(row, ""): (count,) for row, count in counts.items()}


def test_large_counts_all_leave():
    assert hiding.hidden(whole(a=5, b=80), [["a", "b"]]) == set()


def test_nobody_is_no_small_count():
    assert hiding.hidden(whole(a=0, b=80), [["a", "b"]]) == set()


def test_small_count_takes_the_next_smallest_with_it_where_the_sum_is_known():
    assert hiding.hidden(whole(a=3, b=80, c=20), [["a", "b", "c"]]) == {("a", ""), ("c", "")}


def test_small_count_stays_alone_where_no_sum_is_known():
    assert hiding.hidden(whole(a=3, b=80, c=20), []) == {("a", "")}


def test_two_small_counts_hide_each_other():
    assert hiding.hidden(whole(a=3, b=4, c=20), [["a", "b", "c"]]) == {("a", ""), ("b", "")}


def test_small_counts_of_two_provinces_do_not_hide_each_other():
    found = hiding.hidden(whole(a=3, b=80, c=4, d=60), [["a", "b"], ["c", "d"]])

    assert found == {("a", ""), ("b", ""), ("c", ""), ("d", "")}


def test_difference_of_numerator_and_denominator_is_small_too():
    assert hiding.hidden({("a", ""): (98, 100, 2)}, []) == {("a", "")}


def test_stratum_is_hidden_with_another_of_its_unit():
    counts = {("a", "nam"): (40,), ("a", "nữ"): (2,), ("a", "khác"): (0,)}

    assert hiding.hidden(counts, []) == {("a", "nữ"), ("a", "nam")}


def test_hiding_goes_on_until_no_sum_has_one_unknown():
    counts = {("a", "nam"): (2,), ("a", "nữ"): (30,), ("b", "nam"): (50,), ("b", "nữ"): (60,)}

    assert hiding.hidden(counts, [["a", "b"]]) == set(counts)


CELLS = st.dictionaries(
    st.tuples(st.sampled_from("abcd"), st.sampled_from(["x", "y", "z"])), st.tuples(st.integers(0, 40)), max_size=12
)


@given(CELLS, st.lists(st.sets(st.sampled_from("abcd"), min_size=1), max_size=3))
def test_no_shown_count_is_small_and_no_sum_has_one_unknown_among_known(counts, groups):
    found = hiding.hidden(counts, groups)

    assert all(not rules.is_small(counts[cell]) for cell in counts if cell not in found)
    for line in hiding._sums(counts, [frozenset(group) for group in groups]):
        unknown = [cell for cell in line if cell in found]
        others = [cell for cell in line if cell not in found and max(counts[cell]) > 0]
        assert len(unknown) != 1 or not others


@given(CELLS)
def test_hidden_cells_do_not_depend_on_the_order(counts):
    groups = [["a", "b"], ["c", "d"]]

    assert hiding.hidden(counts, groups) == hiding.hidden(dict(reversed(counts.items())), groups)
