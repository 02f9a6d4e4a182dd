"""Commands that start other programs: which ones, with what, and how their ends become one answer."""

import argparse
import importlib
import itertools
import json
import os
import socket
import subprocess
import sys

import pytest

from ansinh.config import loading, settings
from ansinh.config.cli.__main__ import COMMANDS
from ansinh.config.cli.listening import try_address
from ansinh.kernel.errors import Invalid, Refused


def options(command, *words):
    module = importlib.import_module(f"ansinh.config.cli.{COMMANDS[command]}")
    parser = argparse.ArgumentParser()
    module.add_arguments(parser)
    return module, parser.parse_args([str(word) for word in words])


def run(command, *words):
    module, given = options(command, *words)
    return module.run(given)


@pytest.fixture
def calls(monkeypatch):
    """Programs that were started: their words and their environment; `calls.fails` makes those with a word fail."""

    class Calls(list):
        fails: str = ""

    made = Calls()

    def call(command, env=None, **rest):
        made.append((command, env))
        return 1 if made.fails and made.fails in command else 0

    monkeypatch.setattr(subprocess, "call", call)
    return made


def words_of(calls):
    return [" ".join(command) for command, _ in calls]


# test


def test_all_kinds_run_where_they_belong_and_integration_on_both_databases(calls, monkeypatch, capsys):
    monkeypatch.setenv("TEST_POSTGRESQL_URL", "postgresql://db/an_sinh")
    monkeypatch.setenv("DATABASE_URL", "sqlite:////srv/node.sqlite3")

    assert run("test") == 0

    said = words_of(calls)
    assert [line for line in said if line.startswith("npm")] == ["npm run --silent check", "npm run --silent test"]
    suites = [(command[command.index("-q") + 1 :], env) for command, env in calls if "pytest" in command]
    pure, sqlite, postgresql, functional = suites
    assert {"tests/unit", "tests/spec", "tests/property", "tests/architecture", "tests/conformance"} <= set(pure[0])
    assert "tests/integration" not in pure[0]
    assert sqlite[0][-1:] == ["tests/integration"]
    assert {"tests/integration", "tests/property"} <= set(postgresql[0])
    assert postgresql[1]["DATABASE_URL"] == "postgresql://db/an_sinh"
    assert functional[0][-1:] == ["tests/functional"]
    assert all("DATABASE_URL" not in env for _, env in (pure, sqlite, functional)), "tests touch the node's own data"
    assert capsys.readouterr().out.count("✓") == 5


def test_one_kind_on_one_database_starts_just_that(calls):
    assert run("test", "--kind", "integration", "--database", "sqlite", "--", "-k", "plans", "-x") == 0

    ((command, _),) = calls
    assert command[-4:] == ["tests/integration", "-k", "plans", "-x"]


def test_every_suite_runs_though_one_fails_and_the_end_says_so(calls, capsys):
    calls.fails = "tests/unit"

    assert run("test", "--kind", "unit", "--kind", "functional") == 1

    said = capsys.readouterr().out
    assert len(calls) == 2
    assert "✗ thuần và đặc tả" in said
    assert "✓ hành trình trong Chromium" in said


def test_front_end_that_does_not_type_check_is_not_tested_further(calls):
    calls.fails = "check"

    assert run("test", "--kind", "frontend") == 1
    assert words_of(calls) == ["npm run --silent check"]


def test_kind_without_tests_of_its_own_is_no_failure(monkeypatch):
    monkeypatch.setattr(subprocess, "call", lambda *args, **kwargs: 5)

    assert run("test", "--kind", "docs") == 0


# check, fix, bench


def test_check_runs_every_tool_though_one_fails_and_names_it(calls, monkeypatch, capsys):
    from ansinh.config.cli import check

    monkeypatch.setattr(check, "_translations", lambda: 0)
    monkeypatch.setattr(check, "_templates", lambda: 0)
    monkeypatch.setattr(check, "_not_nfc", lambda: 1)
    calls.fails = "mypy"

    assert run("check") == 1

    said = words_of(calls)
    for tool in ("ruff check", "ruff format --check", "lint-imports", "mypy", "makemigrations --check"):
        assert any(tool in line for line in said), tool
    assert capsys.readouterr().out.splitlines()[-1] == "✗ Chưa đạt: kiểu, NFC"


def test_check_finds_text_that_is_not_composed(tmp_path, monkeypatch, capsys):
    from ansinh.config.cli import check

    (tmp_path / "đúng.md").write_text("Đắk Nông", encoding="utf-8")
    (tmp_path / "sai lầm.md").write_text("Ðắk Nông a\u0301", encoding="utf-8")
    (tmp_path / "ảnh.png").write_bytes(b"\xff\xfe")
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    subprocess.run(["git", "add", "."], cwd=tmp_path, check=True)
    monkeypatch.setattr(check, "_root", lambda: tmp_path)

    assert check._not_nfc() == 1
    assert "không ở dạng NFC: sai lầm.md" in capsys.readouterr().out


def test_fix_mends_with_ruff_and_ends_with_its_answer(calls):
    calls.fails = "format"

    assert run("fix") == 1
    assert ["ruff check --fix" in words_of(calls)[0], "ruff format" in words_of(calls)[1]] == [True, True]


def test_bench_without_a_name_tells_the_names_and_with_one_runs_it_alone(calls, capsys):
    assert run("bench") == 0
    told = capsys.readouterr().out
    name = told.partition(": ")[2].split(", ")[0].strip()

    assert run("bench", name, "--people", "20") == 0
    assert calls[0][0][1:] == [str(settings.ROOT / "benchmarks" / f"{name}.py"), "--people", "20"]
    assert run("bench", "../secrets") == 2
    assert len(calls) == 1


# serve and demo


@pytest.fixture
def replaced(monkeypatch):
    """What the process would have become; serving ends the test's process otherwise."""
    became = []
    monkeypatch.setattr(os, "execv", lambda program, words: became.append(words))
    monkeypatch.setattr(loading, "is_current", lambda: True)
    for name in ("ANSINH_WORKER", "MALLOC_ARENA_MAX", "MALLOC_MMAP_THRESHOLD_", "MALLOC_TRIM_THRESHOLD_"):
        monkeypatch.setenv(name, "to be restored")
        monkeypatch.delenv(name)
    return became


@pytest.fixture
def free_port():
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


def test_serve_becomes_one_server_with_its_worker_inside(replaced, free_port):
    assert run("serve", "--host", "0.0.0.0", "--port", free_port) == 0

    (words,) = replaced
    assert words[:3] == [sys.executable, "-m", "granian"]
    pairs = dict(itertools.pairwise(words))
    assert (pairs["--host"], pairs["--port"], pairs["--workers"]) == ("0.0.0.0", free_port, "1")
    assert os.environ["ANSINH_WORKER"] == "on"


@pytest.mark.parametrize("command", ["serve", "demo"])
def test_busy_port_is_refused_before_anything_is_loaded(replaced, demo, command):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]

        with pytest.raises(Refused, match=f"Cổng {port} đang có chương trình khác dùng.*--port {port + 1}"):
            run(command, "--port", port)

    assert replaced == []
    assert demo.loads == 0


def test_port_that_a_server_left_a_moment_ago_is_free(free_port):
    address = ("127.0.0.1", int(free_port))
    with socket.create_server(address) as server, socket.create_connection(address):
        server.accept()[0].close()  # the side that closes first waits: TIME_WAIT

    try_address(*address)


def test_unknown_host_is_refused():
    with pytest.raises(Invalid, match="--host"):
        try_address("may.khong.co.invalid", 8000)


def test_address_of_another_machine_is_refused():
    with pytest.raises(Refused, match=r"Không mở được 192\.0\.2\.1:8000"):
        try_address("192.0.2.1", 8000)


def test_demo_serves_with_its_worker_inside(replaced, demo, free_port, capsys):
    demo.run_whole("--port", free_port)

    assert len(replaced) == 1
    assert os.environ["ANSINH_WORKER"] == "on"
    assert f"http://127.0.0.1:{free_port}/" in capsys.readouterr().out


def test_serve_without_worker_leaves_long_jobs_to_another_process(replaced, free_port):
    run("serve", "--no-worker", "--port", free_port)

    assert os.environ["ANSINH_WORKER"] == "off"


def test_serve_keeps_the_memory_settings_that_were_given(replaced, monkeypatch, free_port):
    monkeypatch.setenv("MALLOC_ARENA_MAX", "8")

    run("serve", "--port", free_port)

    assert os.environ["MALLOC_ARENA_MAX"] == "8"


def test_serve_brings_an_old_node_up_to_date_before_it_answers(replaced, monkeypatch, free_port):
    order = []
    monkeypatch.setattr(loading, "is_current", lambda: False)
    monkeypatch.setattr(loading, "bring_up_to_date", lambda **options: order.append("loaded") or [])
    monkeypatch.setattr(os, "execv", lambda *args: order.append("served"))

    run("serve", "--port", free_port)

    assert order == ["loaded", "served"]


@pytest.fixture
def demo(monkeypatch, tmp_path):
    """`./ansinh demo` with a state folder of its own; `demo.loads` counts how often data was loaded."""
    from ansinh.config.cli import demo as module

    class Demo:
        loads = 0
        current = True

        def run(self, *words):
            return run("demo", "--load-only", *words)

        def run_whole(self, *words):
            return run("demo", *words)

    made = Demo()

    def load(given):
        made.loads += 1
        return [f"đã nạp {given.people} người"]

    monkeypatch.setattr(module, "_load", load)
    monkeypatch.setattr(loading, "state", lambda: "định nghĩa 1")
    monkeypatch.setattr(loading, "is_current", lambda: made.current)
    monkeypatch.setattr(settings, "STATE", tmp_path)
    return made


def test_demo_run_twice_loads_once_and_tells_the_same(demo, capsys):
    demo.run("--people", "20")
    first = capsys.readouterr().out
    demo.run("--people", "20")

    assert demo.loads == 1
    assert capsys.readouterr().out == first
    assert "đã nạp 20 người" in first
    assert "http://127.0.0.1:8000/" in first


@pytest.mark.parametrize("words", [("--people", "30"), ("--people", "20", "--seed", "2")])
def test_demo_of_other_people_loads_again(demo, words):
    demo.run("--people", "20")
    demo.run(*words)

    assert demo.loads == 2


def test_demo_loads_again_when_the_node_changed(demo, monkeypatch):
    demo.run()
    demo.current = False  # the database is gone, or holds something else
    demo.run()
    demo.current = True
    monkeypatch.setattr(loading, "state", lambda: "định nghĩa 2")
    demo.run()

    assert demo.loads == 3


def test_demo_that_broke_off_is_not_noted_as_loaded(demo, monkeypatch, tmp_path):
    from ansinh.config.cli import demo as module

    def fail(given):
        raise OSError("đĩa đầy")

    monkeypatch.setattr(module, "_load", fail)
    with pytest.raises(OSError, match="đĩa đầy"):
        demo.run()

    assert not (tmp_path / "demo-loaded.json").exists()


def test_demo_note_is_plain_text_of_utf8(demo, tmp_path):
    demo.run("--people", "20")

    noted = json.loads((tmp_path / "demo-loaded.json").read_text(encoding="utf-8"))
    assert noted["told"] == ["đã nạp 20 người"]


# worker


def test_worker_runs_until_it_is_told_to_end_and_gives_the_lead_back(monkeypatch, capsys):
    import signal

    from ansinh.fhir.jobs import worker
    from ansinh.fhir.store import watching
    from ansinh.fhir.store.audit import trail

    order = []

    class Worker:
        def start(self):
            order.append("started")

        def stop(self):
            order.append("stopped")

        def join(self):
            order.append("lead given back")

    class Watch:
        def __init__(self, stop):
            self.stop = stop

        def join(self, seconds):
            assert self.stop.is_set()

    monkeypatch.setattr(worker, "Worker", Worker)
    monkeypatch.setattr(watching, "start", Watch)
    monkeypatch.setattr(trail, "start", Watch)
    monkeypatch.setattr(signal, "pthread_sigmask", lambda how, which: order.append(("blocked", which)))
    monkeypatch.setattr(signal, "sigwait", lambda which: order.append("told to end"))

    assert run("worker") == 0

    assert order == [
        ("blocked", {signal.SIGTERM, signal.SIGINT}), "started", "told to end", "stopped", "lead given back",
    ]  # fmt: skip
    assert "Đang nhận việc" in capsys.readouterr().out
