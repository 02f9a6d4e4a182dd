"""Clients of other people, unchanged, against a served node: each has a conversation with it from a process of its own.

The conversations are in `clients/`, in the language of the client: create, read, update with a version, patch, search
with pages, history, transaction, errors and delete, as the client's own documentation tells its users to do it.
"""

import subprocess
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).with_name("clients")
PACKAGES = Path(__file__).resolve().parents[2] / "frontend"

CLIENTS = {
    "fhirclient": [sys.executable, "with_fhirclient.py"],
    "fhirpy": [sys.executable, "with_fhirpy.py"],
    "smart-fetch": [sys.executable, "with_smart_fetch.py"],
    "fhirclient by SMART": [sys.executable, "with_fhirclient_smart.py"],
    "smart-fetch by SMART": [sys.executable, "with_smart_fetch_smart.py"],
    "@medplum/core": ["node", "with_medplum.mjs"],
    "fhir-kit-client": ["node", "with_fhir_kit.mjs"],
}


@pytest.mark.parametrize("client", CLIENTS)
def test_client_of_others_works_unchanged(client, node, score):
    command = [*CLIENTS[client], node.address, node.token, *([str(PACKAGES)] if CLIENTS[client][0] == "node" else [])]

    done = subprocess.run(command, cwd=FOLDER, capture_output=True, text=True, timeout=120)

    passed = done.returncode == 0
    # The end of what it says: a library's source may be quoted in one long line.
    score("clients", int(passed), 1, expected=0)
    assert passed, "\n".join(line[:300] for line in done.stderr.splitlines()[-40:])


def test_clients_of_the_ledger_are_all_here():
    import yaml

    ledger = yaml.safe_load(Path(__file__).with_name("ledger.yaml").read_text(encoding="utf-8"))

    assert len(CLIENTS) == ledger["clients"]
    assert {path.name for path in FOLDER.iterdir() if path.suffix in (".py", ".mjs")} == {
        command[1] for command in CLIENTS.values()
    }
