"""A provider outside that speaks the Cloud Signature Consortium's API, version 1 (`signatures/signHash`).

The person's credential is found by their reference in settings.SIGNING_REMOTE; they confirm each signature with a PIN
or a one-time code, or on their own device. No Vietnamese provider publishes its interface openly: whoever has another
one writes an adapter of the same form (`providers.Provider`). Unverified against a licensed provider's own service.
"""

import base64
import http.client
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec
from asn1crypto import pem
from django.conf import settings

from ansinh.clinical.signing.providers import Holder, Pen
from ansinh.kernel.errors import Refused
from ansinh.kernel.outgoing import Forbidden, Permitted, Unresolved, connect, within
from ansinh.kernel.phrases import phrase

NAME = "csc"
_SECONDS = 20.0
_MOST = 1024 * 1024
_SHA256 = "2.16.840.1.101.3.4.2.1"
_ALGORITHMS = {"ec": "1.2.840.10045.4.3.2", "rsa": "1.2.840.113549.1.1.11"}


@dataclass(frozen=True, slots=True)
class RemoteProvider:
    """url: address of the service, ending in `/csc/v1`. token: the node's own bearer token there. credentials: our
    reference of a person → their credential's id there."""

    url: str
    token: str
    credentials: Mapping[str, str]
    permitted: Permitted
    name: str = NAME
    _chains: dict[str, tuple[list[str], str]] = field(default_factory=dict)

    def pen(self, holder: Holder) -> Pen:
        """The chain that the service tells of the person's credential; signs after what the person typed was judged."""
        chain, kind = self._chain(holder)
        return Pen(chain, lambda digest: self._sign(holder, kind, digest))

    def _sign(self, holder: Holder, kind: str, digest: bytes) -> bytes:
        credential, encoded = self._credential(holder), base64.b64encode(digest).decode()
        asked = {"credentialID": credential, "numSignatures": 1, "hash": [encoded]}
        allowed = self._ask("credentials/authorize", asked | ({"PIN": holder.proof} if holder.proof else {}))
        made = self._ask(
            "signatures/signHash",
            {"credentialID": credential, "SAD": allowed.get("SAD", ""), "hash": [encoded]}
            | {"hashAlgo": _SHA256, "signAlgo": _ALGORITHMS[kind]},
        )
        try:
            return base64.b64decode(made["signatures"][0], validate=True)
        except (KeyError, IndexError, TypeError, ValueError):
            raise _trouble() from None

    def _chain(self, holder: Holder) -> tuple[list[str], str]:
        credential = self._credential(holder)
        if credential not in self._chains:
            told = self._ask("credentials/info", {"credentialID": credential, "certificates": "chain"})
            try:
                ders = [base64.b64decode(one, validate=True) for one in told["cert"]["certificates"]]
                kind = "ec" if any(one.startswith("1.2.840.10045") for one in told["key"]["algo"]) else "rsa"
            except (KeyError, TypeError, ValueError):
                raise _trouble() from None
            self._chains[credential] = [pem.armor("CERTIFICATE", der).decode() for der in ders], kind
        return self._chains[credential]

    def _credential(self, holder: Holder) -> str:
        if holder.reference not in self.credentials:
            raise Refused(phrase("Anh/chị chưa có chứng thư ở nơi ký số."), code="no-credential")
        return self.credentials[holder.reference]

    def _ask(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """One POST; its answer. Raises Refused in words: nothing of what was sent is repeated."""
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self.token}"}
        try:
            target = self.permitted.target_of(f"{self.url.rstrip('/')}/{path}")
            connection = connect(target, self.permitted.resolve(target), _SECONDS)
            with within(connection, _SECONDS):
                connection.request("POST", target.path, msgspec.json.encode(body), headers)
                with connection.getresponse() as answer:
                    content = answer.read(_MOST)
            if answer.status != 200:
                raise _trouble() if answer.status >= 500 else _declined()
            told = msgspec.json.decode(content)
        except (Forbidden, Unresolved, OSError, http.client.HTTPException, msgspec.DecodeError):
            raise _trouble() from None
        if not isinstance(told, dict):
            raise _trouble()
        return told


def from_settings() -> RemoteProvider:
    """The provider that settings.SIGNING_REMOTE names: url, token, credentials, networks."""
    given = settings.SIGNING_REMOTE
    origin = "/".join(given["url"].split("/")[:3])
    permitted = Permitted(
        [origin],
        given.get("networks", ()),
        "Địa chỉ nơi ký số",
        "nơi ký số",
        "ANSINH_SIGNING_URL",
        "ANSINH_SIGNING_NETWORKS",
    )
    return RemoteProvider(given["url"], given["token"], given["credentials"], permitted)


def _trouble() -> Refused:
    return Refused(
        phrase("Nơi ký số không trả lời được lúc này. Chưa có gì được ký; xin thử lại sau."), code="provider"
    )


def _declined() -> Refused:
    return Refused(phrase("Nơi ký số từ chối: mã xác nhận sai, hoặc chứng thư đã hết hạn."), code="provider-declined")
