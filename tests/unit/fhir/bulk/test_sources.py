"""Sources: what is there, in an order in which what is named comes first."""

import pytest

from ansinh.fhir.bulk.sources import Source, in_order, sources
from ansinh.kernel.errors import Invalid


@pytest.mark.parametrize(
    ("names", "order"),
    [
        (("Observation.ndjson", "Patient.ndjson"), ["Patient.ndjson", "Observation.ndjson"]),
        (("Patient-2.ndjson", "Patient-1.ndjson"), ["Patient-1.ndjson", "Patient-2.ndjson"]),
        (("Patient.000.ndjson", "Organization.ndjson"), ["Organization.ndjson", "Patient.000.ndjson"]),
        (("PatientList.ndjson", "Patient.ndjson"), ["Patient.ndjson", "PatientList.ndjson"]),
        (("b.ndjson", "a.ndjson", "Condition.ndjson"), ["Condition.ndjson", "a.ndjson", "b.ndjson"]),
        (("Task.ndjson", "Encounter.ndjson", "EpisodeOfCare.ndjson"),
         ["EpisodeOfCare.ndjson", "Encounter.ndjson", "Task.ndjson"]),
    ],
)  # fmt: skip
def test_files_come_in_the_order_of_their_types(names, order):
    assert [one.name for one in in_order(Source("", name, 0) for name in names)] == order


def test_folder_gives_its_ndjson_files_once(tmp_path):
    for name in ("Patient.ndjson", "Observation.ndjson", "notes.txt"):
        (tmp_path / name).write_text("{}\n")

    found = sources([tmp_path, tmp_path / "Patient.ndjson"])

    assert [(one.name, one.size) for one in found] == [("Patient.ndjson", 3), ("Observation.ndjson", 3)]
    assert all(one.path.startswith("/") for one in found)


def test_what_is_not_there_is_named(tmp_path):
    with pytest.raises(Invalid, match=r"nowhere\.ndjson"):
        sources([tmp_path / "nowhere.ndjson"])
