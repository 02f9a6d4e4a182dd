"""Providers of signatures outside of the node, with an authority of their own."""

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils

from ansinh.clinical.signing import authority
from ansinh.clinical.signing.providers import Pen
from ansinh.kernel import clock


def provider_of(holder):
    """(a provider that notes the codes it was given, its root)."""
    root = authority.make_root("Nhà cung cấp", clock.now())
    pair = authority.issue(root, holder=holder, name="Bình", organization="", now=clock.now())

    class Provider:
        name = "ngoai"
        asked: list[str] = []

        def pen(self, asking):
            self.asked.append(asking.proof)
            return Pen([pair.certificate], signing(pair.key))

    return Provider(), root.certificate


def signing(pem):
    """What signs a SHA-256 digest with a private key (PEM)."""
    key = serialization.load_pem_private_key(pem.encode(), None)
    return lambda digest: key.sign(digest, ec.ECDSA(utils.Prehashed(hashes.SHA256())))
