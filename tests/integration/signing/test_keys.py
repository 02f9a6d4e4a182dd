"""Keys that the node holds: made when needed, sealed, replaced in time, revoked for good."""

from datetime import timedelta

import pytest

from ansinh.clinical.signing import actions, authority, keys, providers, queries
from ansinh.clinical.signing.models import CertificateRow
from ansinh.clinical.signing.providers import Holder
from ansinh.kernel import clock
from ansinh.kernel.errors import Refused
from tests.support.signers import provider_of

pytestmark = pytest.mark.django_db
HOLDER = Holder("Practitioner/1", "Bình", "Bệnh viện")


def fingerprint(pen):
    return authority.fingerprint(pen.chain[0])


def test_pen_of_one_person_is_the_same_each_time_and_of_another_another():
    provider = keys.NodeProvider()

    assert fingerprint(provider.pen(HOLDER)) == fingerprint(provider.pen(HOLDER))
    assert fingerprint(provider.pen(HOLDER)) != fingerprint(provider.pen(Holder("Practitioner/2", "Lan")))


def test_keys_lie_sealed_in_the_database():
    keys.NodeProvider().pen(HOLDER)

    assert CertificateRow.objects.count() == 2
    assert not any("PRIVATE KEY" in row.sealed_key or not row.sealed_key for row in CertificateRow.objects.all())


def test_certificate_that_ends_within_a_month_is_followed_by_a_new_one():
    provider = keys.NodeProvider()
    first = fingerprint(provider.pen(HOLDER))
    with clock.frozen(clock.now() + timedelta(days=365 * authority.LEAF_YEARS - 20)):
        second = fingerprint(provider.pen(HOLDER))

    assert first != second
    assert keys.holder_of(first, clock.now()) == keys.holder_of(second, clock.now()) == "Practitioner/1"


def test_revoked_certificate_is_nobodys_from_then_on_and_was_somebodys_before():
    before, found = clock.now(), fingerprint(keys.NodeProvider().pen(HOLDER))
    assert keys.revoke(found)

    assert keys.holder_of(found, clock.now() + timedelta(seconds=1)) == ""
    assert keys.holder_of(found, before) == "Practitioner/1"
    assert not keys.revoke(found)
    assert fingerprint(keys.NodeProvider().pen(HOLDER)) != found


def test_root_is_made_once_and_is_not_revoked_like_a_person():
    root = keys.root()

    assert keys.roots() == [root.certificate]
    assert not keys.revoke(authority.fingerprint(root.certificate))


def test_enrolled_certificate_of_a_provider_outside_is_known(tmp_path):
    pair = authority.issue(
        authority.make_root("Ngoài", clock.now()), holder="x", name="B", organization="", now=clock.now()
    )
    for _ in range(2):
        keys.enrol("Practitioner/9", "csc", pair.certificate)

    assert keys.holder_of(authority.fingerprint(pair.certificate), clock.now()) == "Practitioner/9"
    assert keys.holder_of("0" * 64, clock.now()) == ""


def test_roots_of_the_operator_are_trusted_beside_the_nodes_own(settings, tmp_path):
    from ansinh.clinical.signing.refusals import trusted_roots

    settings.SIGNING_ROOTS = tmp_path
    other = authority.make_root("Nhà cung cấp", clock.now())
    (tmp_path / "a.pem").write_text(other.certificate)

    assert trusted_roots() == [*keys.roots(), other.certificate]


def test_unknown_provider_in_the_settings_is_refused_in_words(settings, binh, visit):
    settings.SIGNING_PROVIDER = "khong-co"

    with pytest.raises(Refused, match="chưa được cài đặt"):
        actions.sign_entry(binh, kind="Encounter", id=visit)
    assert queries.entry(binh, "Encounter", visit).seal is None


def test_provider_outside_signs_and_is_proved(settings, tmp_path, binh, visit, monkeypatch):
    """A provider with an authority of its own: its root is put beside the node's, its certificate is enrolled."""
    settings.SIGNING_ROOTS = tmp_path
    provider, root = provider_of(binh.actor)
    (tmp_path / "provider.pem").write_text(root)
    monkeypatch.setitem(providers._makers, "ngoai", lambda: provider)
    settings.SIGNING_PROVIDER = "ngoai"
    actions.sign_entry(binh, kind="Encounter", id=visit, proof="123456")
    seal = queries.entry(binh, "Encounter", visit).seal

    assert seal.good
    assert seal.verdict.issuer.startswith("An Sinh CA")
    assert keys.holder_of(seal.verdict.fingerprint, clock.now()) == binh.actor
    assert provider.asked == ["123456"]
