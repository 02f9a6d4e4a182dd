"""Writers that never stop, each noting what was promised to it as soon as it was."""

import contextlib
import http.client
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

PARTS = 5
"""Resources of one transaction, all marked with its name."""
MARK = "urn:ansinh:torture"
UNIT = "torture"
_TIMEOUT = 30.0
_EARLIER = (412, 409)


@dataclass
class Promised:
    """written: resources as they were answered; bundles: names of transactions that were answered 200; refused: how
    many were told to try again (503, or no answer); wrong: answers that should not be."""

    written: list[dict[str, Any]] = field(default_factory=list)
    bundles: list[str] = field(default_factory=list)
    refused: int = 0
    wrong: list[str] = field(default_factory=list)

    @property
    def count(self) -> int:
        """Everything that must be there afterwards."""
        return len(self.written) + len(self.bundles)


class Storm:
    """`ports`: servers of the node, shared out among the writers."""

    def __init__(self, ports: list[int], token: str, name: str, writers: int = 6) -> None:
        self._ports, self._token, self._name = ports, token, name
        self.promised = Promised()
        self._over = threading.Event()
        self._lock = threading.Lock()
        self._some = threading.Condition(self._lock)
        self._threads = [threading.Thread(target=self._write, args=[number], daemon=True) for number in range(writers)]

    def begin(self) -> None:
        """Let them loose."""
        for thread in self._threads:
            thread.start()

    def wait_for(self, count: int, seconds: float = 60.0) -> bool:
        """True when so much was promised in time."""
        with self._some:
            return self._some.wait_for(lambda: self.promised.count >= count, seconds)

    def end(self) -> Promised:
        """Stop after the write under way."""
        self._over.set()
        for thread in self._threads:
            thread.join(2 * _TIMEOUT)
        return self.promised

    def _write(self, number: int) -> None:
        own, count, version = f"{self._name}-{number}", 0, 0
        while not self._over.is_set():
            count += 1
            with contextlib.suppress(OSError, http.client.HTTPException, ValueError), self._line(number) as line:
                while not self._over.is_set():
                    version = self._put(line, own, count, version)
                    self._post(line, own, count)
                    self._bundle(line, f"{self._name}-{number}-{count}")
                    count += 1
            with self._lock:
                self.promised.refused += 1
            self._over.wait(0.05)

    def _put(self, line: http.client.HTTPConnection, own: str, count: int, version: int) -> int:
        """A new version of the writer's own person. After an answer that was lost, the version is looked up."""
        match = {"If-Match": f'W/"{version}"'} if version else {}
        status, told = self._ask(line, "PUT", f"/Patient/{own}", person(own, count), **match)
        if status in _EARLIER:
            status, told = self._ask(line, "GET", f"/Patient/{own}")
            return int(told["meta"]["versionId"]) if status == 200 else 0
        self._note(status, told)
        return int(told["meta"]["versionId"]) if status in (200, 201) else version

    def _post(self, line: http.client.HTTPConnection, own: str, count: int) -> None:
        status, told = self._ask(line, "POST", "/Observation", note(f"Patient/{own}", count))
        if status != 422:  # the person was never written
            self._note(status, told)

    def _bundle(self, line: http.client.HTTPConnection, name: str) -> None:
        status, told = self._ask(line, "POST", "", bundle(name))
        self._note(status, told, name)

    def _note(self, status: int, told: Any, name: str = "") -> None:
        with self._some:
            if status in (200, 201):
                if name:
                    self.promised.bundles.append(name)
                else:
                    self.promised.written.append(told)
                self._some.notify_all()
            elif status == 503:
                self.promised.refused += 1
            else:
                key = (
                    told["issue"][0].get("diagnostics", "")[:120] if isinstance(told, dict) and "issue" in told else ""
                )
                self.promised.wrong.append(f"{status} {key}")

    def _ask(self, line: http.client.HTTPConnection, method: str, path: str, body: Any = None, **headers: str) -> tuple:
        sent = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/fhir+json"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        line.request(method, f"/fhir{path}", None if body is None else json.dumps(body), sent)
        answer = line.getresponse()
        return answer.status, json.loads(answer.read() or b"null")

    @contextlib.contextmanager
    def _line(self, number: int) -> Iterator[http.client.HTTPConnection]:
        port = self._ports[number % len(self._ports)]
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=_TIMEOUT)) as line:
            yield line


def person(fhir_id: str, count: int) -> dict[str, Any]:
    """A synthetic person of the drill's unit."""
    unit = {"reference": f"Organization/{UNIT}"}
    tag = {"tag": [{"system": "urn:ansinh:synthetic", "code": "torture"}]}
    name = [{"text": f"Người thử {count}"}]
    return {"resourceType": "Patient", "id": fhir_id, "meta": tag, "name": name, "managingOrganization": unit}


def note(reference: str, count: int, **more: Any) -> dict[str, Any]:
    """A pulse."""
    code = {"coding": [{"system": "http://loinc.org", "code": "8867-4"}]}
    value = {"value": 50 + count % 80, "unit": "/min"}
    return {
        "resourceType": "Observation", "status": "final", "code": code, "subject": {"reference": reference},
        "valueQuantity": value, **more,
    }  # fmt: skip


def bundle(name: str) -> dict[str, Any]:
    """A transaction of a person and notes, each marked with its name."""
    import uuid

    urn = f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, name)}"
    meta = {"tag": [{"system": MARK, "code": name}]}
    resources = [note(urn, number, meta=meta) for number in range(PARTS - 1)]
    entries: list[dict[str, Any]] = [
        {"request": {"method": "POST", "url": "Observation"}, "resource": one} for one in resources
    ]
    head = {**person("x", 0), "meta": meta}
    entries.append({"request": {"method": "POST", "url": "Patient"}, "resource": head, "fullUrl": urn})
    return {"resourceType": "Bundle", "type": "transaction", "entry": entries}
