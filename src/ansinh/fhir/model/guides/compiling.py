"""From the npm package of an implementation guide to a pack of its profiles."""

from pathlib import Path

from ansinh.fhir.model import json
from ansinh.fhir.model.compilation import read_structure
from ansinh.fhir.model.elements import Structure
from ansinh.fhir.model.packs import write_pack
from ansinh.kernel.errors import UserError


def compile_guide(package: Path, target: Path, name: str) -> int:
    """Write `<name>.pack` and `<name>.index` in `target`; how many profiles and extensions there are.

    Logical models are left out: nothing claims them. Raises UserError when the package has no profile of R4.
    """
    found = [read_structure(one) for one in _sources(package)]
    records: dict[str, Structure] = {one.url: one for one in found}
    if not records:
        raise UserError(f"Không thấy hồ sơ mẫu R4 nào trong thư mục {package}.", code="definitions-missing")
    write_pack(target, name, records, {url.rpartition("/")[2]: url for url in records})
    return len(records)


def _sources(package: Path) -> list[dict]:
    read = (json.loads(path.read_bytes()) for path in sorted(package.glob("StructureDefinition-*.json")))
    return [one for one in read if one.get("fhirVersion") == "4.0.1" and one["kind"] != "logical" and "snapshot" in one]
