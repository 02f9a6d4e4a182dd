"""A small OpenID Connect provider on this machine: discovery, keys, authorization code with PKCE, ID tokens.

It checks what a provider must (client, secret, redirect address, verifier, each code once), so that a relying party
that forgets one of them fails; `wrong` makes it answer with claims or a form that must be refused.
"""

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256

CLIENT, SECRET = "an-sinh", "bí mật: của/ứng dụng"


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _number(value: int) -> str:
    return _text(value.to_bytes((value.bit_length() + 7) // 8))


class Provider:
    """subject and more: who logs in next, and further claims. wrong: claims that replace the right ones."""

    def __init__(self) -> None:
        self.issuer = ""
        self.subject, self.more, self.wrong = "nguoi-1", {}, {}
        self.kid, self.key = "k1", rsa.generate_private_key(65537, 2048)
        self.asked: list[str] = []
        self.redirects = False
        self.metadata: dict[str, Any] = {}
        self._codes: dict[str, dict[str, str]] = {}

    def authorize(self, address: str) -> dict[str, str]:
        """What a browser that was sent to `address` brings back after its owner said yes."""
        query = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert query["response_type"] == "code"
        assert (query["client_id"], query["code_challenge_method"]) == (CLIENT, "S256")
        assert "openid" in query["scope"].split()
        code = secrets.token_urlsafe(16)
        self._codes[code] = query
        return {"code": code, "state": query["state"]}

    def rotate(self) -> None:
        """Another key, under another name."""
        self.kid, self.key = f"k{secrets.token_hex(2)}", rsa.generate_private_key(65537, 2048)

    def token(self, form: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        asked = self._codes.pop(form.get("code", ""), None)
        expected = base64.b64encode(f"{CLIENT}:{_quoted(SECRET)}".encode()).decode()
        if asked is None or authorization != f"Basic {expected}" or form["redirect_uri"] != asked["redirect_uri"]:
            return 400, {"error": "invalid_grant"}
        if _text(hashlib.sha256(form["code_verifier"].encode()).digest()) != asked["code_challenge"]:
            return 400, {"error": "invalid_grant"}
        now = int(time.time())
        claims = {"iss": self.issuer, "sub": self.subject, "aud": CLIENT, "iat": now, "exp": now + 300,
                  "nonce": asked["nonce"], **self.more, **self.wrong}  # fmt: skip
        return 200, {"access_token": "x", "token_type": "Bearer", "id_token": self._sign(claims)}

    def keys(self) -> dict[str, Any]:
        numbers = self.key.public_key().public_numbers()
        return {"keys": [{"kty": "RSA", "use": "sig", "alg": "RS256", "kid": self.kid, "n": _number(numbers.n),
                          "e": _number(numbers.e)}]}  # fmt: skip

    def document(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            **self.metadata,
        }

    def _sign(self, claims: dict[str, Any]) -> str:
        head = _text(json.dumps({"alg": "RS256", "kid": self.kid}).encode())
        signed = f"{head}.{_text(json.dumps({k: v for k, v in claims.items() if v is not None}).encode())}"
        return f"{signed}.{_text(self.key.sign(signed.encode(), padding.PKCS1v15(), SHA256()))}"


def _quoted(text: str) -> str:
    from urllib.parse import quote

    return quote(text, safe="")


@contextmanager
def served() -> Iterator[Provider]:
    """A provider that answers at `issuer` until the end."""
    provider = Provider()

    class Door(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            provider.asked.append(self.path)
            if provider.redirects:
                self.send_response(302)
                self.send_header("Location", "http://127.0.0.1:9/khac")
                self.end_headers()
                return
            found = {"/.well-known/openid-configuration": provider.document, "/keys": provider.keys}.get(self.path)
            self._answer(200 if found else 404, found() if found else {})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            self._answer(*provider.token(form, self.headers.get("Authorization", "")))

        def _answer(self, status: int, content: dict[str, Any]) -> None:
            raw = json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    provider.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield provider
    server.shutdown()
    server.server_close()
    thread.join()
