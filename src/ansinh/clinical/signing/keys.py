"""Keys that the node holds: its authority and a certificate for each signer, made when first needed.

Private keys lie sealed in the database: whoever has only a copy of it cannot sign. One that ends within a month is
followed by a new one; the old ones stay, for the signatures that were made with them.
"""

from datetime import datetime, timedelta

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils
from django.db import transaction

from ansinh.access import vault
from ansinh.clinical.signing import authority
from ansinh.clinical.signing.authority import Pair
from ansinh.clinical.signing.models import CertificateRow
from ansinh.clinical.signing.providers import NODE, Holder, Pen
from ansinh.kernel import clock

_AUTHORITY = "ca"
_SPARE = timedelta(days=30)


class NodeProvider:
    """Signs with keys of the node's own authority."""

    name = NODE

    def pen(self, holder: Holder) -> Pen:
        """ECDSA over P-256 with the holder's own key."""
        pair = _of(holder)
        key = serialization.load_pem_private_key(pair.key.encode(), None)
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        hashed = ec.ECDSA(utils.Prehashed(hashes.SHA256()))
        return Pen([pair.certificate], lambda digest: key.sign(digest, hashed))


def root() -> Pair:
    """The node's authority, made on first use."""
    return _kept(_AUTHORITY) or _keep(_AUTHORITY, authority.make_root("An Sinh", clock.now()))


def _of(holder: Holder) -> Pair:
    found = _kept(holder.reference)
    if found is not None:
        return found
    made = authority.issue(
        root(), holder=holder.reference, name=holder.name, organization=holder.organization, now=clock.now()
    )
    return _keep(holder.reference, made)


def _kept(holder: str) -> Pair | None:
    row = (
        CertificateRow.objects.filter(
            holder=holder, provider=NODE, revoked__isnull=True, ends__gt=clock.now() + _SPARE, made__lte=clock.now()
        )
        .order_by("-ends")
        .first()
    )
    return Pair(vault.unseal(row.sealed_key), row.pem) if row else None


@transaction.atomic
def _keep(holder: str, pair: Pair) -> Pair:
    CertificateRow.objects.create(
        holder=holder,
        provider=NODE,
        fingerprint=authority.fingerprint(pair.certificate),
        pem=pair.certificate,
        sealed_key=vault.seal(pair.key),
        made=clock.now(),
        ends=authority.ends(pair.certificate),
    )
    return pair


def enrol(holder: str, provider: str, certificate: str) -> None:
    """Note that a certificate of a provider outside is this person's; doing it again changes nothing."""
    CertificateRow.objects.get_or_create(
        fingerprint=authority.fingerprint(certificate),
        defaults={
            "holder": holder,
            "provider": provider,
            "pem": certificate,
            "made": clock.now(),
            "ends": authority.ends(certificate),
        },
    )


def holder_of(fingerprint: str, at: datetime) -> str:
    """Whose certificate it was at a moment: a reference, "" when it is not known here or was revoked by then."""
    row = CertificateRow.objects.filter(fingerprint=fingerprint).first()
    if row is None or (row.revoked is not None and row.revoked <= at):
        return ""
    return row.holder


def roots() -> list[str]:
    """Every root of the node's own authority, PEM; the authority is made when there is none yet."""
    root()
    return list(CertificateRow.objects.filter(holder=_AUTHORITY).order_by("pk").values_list("pem", flat=True))


def revoke(fingerprint: str) -> bool:
    """From now on this certificate makes no valid signature; False when there is no such certificate."""
    rows = CertificateRow.objects.filter(fingerprint=fingerprint, revoked__isnull=True).exclude(holder=_AUTHORITY)
    return rows.update(revoked=clock.now()) > 0
