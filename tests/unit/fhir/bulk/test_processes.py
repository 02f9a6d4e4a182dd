"""Messages between the processes of an import, and what becomes of one that dies."""

import io

import pytest

from ansinh.fhir.bulk import preparing, processes
from ansinh.fhir.bulk.lines import Block
from ansinh.fhir.index.numbers import key
from ansinh.kernel.errors import UserError

GOOD = b'{"resourceType":"Basic","id":"b","code":{"text":"x"}}'


def test_messages_come_one_by_one_until_the_end():
    stream = io.BytesIO()
    for value in (["a"], {"b": b"x" * 100_000}):
        preparing.send(stream, value)
    stream.seek(0)

    assert [preparing.receive(stream) for _ in range(3)] == [["a"], {"b": b"x" * 100_000}, None]


def test_serve_prepares_each_block():
    source, target = io.BytesIO(), io.BytesIO()
    for data in (GOOD + b"\n{bad\n", GOOD):
        preparing.send(source, (Block(data, 1, 0), {"validated": True, "unit": ""}, {}))
    source.seek(0)

    preparing.serve(source, target)

    target.seek(0)
    first, second = preparing.receive(target), preparing.receive(target)
    assert [bool(one.problems) for one in first] == [False, True]
    assert [bool(one.problems) for one in second] == [False]
    assert first[0].given.rows.tables == second[0].given.rows.tables
    assert (first[1].given, first[0].mentions, first[0].judged) == (None, {}, False)


def test_preparing_names_what_a_line_mentions():
    line = b'{"resourceType":"Basic","id":"b","code":{"text":"x"},"subject":{"reference":"Patient/p"}}'

    assert preparing.prepare(Block(line, 1, 0), validated=True)[0].mentions == {key("Patient", "p"): ("Patient", "p")}


def test_without_validation_only_shape_and_index_are_looked_at():
    line = b'{"resourceType":"Basic","id":"b","nonsense":1}'

    assert preparing.prepare(Block(line, 1, 0), validated=False)[0].problems == ()
    assert preparing.prepare(Block(line, 1, 0), validated=True)[0].problems != ()


@pytest.fixture
def dying(monkeypatch):
    """Processes that end as soon as they are asked."""
    real = processes.subprocess.Popen

    def start(command, **named):
        return real([command[0], "-c", "import sys; sys.stdin.buffer.read(9)"], **named)

    monkeypatch.setattr(processes.subprocess, "Popen", start)
    monkeypatch.setattr(processes.projections, "look", dict)  # there is no database here


def test_process_that_dies_ends_the_import_with_a_sentence(dying):
    with processes.preparers(1, validated=True) as made, pytest.raises(UserError, match="dừng bất ngờ"):
        list(made.prepare([Block(GOOD * 3000, 1, 0)] * 3))
