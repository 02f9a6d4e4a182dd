"""A provider outside, as an adapter sees it: the service of the Cloud Signature Consortium's API, played by a server
of ours."""

import base64
import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization

from ansinh.clinical.signing import authority, cms, remote
from ansinh.clinical.signing.providers import Holder
from ansinh.config.signing import remote_signing
from ansinh.kernel import clock
from ansinh.kernel.errors import Refused
from ansinh.kernel.outgoing import Permitted
from tests.support.signers import signing


class Service(BaseHTTPRequestHandler):
    """credentials/info, credentials/authorize and signatures/signHash, with PIN 1234."""

    pair: authority.Pair
    broken = ""

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        path = self.path.removeprefix("/csc/v1/")
        if self.headers["Authorization"] != "Bearer node-token" or path == self.broken:
            return self._say(500, {})
        if path == "credentials/info":
            der = x509.load_pem_x509_certificate(self.pair.certificate.encode()).public_bytes(
                serialization.Encoding.DER
            )
            return self._say(200, {"key": {"algo": ["1.2.840.10045.2.1"]}, "cert": {"certificates": [_b64(der)]}})
        if path == "credentials/authorize":
            return self._say(200, {"SAD": "ok"}) if body.get("PIN") == "1234" else self._say(400, {"error": "pin"})
        signed = [_b64(signing(self.pair.key)(base64.b64decode(one))) for one in body["hash"]]
        return self._say(200, {"signatures": signed} if body["SAD"] == "ok" else {})

    def _say(self, status, body):
        self.send_response(status)
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())

    def log_message(self, *_):
        pass


def _b64(data):
    return base64.b64encode(data).decode()


@pytest.fixture(scope="module")
def root():
    return authority.make_root("Nhà cung cấp", clock.now())


@pytest.fixture
def service(root):
    pair = authority.issue(root, holder="Practitioner/1", name="Bình", organization="", now=clock.now())
    handler = type("One", (Service,), {"pair": pair})
    server = HTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield handler, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def provider(address, **changes):
    permitted = Permitted([address], changes.get("networks", ["127.0.0.0/8"]), "Địa chỉ", "nơi ký số", "A", "B")
    return remote.RemoteProvider(f"{address}/csc/v1", "node-token", {"Practitioner/1": "c1"}, permitted)


def test_remote_provider_signs_after_the_code_was_right(service, root):
    pen = provider(service[1]).pen(Holder("Practitioner/1", "Bình", proof="1234"))
    signature = cms.sign(b"x", pen, clock.now().replace(microsecond=0))

    assert cms.verify(b"x", signature, [root.certificate]).good


def test_remote_provider_with_a_wrong_code_is_refused_in_words(service):
    pen = provider(service[1]).pen(Holder("Practitioner/1", "Bình", proof="9"))

    with pytest.raises(Refused, match="từ chối"):
        cms.sign(b"x", pen, clock.now())


def test_remote_provider_without_a_credential_is_refused_in_words(service):
    with pytest.raises(Refused, match="chưa có chứng thư"):
        provider(service[1]).pen(Holder("Practitioner/2", "Lan"))


@pytest.mark.parametrize("path", ["credentials/info", "credentials/authorize", "signatures/signHash"])
def test_remote_provider_that_fails_signs_nothing_and_says_so(service, path):
    service[0].broken = path

    with pytest.raises(Refused, match="không trả lời"):
        cms.sign(b"x", provider(service[1]).pen(Holder("Practitioner/1", "Bình", proof="1234")), clock.now())


def test_remote_provider_in_a_network_that_is_not_permitted_is_never_called(service):
    with pytest.raises(Refused, match="không trả lời"):
        provider(service[1], networks=[]).pen(Holder("Practitioner/1", "Bình"))


def test_from_settings_reads_what_the_environment_names(settings):
    settings.SIGNING_REMOTE = remote_signing(
        {
            "ANSINH_SIGNING_URL": "https://ky.example.vn/csc/v1",
            "ANSINH_SIGNING_TOKEN": "t",
            "ANSINH_SIGNING_CREDENTIALS": "Practitioner/1=a, Practitioner/2=b,",
            "ANSINH_SIGNING_NETWORKS": "10.0.0.0/8",
        }
    )
    found = remote.from_settings()

    assert found.credentials == {"Practitioner/1": "a", "Practitioner/2": "b"}
    assert found.permitted.origins == ["https://ky.example.vn"]
    assert remote_signing({}) == {}
