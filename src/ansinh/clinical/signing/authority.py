"""A certificate authority of the node's own, for trials and for use within the house. Pure: keys and names in, PEM out.

Its certificates say so in their names. They are no certificates of a licensed provider (decree 23/2025): what must
stand before others is signed through a provider outside (`providers`).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

ROOT_YEARS, LEAF_YEARS = 20, 3
TEST = "thử nghiệm, dùng nội bộ"


@dataclass(frozen=True, slots=True)
class Pair:
    """A private key and its certificate, both PEM."""

    key: str
    certificate: str


def make_root(node: str, now: datetime) -> Pair:
    """The authority itself: signs certificates and nothing else."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name(f"An Sinh CA ({TEST})", organization=node)
    made = _builder(name, name, key, now, ROOT_YEARS)
    made = made.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    made = made.add_extension(_usage(key_cert_sign=True, crl_sign=True), critical=True)
    made = made.add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), critical=False)
    return _pair(key, made.sign(key, hashes.SHA256()))


def issue(root: Pair, *, holder: str, name: str, organization: str, now: datetime) -> Pair:
    """A certificate for one person's signatures. holder: their reference, which becomes the serialNumber."""
    issuer_key = serialization.load_pem_private_key(root.key.encode(), None)
    assert isinstance(issuer_key, ec.EllipticCurvePrivateKey)
    issuer = x509.load_pem_x509_certificate(root.certificate.encode())
    key = ec.generate_private_key(ec.SECP256R1())
    made = _builder(_name(name, holder, organization), issuer.subject, key, now, LEAF_YEARS)
    made = made.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    made = made.add_extension(_usage(digital_signature=True, content_commitment=True), critical=True)
    issued_by = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key())
    return _pair(key, made.add_extension(issued_by, critical=False).sign(issuer_key, hashes.SHA256()))


def fingerprint(certificate: str) -> str:
    """SHA-256 of the certificate, hexadecimal."""
    return x509.load_pem_x509_certificate(certificate.encode()).fingerprint(hashes.SHA256()).hex()


def ends(certificate: str) -> datetime:
    """When the certificate ceases to hold, UTC."""
    return x509.load_pem_x509_certificate(certificate.encode()).not_valid_after_utc


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, now: datetime, years: int
) -> x509.CertificateBuilder:
    begins = now - timedelta(minutes=5)  # clocks of two machines are never quite equal
    made = x509.CertificateBuilder(issuer, subject, key.public_key(), x509.random_serial_number())
    made = made.not_valid_before(begins).not_valid_after(now + timedelta(days=365 * years))
    return made.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)


def _name(common: str, serial: str = "", organization: str = "") -> x509.Name:
    parts = [(NameOID.COUNTRY_NAME, "VN"), (NameOID.ORGANIZATION_NAME, organization)]
    parts += [(NameOID.COMMON_NAME, common), (NameOID.SERIAL_NUMBER, serial)]
    return x509.Name([x509.NameAttribute(kind, _short(text)) for kind, text in parts if text])


def _short(text: str) -> str:
    """At most the 64 bytes that X.520 leaves for a name, cut between letters."""
    return text.encode()[:64].decode(errors="ignore").strip()


def _usage(**allowed: bool) -> x509.KeyUsage:
    names = """digital_signature content_commitment key_encipherment data_encipherment key_agreement key_cert_sign
        crl_sign encipher_only decipher_only""".split()
    return x509.KeyUsage(**{name: allowed.get(name, False) for name in names})


def _pair(key: ec.EllipticCurvePrivateKey, certificate: x509.Certificate) -> Pair:
    pem = serialization.Encoding.PEM
    plain = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return Pair(plain.decode(), certificate.public_bytes(pem).decode())
