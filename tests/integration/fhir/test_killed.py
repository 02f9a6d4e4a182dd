"""A node that is killed in the middle of a storm of writes: what it had answered is there, nothing is there by half."""

import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

import pytest

from ansinh.config.cli.serve import command
from tests.support.databases import fresh_database

WRITERS, ANSWERS, PARTS = 8, 80, 5
PATIENCE = 60

PREPARE = """
import django; django.setup()
from datetime import timedelta
from django.conf import settings
from django.core.management import call_command
call_command("migrate", verbosity=0)
from ansinh.access import tokens
from ansinh.access.actions import create_account
from ansinh.access.models import Assignment
from ansinh.fhir.store import Repository
from ansinh.fhir.views import live
from ansinh.kernel.context import system_context
live.sync(settings.DEFINITIONS)
Repository(system_context()).save({"resourceType": "Organization", "id": "storm", "name": "Bão"})
user = create_account(username="storm", password="chỉ để thử 1942", full_name="Bão", role="doctor", unit="storm")
print(tokens.issue(Assignment.objects.get(user=user), label="storm", valid_for=timedelta(hours=1)))
"""

CHECK = """
import django; django.setup()
import json
from collections import Counter
from ansinh.fhir.store import journal
from ansinh.fhir.views import live
parts = Counter(tag["code"] for entry in journal.every() for tag in entry.resource["meta"].get("tag", ()))
versions = {}
for entry in journal.every():
    versions.setdefault((entry.type, entry.id), []).append(entry.version)
gaps = [name for (_, name), found in versions.items() if found != list(range(1, len(found) + 1))]
kept = [name for name in ("patient", "observation", "patient_identifier") if not live.check(name)]
print(json.dumps({"entries": journal.verify(), "parts": parts, "wrong": kept, "gaps": gaps}))
"""


def connected(port: int) -> contextlib.closing[http.client.HTTPConnection]:
    """A connection that is closed at the end."""
    return contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE))


class Node:
    """The served node of one database: started, killed, started again."""

    def __init__(self, environment: dict[str, str]):
        self.environment = environment
        self.token = self.run(PREPARE).strip()

    def run(self, script: str) -> str:
        done = subprocess.run(
            [sys.executable, "-c", script], env=self.environment, capture_output=True, text=True, timeout=200
        )
        assert done.returncode == 0, done.stderr[-2000:]
        return done.stdout

    @contextlib.contextmanager
    def serving(self) -> Iterator[int]:
        """The port; killed without warning at the end."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        line = command("ansinh.config.wsgi:application", "127.0.0.1", port, 1, WRITERS)
        process = subprocess.Popen(line, env=self.environment, start_new_session=True, stderr=subprocess.DEVNULL)
        try:
            self._first_answer(port)
            yield port
        finally:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(PATIENCE)

    def _first_answer(self, port: int) -> None:
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            with contextlib.suppress(OSError), connected(port) as line:
                if self.ask(line, "GET", "/metadata")[0] == 200:
                    return
            time.sleep(0.05)
        raise AssertionError("the node does not answer")

    def ask(self, line: http.client.HTTPConnection, method: str, path: str, body=None, **headers: str) -> tuple:
        """(status, resource)."""
        sent = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/fhir+json", **headers}
        line.request(method, f"/fhir{path}", None if body is None else json.dumps(body), sent)
        answer = line.getresponse()
        return answer.status, json.loads(answer.read() or b"null")


def person(fhir_id: str, count: int) -> dict:
    name = {"text": f"Người {count}"}
    unit = {"reference": "Organization/storm"}
    return {"resourceType": "Patient", "id": fhir_id, "name": [name], "managingOrganization": unit}


def note(reference: str, **more) -> dict:
    code = {"coding": [{"system": "http://loinc.org", "code": "8867-4"}]}
    subject = {"reference": reference}
    return {"resourceType": "Observation", "status": "final", "code": code, "subject": subject, **more}


def bundle(name: str) -> dict:
    """A person and notes about that person, each marked with the name of the bundle."""
    urn, meta = f"urn:uuid:{name}", {"tag": [{"system": "urn:storm", "code": name}]}
    resources = [note(urn, meta=meta) for _ in range(PARTS - 1)] + [{**person("x", 0), "meta": meta}]
    entries = [
        {"request": {"method": "POST", "url": one["resourceType"]}, "resource": one, "fullUrl": f"{urn}-{number}"}
        for number, one in enumerate(resources)
    ]
    entries[-1]["fullUrl"] = urn
    return {"resourceType": "Bundle", "type": "transaction", "entry": entries}


class Storm:
    """Writers that never stop; what was answered is noted as soon as it is."""

    def __init__(self, node: Node, port: int):
        self.node, self.port = node, port
        self.written: list[dict] = []
        self.bundles: list[str] = []
        self.wrong: list[tuple] = []
        self.enough = threading.Event()
        self.threads = [threading.Thread(target=self._write, args=[number]) for number in range(WRITERS)]

    def _write(self, number: int) -> None:
        own, version = f"storm-{number}", 0
        with contextlib.suppress(OSError, http.client.HTTPException), connected(self.port) as line:
            for count in range(100_000):
                match = {"If-Match": f'W/"{version}"'} if version else {}
                saved = self._note(self.node.ask(line, "PUT", f"/Patient/{own}", person(own, count), **match))
                version = int(saved["meta"]["versionId"])
                self._note(self.node.ask(line, "POST", "/Observation", note(f"Patient/{own}")))
                self._refuse(412, line, "PUT", f"/Patient/{own}", person(own, count), **{"If-Match": 'W/"99999"'})
                self._refuse(422, line, "POST", "/Observation", note("Patient/nobody"))
                name = f"0198c000-0000-7000-8000-{number:04d}{count:08d}"
                answer = self.node.ask(line, "POST", "", bundle(name))
                if answer[0] == 200:
                    self.bundles.append(name)
                else:
                    self.wrong.append(answer)

    def _refuse(self, status: int, *request, **headers: str) -> None:
        """Ask for what must be refused, in the midst of what is taken."""
        answer = self.node.ask(*request, **headers)
        if answer[0] != status:
            self.wrong.append(answer)

    def _note(self, answer: tuple) -> dict:
        if answer[0] in (200, 201):
            self.written.append(answer[1])
        else:
            self.wrong.append(answer)
        if len(self.written) > ANSWERS:
            self.enough.set()
        return answer[1]

    def rage(self) -> None:
        """Until there were enough answers; the writers go on."""
        for thread in self.threads:
            thread.start()
        assert self.enough.wait(PATIENCE), self.wrong[:3]

    def end(self) -> None:
        for thread in self.threads:
            thread.join(PATIENCE)


@pytest.fixture
def node(tmp_path, db) -> Iterator[Node]:
    with fresh_database(tmp_path, "storm") as url:
        environment = {"DATABASE_URL": url, "ANSINH_STATE": str(tmp_path), "PYTHONPATH": os.pathsep.join(sys.path)}
        yield Node({**os.environ, **environment, "DJANGO_SETTINGS_MODULE": "ansinh.config.settings"})


def drop_in_the_middle(node: Node, port: int, sent: float) -> None:
    """Begin to send a transaction, and hang up after a part of its body."""
    body = json.dumps(bundle("0198c000-0000-7000-8000-999999999999")).encode()
    head = f"POST /fhir HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {node.token}\r\n"
    head += f"Content-Type: application/fhir+json\r\nContent-Length: {len(body)}\r\n\r\n"
    with socket.create_connection(("127.0.0.1", port)) as line:
        line.sendall(head.encode() + body[: int(len(body) * sent)])


def test_node_that_is_killed_keeps_what_it_answered_and_nothing_by_half(node):
    with node.serving() as port:
        for sent in (0.0, 0.5, 0.99):
            drop_in_the_middle(node, port, sent)
        storm = Storm(node, port)
        storm.rage()
    storm.end()

    found = json.loads(node.run(CHECK))

    assert storm.wrong == []
    assert (found["wrong"], found["gaps"]) == ([], [])
    assert found["entries"] > len(storm.written)
    assert set(found["parts"].values()) <= {PARTS}
    assert "0198c000-0000-7000-8000-999999999999" not in found["parts"]
    assert set(storm.bundles) <= set(found["parts"])
    with node.serving() as port, connected(port) as line:
        for one in storm.written:
            path = f"/{one['resourceType']}/{one['id']}/_history/{one['meta']['versionId']}"
            assert node.ask(line, "GET", path) == (200, one)
        assert node.ask(line, "POST", "/Observation", note("Patient/storm-0"))[0] == 201
