"""smart-fetch proves itself with its own key (`private_key_jwt`): `python with_smart_fetch_smart.py ADDRESS TOKEN`."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import requests
from jwcrypto.jwk import JWK


def registered(address: str, token: str, key: JWK) -> str:
    """The id of a server app that acts for the account `machine`."""
    told = {"client_name": "smart-fetch", "grant_types": ["client_credentials"], "ansinh_account": "machine",
            "token_endpoint_auth_method": "private_key_jwt", "scope": "system/*.rs",
            "jwks": {"keys": [json.loads(key.export_public())]}}  # fmt: skip
    place = requests.get(f"{address}/.well-known/smart-configuration", timeout=10).json()["registration_endpoint"]
    answer = requests.post(place, json=told, headers={"Authorization": f"Bearer {token}"}, timeout=10)
    assert answer.status_code == 201, answer.text
    return answer.json()["client_id"]


def main(address: str, token: str):
    key = JWK.generate(kty="EC", crv="P-384", kid="smart-fetch-1", use="sig", alg="ES384", key_ops=["sign", "verify"])
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/fhir+json"}
    made = requests.post(
        f"{address}/Patient", json={"resourceType": "Patient", "name": [{"text": "Vừ Thị Thử"}]},
        headers=headers, timeout=10,
    ).json()  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder, "key.jwks")
        place.write_text(json.dumps({"keys": [json.loads(key.export_private())]}), encoding="utf-8")
        command = [
            str(Path(sys.executable).with_name("smart-fetch")), "export", f"{folder}/out", "--fhir-url", address,
            "--smart-client-id", registered(address, token, key), "--smart-key", str(place),
            "--type", "Patient", "--export-mode", "crawl", "--hydration-tasks", "none", "--no-compression",
            "--no-default-filters",
        ]  # fmt: skip
        done = subprocess.run(command, capture_output=True, text=True, timeout=100)
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
        lines = [
            line for path in Path(folder, "out").rglob("Patient*.ndjson") for line in path.read_text().splitlines()
        ]
        assert made["id"] in {json.loads(line)["id"] for line in lines}


if __name__ == "__main__":
    main(*sys.argv[1:])
