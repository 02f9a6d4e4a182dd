import json
from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from ansinh.programme.measures.figures import UnitFigure
from ansinh.programme.reports.snapshot import FigureRow, Snapshot, from_plain, to_plain


def test_snapshot_survives_json_unchanged(snapshot):
    text = json.dumps(to_plain(snapshot), ensure_ascii=False)

    assert from_plain(Snapshot, json.loads(text)) == snapshot


A_SHARE = st.none() | st.decimals(0, 100, places=1)
UNITS = st.lists(st.builds(UnitFigure, st.text(), st.text(), st.integers(), st.integers(), A_SHARE)).map(tuple)


@given(
    st.builds(
        FigureRow,
        *[st.text(max_size=5)] * 4,
        st.sampled_from(["percent", "count"]),
        st.text(max_size=5),
        st.integers(0, 10**6),
        st.integers(0, 10**6),
        st.none() | st.decimals(0, 100, places=1),
        st.text(max_size=5),
        st.integers(0, 2**31),
        st.dates(),
        st.dates(),
        st.lists(
            st.builds(
                UnitFigure, st.text(), st.text(), st.integers(), st.integers(), st.none() | st.decimals(0, 9, places=1)
            )
        ).map(tuple),
    )
)
def test_any_figure_survives_json_unchanged(figure):
    assert from_plain(FigureRow, json.loads(json.dumps(to_plain(figure)))) == figure


def test_from_plain_of_an_older_snapshot_uses_defaults_for_new_fields(snapshot):
    data = to_plain(snapshot)
    del data["staff"], data["facts"]

    read = from_plain(Snapshot, data)

    assert read.staff == ()
    assert read.facts == {}


def test_from_plain_reads_types_not_texts(snapshot):
    read = from_plain(Snapshot, json.loads(json.dumps(to_plain(snapshot))))

    assert read.goals[0].targets["2025"] == Decimal(80)
    assert read.end == date(2025, 12, 9)


def test_all_figures_name_each_measure_once(make):
    doubled = make.snapshot(figures=(make.figure(), make.figure("visits", "count", 1, 0)))

    ids = [figure.measure_id for figure in doubled.all_figures()]

    assert sorted(ids) == ["people-managed-electronically", "provincial-specialist-catalogue-coverage", "visits"]
