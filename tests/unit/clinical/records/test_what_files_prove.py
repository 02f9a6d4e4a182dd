"""What the signatures of a brought file prove, and files whose inside is not what it should be."""

from dataclasses import replace

import pytest

from ansinh.clinical.records import documents
from ansinh.clinical.records.checking import Report
from ansinh.clinical.records.documents import Proved
from ansinh.clinical.signing.queries import Checked
from ansinh.clinical.signing.resources import CMS, Signed
from ansinh.clinical.signing.verdicts import Finding, Verdict
from ansinh.fhir.model import json
from ansinh.kernel.errors import Malformed

GOOD, STRANGE, BROKEN = Verdict(True, True), Verdict(True, False), Verdict(False, True)
SEAL = Signed("s", "", "Practitioner/p", "", "2026-11-20T08:00:00+07:00", (), b"")
PAGE, GROWN, FORGED = Finding(GOOD, True), Finding(GOOD, False), Finding(BROKEN, True)
WHOLE = Proved(GOOD, (Checked(SEAL, GOOD),))


def report_of(findings, document) -> Report:
    """findings: of a PDF; None for a bare document."""
    return Report(findings or (), document, is_pdf=findings is not None)


@pytest.mark.parametrize(
    ("findings", "document", "good"),
    [
        (None, WHOLE, True),
        (None, replace(WHOLE, entries=()), True),
        (None, replace(WHOLE, whole=None), False),
        (None, replace(WHOLE, whole=STRANGE), False),
        (None, replace(WHOLE, entries=(Checked(SEAL, GOOD), Checked(SEAL, BROKEN))), False),
        ((PAGE,), None, True),
        ((PAGE, PAGE), WHOLE, True),
        ((PAGE, GROWN), WHOLE, False),
        ((FORGED,), WHOLE, False),
        ((PAGE,), replace(WHOLE, whole=BROKEN), False),
        ((PAGE,), replace(WHOLE, whole=None), False),
        ((), None, False),
        (None, None, False),
    ],
)
def test_file_is_good_when_it_is_signed_and_every_signature_holds(findings, document, good):
    assert report_of(findings, document).good is good


@pytest.mark.parametrize(
    ("findings", "document", "bare"),
    [((), WHOLE, True), ((), None, False), (None, WHOLE, False), ((PAGE,), WHOLE, False)],
)
def test_signed_document_does_not_vouch_for_the_pages_of_an_unsigned_pdf_around_it(findings, document, bare):
    report = report_of(findings, document)

    assert report.is_bare_around_document is bare
    assert not (bare and report.good)


def bundle(**more) -> bytes:
    return json.dumps({"resourceType": "Bundle", "type": "document", "id": "b", **more})


@pytest.mark.parametrize(
    "inside",
    [
        {"entry": [1]},
        {"entry": 5},
        {"entry": {"resource": {}}},
        {"entry": [{"resource": "Patient/1"}]},
        {"entry": [{"resource": ["Patient"]}]},
        {"entry": [{"resource": {"resourceType": "Patient", "id": "1", "meta": 7}}]},
        {"entry": [{"resource": {"meta": {"versionId": "1"}}}]},
        {"entry": [{"resource": {"resourceType": "Provenance", "signature": 1}}]},
        {"entry": [{"resource": {"resourceType": "Provenance", "signature": [{"sigFormat": CMS}]}}]},
        {"signature": ["x"]},
        {"signature": {"data": 12}},
        {"id": None, "signature": {"data": {"a": 1}}},
    ],
)
def test_document_whose_inside_is_not_of_the_shape_is_refused_in_words(inside):
    with pytest.raises(Malformed, match="không phải tài liệu FHIR"):
        documents.verify(bundle(**inside), [])


def test_document_without_any_signature_proves_nothing_and_is_not_good():
    proved = documents.verify(bundle(entry=[{"resource": {"resourceType": "Composition", "title": "Hồ sơ"}}]), [])

    assert (proved.whole, proved.entries, proved.title) == (None, (), "Hồ sơ")
    assert not proved.good


@pytest.mark.parametrize("data", ["không phải base64", "AA=A"])
def test_signature_that_cannot_be_read_is_told_as_broken(data):
    proved = documents.verify(bundle(entry=[], signature={"data": data}), [])

    assert proved.whole is not None
    assert not proved.whole.intact


def test_entry_signed_in_a_version_that_is_not_there_is_not_good():
    person = {"resourceType": "Patient", "id": "1", "meta": {"versionId": "2"}}
    who = {"reference": "Practitioner/p"}
    seal = {
        "resourceType": "Provenance",
        "id": "s",
        "target": [{"reference": "Patient/1/_history/1"}],
        "recorded": SEAL.at,
        "agent": [{"who": who}],
        "signature": [{"type": [], "when": SEAL.at, "who": who, "sigFormat": CMS, "data": "AAAA"}],
    }

    (checked,) = documents.verify(bundle(entry=[{"resource": person}, {"resource": seal}]), []).entries

    assert not checked.good
