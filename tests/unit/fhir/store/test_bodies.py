"""How resources are kept: lossless, small, readable for ever."""

import hashlib
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansinh.fhir.model import json
from ansinh.fhir.store import bodies


@given(st.binary(max_size=5000))
def test_any_bytes_come_back_as_they_went_in(data):
    assert bodies.unpack(bodies.pack(data)) == data


def test_the_dictionary_never_changes():
    """Rows written with it would be lost. A better one is a new file with the next number."""
    digest = hashlib.sha256(bodies.dictionary(1)).hexdigest()

    assert digest == "46aedf0630c208c2feb8782cc802b572944c1a140191f64869b67a58756f9468"
    assert len(bodies.dictionary(1)) <= 32768


def test_a_body_written_without_a_dictionary_can_be_read():
    plain = zlib.compressobj(6, zlib.DEFLATED, -15)

    assert bodies.unpack(b"\x00" + plain.compress(b"resource") + plain.flush()) == b"resource"


def test_an_unknown_dictionary_is_an_error_and_not_garbage():
    with pytest.raises(OSError, match="99"):
        bodies.unpack(bytes((99,)) + bodies.pack(b"x")[1:])


def test_an_observation_takes_a_fifth_of_its_size():
    note = {
        "resourceType": "Observation",
        "id": "01a2b3c4-d5e6-7f80-9a0b-1c2d3e4f5061",
        "meta": {"versionId": "1", "lastUpdated": "2025-11-03T09:12:44.102+07:00"},
        "status": "final",
        "category": [
            {
                "coding": [
                    {"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "vital-signs"}
                ]
            }
        ],
        "code": {"coding": [{"system": "http://loinc.org", "code": "8867-4", "display": "Heart rate"}]},
        "subject": {"reference": "Patient/01a2b3c4-d5e6-7f80-9a0b-1c2d3e4f5062"},
        "effectiveDateTime": "2025-11-03T09:10:00+07:00",
        "valueQuantity": {"value": 78, "unit": "/min", "system": "http://unitsofmeasure.org", "code": "/min"},
    }
    data = json.dumps(note)

    assert len(bodies.pack(data)) < len(data) / 4
