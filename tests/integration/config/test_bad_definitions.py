"""A node whose definitions/ hold a file with a mistake: the file is named with its place, the node stays as it was."""

import shutil
from pathlib import Path

import pytest
from django.conf import settings as node

from ansinh.config import loading
from ansinh.fhir.store import database, journal
from ansinh.fhir.terminology import concepts
from ansinh.fhir.views import live
from ansinh.kernel.errors import UserError

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path, settings):
    """The shipped definitions, to be spoiled."""
    shutil.copytree(node.DEFINITIONS, tmp_path / "definitions")
    settings.DEFINITIONS = tmp_path / "definitions"
    yield settings.DEFINITIONS
    concepts.clear_cache()


def kept_views() -> list[tuple[str, str]]:
    """Each view that the node keeps, with the digest of its definition."""
    return sorted(database.fetch("SELECT name, hash FROM live_view"))


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


MISTAKES = [
    ("views/patient.yaml", "resource: Patient", "resource: Pacient", "patient.yaml", "resource"),
    ("codesystems/plan-role.yaml", "- {code:", "- {coda:", "plan-role.yaml", "concepts[0]"),
    ("measures/visits/measure.yaml", "unit: count", "unit: số", "visits/measure.yaml", "unit"),
    ("templates/bao-cao-nam.yaml", "{plan_subject}", "{plan_subjekt}", "bao-cao-nam.yaml", "subject"),
    ("templates/bao-cao-nam.yaml", "goals_table", "goals_tabel", "bao-cao-nam.yaml", "parts"),
    ("templates/bao-cao-nam.yaml", "stays-open, visits,", "stays-open, visit,", "bao-cao-nam.yaml", "figures["),
    ("plans/ninh-binh-2021-2030.yaml", 'comparator: ">="', 'comparator: "=>"', "ninh-binh-2021-2030.yaml", "goals[0]"),
]


@pytest.mark.parametrize(("file", "old", "new", "name", "place"), MISTAKES, ids=[row[0] for row in MISTAKES])
def test_mistake_in_a_file_is_told_with_its_place_and_the_node_stays_as_it_was(
    world, folder, file, old, new, name, place
):
    before = journal.position(), kept_views()
    change(folder / file, old, new)

    with pytest.raises(UserError) as caught:
        list(loading.load_definitions())

    said = " ".join([caught.value.message, *(f"{each.expression} {each.message}" for each in caught.value.problems)])
    assert name in said
    assert place in said
    assert (journal.position(), kept_views()) == before


def test_views_stay_as_they_were_when_another_file_is_refused(world, folder):
    before = journal.position(), kept_views()
    change(folder / "views" / "patient.yaml", "name: patient\n", "name: patient\nversion: other\n")
    change(folder / "views" / "encounter.yaml", "path: class.code", "path: class.display")
    change(folder / "plans" / "ninh-binh-2021-2030.yaml", 'comparator: ">="', 'comparator: "=>"')

    with pytest.raises(UserError):
        list(loading.load_definitions())

    assert (journal.position(), kept_views()) == before
    assert "class" in live.registered()["encounter"].names
