"""Files of a job: full ones are followed by another, and what was cut off is written again, not twice."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansinh.fhir.bulk.ndjson import Files


def test_lines_go_to_one_file_of_each_stem(tmp_path):
    files = Files(tmp_path)
    files.write("Patient", [b"1", b"2"], type="Patient")
    files.write("Observation", [b"3"], type="Observation")
    files.write("Patient", [b"4"])
    files.close()

    assert (tmp_path / "Patient-1.ndjson").read_bytes() == b"1\n2\n4\n"
    assert [(one["name"], one["count"], one["size"]) for one in files.state] == [
        ("Patient-1.ndjson", 3, 6),
        ("Observation-1.ndjson", 1, 2),
    ]


def test_a_full_file_is_followed_by_another(tmp_path):
    files = Files(tmp_path, most_lines=2)
    files.write("Patient", [b"1", b"2", b"3", b"4", b"5"])
    files.close()

    assert [one["count"] for one in files.state] == [2, 2, 1]
    assert (tmp_path / "Patient-3.ndjson").read_bytes() == b"5\n"


def test_nothing_to_write_makes_no_file(tmp_path):
    files = Files(tmp_path)
    files.write("Patient", [])
    files.close()

    assert list(tmp_path.iterdir()) == []


def test_files_are_readable_by_their_owner_alone(tmp_path):
    files = Files(tmp_path)
    files.write("Patient", [b"1"])
    files.close()

    assert (tmp_path / "Patient-1.ndjson").stat().st_mode & 0o777 == 0o600


@given(
    batches=st.lists(st.lists(st.integers(0, 999), max_size=7), min_size=1, max_size=8),
    crash_after=st.integers(0, 7),
    most=st.integers(1, 5),
)
def test_going_on_from_a_kept_state_loses_nothing_and_repeats_nothing(tmp_path_factory, batches, crash_after, most):
    folder = tmp_path_factory.mktemp("files")
    kept: tuple[int, list] = (0, [])
    with Files(folder, most_lines=most) as files:
        for number, batch in enumerate(batches):
            files.write("x", [str(each).encode() for each in batch])
            if number == crash_after:
                break  # written, never kept
            files.keep()
            kept = number + 1, [dict(one) for one in files.state]

    again = Files(folder, kept[1], most_lines=most)
    for batch in batches[kept[0] :]:
        again.write("x", [str(each).encode() for each in batch])
    again.close()

    found = b"".join((folder / one["name"]).read_bytes() for one in again.state)
    assert found.split() == [str(each).encode() for batch in batches for each in batch]


@pytest.mark.parametrize("lines", [[b"1"], [b"1", b"2", b"3"]])
def test_what_was_written_after_the_state_was_kept_is_cut(tmp_path, lines):
    files = Files(tmp_path)
    files.write("x", [b"0"])
    files.keep()
    state = [dict(one) for one in files.state]
    files.write("x", lines)
    files.close()

    again = Files(tmp_path, state)
    again.write("x", [b"9"])
    again.close()

    assert (tmp_path / "x-1.ndjson").read_bytes() == b"0\n9\n"
