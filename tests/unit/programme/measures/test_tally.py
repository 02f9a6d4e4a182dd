"""Tallies against the subjects that they were made of, asked one by one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansinh.fhir.model import json
from ansinh.programme.measures import tally
from ansinh.programme.measures.tally import Tally

FACILITIES = ("a", "b", "c")

places = st.dictionaries(
    st.sampled_from(FACILITIES), st.sampled_from([(1, 1), (0, 1), (1, 0), (0, 0)]), min_size=1, max_size=3
)
subjects = st.lists(st.tuples(places, st.sets(st.sampled_from(["f", "m", ""]), min_size=1)), max_size=12)
some_facilities = st.sets(st.sampled_from(FACILITIES))


def rows_of(found):
    """What the database would answer for these subjects (places, strata)."""
    for number, (where, strata) in enumerate(found):
        apart = f"s{number}" if len(where) > 1 else ""
        for stratifier, stratum in [("", ""), *(("sex", each) for each in strata)]:
            for facility, (numerator, denominator) in where.items():
                yield {
                    "stratifier": stratifier,
                    "stratum": stratum,
                    "facility_id": facility,
                    "numerator": numerator,
                    "denominator": denominator,
                    "apart": apart,
                    "subjects": 1,
                }


def counts(found, facilities):
    """How many of the subjects count at one of the facilities, and how many belong to the population of one."""
    return tuple(
        sum(any(where[each][side] for each in facilities if each in where) for where, _ in found) for side in (0, 1)
    )


@given(subjects, some_facilities)
def test_figure_of_facilities_counts_each_subject_once(found, facilities):
    assert tally.of_rows(rows_of(found)).figure(facilities) == counts(found, facilities)


@given(subjects)
def test_figures_by_facility_are_the_figures_of_each(found):
    made = tally.of_rows(rows_of(found))

    by_facility = made.by_facility()

    assert {each for where, _ in found for each in where} == set(by_facility)
    assert all(made.figure({each}) == figure for each, figure in by_facility.items())


@given(subjects, some_facilities)
def test_strata_count_the_subjects_of_each_stratum(found, facilities):
    strata = tally.of_rows(rows_of(found)).strata("sex", facilities)

    present = {each for where, of in found if set(where) & facilities for each in of}
    assert strata == {each: counts([one for one in found if each in one[1]], facilities) for each in present}


@given(subjects, subjects, subjects)
def test_mended_tally_is_the_tally_of_the_mended_subjects(staying, leaving, coming):
    before = tally.of_rows(rows_of(staying + leaving))

    after = before.mended(tally.of_rows(rows_of(leaving)), tally.of_rows(rows_of(coming)))

    assert after == tally.of_rows(rows_of(staying + coming))


@given(subjects)
def test_plain_form_reads_back_through_json(found):
    made = tally.of_rows(rows_of(found))

    assert tally.from_plain(json.loads(json.dumps(tally.to_plain(made)))) == made


def test_mending_by_subjects_that_were_not_there_is_refused():
    one = tally.of_rows(rows_of([({"a": (1, 1)}, {"f"})]))

    with pytest.raises(ValueError, match="not counted before"):
        Tally().mended(one, Tally())


def test_empty_tally_counts_nobody():
    assert Tally().figure({"a"}) == (0, 0)
    assert Tally().by_facility() == {}
    assert Tally().strata("sex", {"a"}) == {}
