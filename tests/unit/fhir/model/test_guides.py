"""Profiles of implementation guides: compiled from an npm package, found by URL and name beside the standard's."""

import pytest

from ansinh.fhir.model import guides, json
from ansinh.fhir.model.definitions import definitions
from ansinh.fhir.model.elements import Structure
from ansinh.fhir.model.guides.compiling import compile_guide
from ansinh.fhir.model.packs import Pack
from ansinh.kernel.errors import UserError

IPS = "http://hl7.org/fhir/uv/ips/StructureDefinition/"


def profile(name, **more):
    return {
        "resourceType": "StructureDefinition",
        "url": f"http://example.org/{name}",
        "name": name,
        "fhirVersion": "4.0.1",
        "kind": "resource",
        "type": "Patient",
        "derivation": "constraint",
        "snapshot": {"element": [{"id": "Patient", "path": "Patient", "min": 0, "max": "*"}]},
    } | more


def test_guide_is_compiled_to_a_pack_of_its_profiles(tmp_path):
    package = tmp_path / "package"
    package.mkdir()
    for one in (profile("a"), profile("b", kind="logical"), profile("c", fhirVersion="5.0.0")):
        (package / f"StructureDefinition-{one['name']}.json").write_bytes(json.dumps(one))
    differential = {key: value for key, value in profile("d").items() if key != "snapshot"}
    (package / "StructureDefinition-d.json").write_bytes(json.dumps(differential))

    assert compile_guide(package, tmp_path, "own") == 1

    pack = Pack(tmp_path, "own", Structure)
    assert pack.get("http://example.org/a").name == "a"
    assert pack.get("a") is pack.get("http://example.org/a")
    assert pack.get("http://example.org/b") is None


def test_folder_without_profiles_is_refused(tmp_path):
    with pytest.raises(UserError):
        compile_guide(tmp_path, tmp_path, "own")


@pytest.mark.parametrize("name", guides.NAMES)
def test_shipped_guide_is_there_and_every_type_is_one_of_r4(name):
    pack = Pack(guides.FOLDER, name, Structure)

    urls = pack.keys()
    found = [pack.get(url) for url in urls]

    assert len(found) > 20
    assert {one.type for one in found} <= definitions().type_names
    assert all(one.is_profile for one in found)


def test_profile_of_a_guide_is_found_and_hides_nothing_of_the_standard():
    known = definitions()

    assert known.structure(f"{IPS}Bundle-uv-ips|2.0.0").version == "2.0.0"
    assert known.structure("Patient-uv-ips").type == "Patient"
    assert known.structure("Patient").url == "http://hl7.org/fhir/StructureDefinition/Patient"
    assert known.structure(f"{IPS}none") is None
