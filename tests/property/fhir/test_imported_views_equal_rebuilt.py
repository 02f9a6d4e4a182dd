"""Random histories with imports among them: live rows are what the journal gives, and its chain is whole."""

from textwrap import dedent

import pytest
import yaml
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ansinh.fhir.bulk import importing, sources
from ansinh.fhir.jobs import queue, running
from ansinh.fhir.model import json
from ansinh.fhir.store import Repository, journal
from ansinh.fhir.views import live
from ansinh.kernel.context import system_context
from tests.property.fhir.test_live_views_equal_rebuilt import VIEWS, histories, observations, patients, play

pytestmark = pytest.mark.django_db

CODED_IF = {"Observation": {"code": {"text": "x"}}}
BROKEN = [b"", b"{", b"[]", b'{"resourceType":"Patient"}', b'{"resourceType":"Patient","id":"p1","gender":"neither"}']


def line(resource: dict) -> bytes:
    """As FHIR has it: no empty lists, every observation with a code."""
    names = [{key: value for key, value in name.items() if value} for name in resource.get("name", ())]
    return json.dumps({**resource, **({"name": names} if names else {}), **CODED_IF.get(resource["resourceType"], {})})


whole = st.one_of(patients, observations).map(line)
files = st.lists(whole | st.sampled_from(BROKEN), min_size=1, max_size=12)
steps = st.lists(st.tuples(st.just("import"), files) | st.tuples(st.just("write"), histories), min_size=1, max_size=4)


@pytest.fixture
def take(tmp_path, settings):
    """`take(lines)`: an import to its end; its result."""
    settings.STATE = tmp_path

    def run(lines: list[bytes]) -> dict:
        (tmp_path / "all.ndjson").write_bytes(b"\n".join(lines) + b"\n")
        job = running.run_now(importing.ask(system_context(), sources.sources([tmp_path / "all.ndjson"])))
        assert job.state == "done", job.error
        queue.remove(job.id)
        return job.result

    return run


@given(steps=steps, batch=st.sampled_from([0, 500]), block=st.sampled_from([1, 1 << 19]))
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_rows_kept_by_imports_equal_rebuilt_rows(tmp_path_factory, take, steps, batch, block):
    folder = tmp_path_factory.mktemp("views")
    definitions = yaml.safe_load(dedent(VIEWS))
    for definition in definitions:
        (folder / f"{definition['name']}.yaml").write_text(yaml.safe_dump(definition), encoding="utf-8")
    repository = Repository(system_context(), validate=False)
    with transaction.atomic():
        live.sync(folder)
        for what, given_ in steps:
            if what == "import":
                with pytest.MonkeyPatch.context() as patch:
                    patch.setattr(importing, "blocks", lambda *place: _blocks(*place, size=block))
                    result = take(given_)
                assert result["refused"] == sum(line in BROKEN for line in given_)
                assert result["written"] + result["unchanged"] + result["refused"] == len(given_)
            else:
                with repository.transaction(batch=batch):
                    play(repository, given_, batch)

        assert journal.verify() == journal.position()
        assert [live.differences(definition["name"]) for definition in definitions] == [[]] * len(definitions)
        transaction.set_rollback(True)


_blocks = importing.blocks


@given(steps=steps)
@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
def test_import_of_what_is_there_changes_nothing(take, steps):
    lines = [line for what, each in steps if what == "import" for line in each if line not in BROKEN]
    last = {(one["resourceType"], one["id"]): line for line in lines for one in (json.loads(line),)}
    with transaction.atomic():
        take(lines or [b""])
        before = journal.position()

        again = take(list(last.values()) or [b""])

        assert (again["written"], again["unchanged"]) == (0, len(last))
        assert journal.position() == before
        transaction.set_rollback(True)
