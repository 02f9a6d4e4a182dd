"""Signatures over bytes and over PDF: what was signed is proved, anything else is not."""

import io
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from ansinh import paper
from ansinh.clinical.signing import authority, cms, documents
from ansinh.clinical.signing.providers import Pen
from ansinh.kernel.errors import Malformed

NOW = datetime(2026, 11, 22, 8, 30, tzinfo=UTC)
NAME = "Trần Thị Bình Nguyên Phương Thảo Hạnh Dung Kiều Oanh"


def pen_of(pair):
    key = serialization.load_pem_private_key(pair.key.encode(), None)
    return Pen([pair.certificate], lambda digest: key.sign(digest, ec.ECDSA(utils.Prehashed(hashes.SHA256()))))


@pytest.fixture(scope="module")
def root():
    return authority.make_root("Nút thử", NOW)


@pytest.fixture(scope="module")
def pair(root):
    return authority.issue(root, holder="Practitioner/1", name=NAME, organization="Bệnh viện", now=NOW)


@pytest.fixture(scope="module")
def pen(pair):
    return pen_of(pair)


@pytest.fixture(scope="module")
def signature(pen):
    return cms.sign("nội dung".encode(), pen, NOW)


@pytest.fixture(scope="module")
def pdf():
    return paper.render(paper.Document("Giấy ra viện", [paper.Paragraph("Khỏi")], NOW))


@pytest.fixture(scope="module")
def signed_pdf(pdf, pen):
    return documents.sign_pdf(pdf, pen, name=NAME, reason="Ra viện", location="Tam Điệp")


def test_authority_says_in_its_name_that_it_is_for_trial(root):
    subject = x509.load_pem_x509_certificate(root.certificate.encode()).subject

    assert "thử nghiệm" in subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value


def test_issued_certificate_names_its_holder_and_signs_nothing_else(pair):
    certificate = x509.load_pem_x509_certificate(pair.certificate.encode())
    usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value

    assert certificate.subject.get_attributes_for_oid(NameOID.SERIAL_NUMBER)[0].value == "Practitioner/1"
    assert len(certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value.encode()) <= 64
    assert (usage.digital_signature, usage.content_commitment, usage.key_cert_sign) == (True, True, False)
    assert authority.ends(pair.certificate) == NOW + timedelta(days=365 * authority.LEAF_YEARS)


def test_verify_of_what_was_signed_is_good_and_tells_who_and_when(signature, root, pair):
    found = cms.verify("nội dung".encode(), signature, [root.certificate])

    assert found.good
    assert found.at == NOW
    assert NAME.startswith(found.name)
    assert found.fingerprint == authority.fingerprint(pair.certificate)


def test_verify_of_other_content_is_not_intact(signature, root):
    found = cms.verify("Nội dung".encode(), signature, [root.certificate])

    assert not found.intact


def test_verify_by_another_root_of_the_same_name_is_not_trusted(signature):
    other = authority.make_root("Nút thử", NOW)
    found = cms.verify("nội dung".encode(), signature, [other.certificate])

    assert found.intact
    assert not found.trusted


@pytest.mark.parametrize("position", range(0, 1600, 97))
def test_verify_of_a_damaged_signature_is_not_good(signature, root, position):
    damaged = bytearray(signature)
    damaged[position % len(damaged)] ^= 0x10

    assert not cms.verify("nội dung".encode(), bytes(damaged), [root.certificate]).good


@pytest.mark.parametrize("data", [b"", b"x", b"0\x03\x02\x01\x01", bytes(500)])
def test_verify_of_what_is_no_signature_is_not_good(data, root):
    assert not cms.verify(b"x", data, [root.certificate]).good


def test_verify_of_a_certificate_that_had_ended_when_it_signed_is_not_trusted(root):
    old = authority.issue(root, holder="Practitioner/2", name="Cũ", organization="", now=NOW - timedelta(days=365 * 4))
    signature = cms.sign(b"x", pen_of(old), NOW)

    assert not cms.verify(b"x", signature, [root.certificate]).trusted


def test_verify_years_after_signing_is_judged_by_the_time_of_signing(signature, root):
    """The certificate has long ended on the day of reading; it held when it signed."""
    assert cms.verify("nội dung".encode(), signature, [root.certificate]).trusted


def test_sign_pdf_is_pades_and_proved(signed_pdf, root):
    (found,) = documents.verify_pdf(signed_pdf, [root.certificate])

    assert found.good
    assert (found.reason, found.location) == ("Ra viện", "Tam Điệp")
    assert b"/ETSI.CAdES.detached" in signed_pdf


def test_sign_pdf_keeps_the_file_as_it_was_at_its_beginning(signed_pdf, pdf):
    assert signed_pdf.startswith(pdf)


def test_sign_pdf_twice_keeps_the_first_signature_good(signed_pdf, root):
    other = authority.issue(root, holder="Practitioner/2", name="Giám đốc", organization="", now=NOW)
    twice = documents.sign_pdf(signed_pdf, pen_of(other), name="Giám đốc", reason="Xác nhận")

    assert [one.good for one in documents.verify_pdf(twice, [root.certificate])] == [True, True]
    assert documents.fields_name(twice) == "ChuKy3"


def test_verify_pdf_that_was_changed_is_not_intact(signed_pdf, root):
    changed = signed_pdf.replace(b"/Lang(vi)", b"/Lang(en)")

    assert changed != signed_pdf
    assert not documents.verify_pdf(changed, [root.certificate])[0].verdict.intact


def test_verify_pdf_with_something_added_is_not_whole(signed_pdf, root):
    writer, out = IncrementalPdfFileWriter(io.BytesIO(signed_pdf)), io.BytesIO()
    writer.root["/PageMode"] = writer.root.get("/Lang")
    writer.update_root()
    writer.write(out)
    (found,) = documents.verify_pdf(out.getvalue(), [root.certificate])

    assert found.verdict.intact
    assert not found.good


def test_verify_pdf_without_a_signature_finds_none(pdf, root):
    assert documents.verify_pdf(pdf, [root.certificate]) == []


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7", b"x" * 100, b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n"])
def test_verify_pdf_of_what_is_none_is_refused_in_words(content):
    with pytest.raises(Malformed, match="không phải PDF"):
        documents.verify_pdf(content, [])


def test_verify_pdf_that_was_cut_short_is_refused_or_not_good(signed_pdf, root):
    for length in (len(signed_pdf) // 2, len(signed_pdf) - 300):
        try:
            found = documents.verify_pdf(signed_pdf[:length], [root.certificate])
        except Malformed:
            continue
        assert not any(one.good for one in found)
