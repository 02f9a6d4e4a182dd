"""Profiles of implementation guides that the node knows beside the standard's: read when first asked for.

    npm package ─► compile_guide ─► <name>.pack, <name>.index in this folder ─► definitions().structure(url)

`ips`: International Patient Summary 2.0.0 (hl7.fhir.uv.ips, CC0-1.0), its profiles without prose. Made anew by

    npm pack hl7.fhir.uv.ips@2.0.0 && tar xzf hl7.fhir.uv.ips-2.0.0.tgz
    python -m ansinh.fhir.model.guides package ips

Value sets of guides are not here: nearly all rest on SNOMED CT, so their bindings stay undecided.
"""

from pathlib import Path

FOLDER = Path(__file__).parent
NAMES = ("ips",)
