"""Bulk Data over HTTP.

    GET|POST /fhir/$export, /fhir/Patient/$export, /fhir/Group/{id}/$export ─► 202, Content-Location
    GET /fhir/$export-status/{job}          ─► 202 with X-Progress, then 200 with the manifest;  DELETE stops
    GET /fhir/$export-files/{job}/{name}    ─► NDJSON, for who asked, as long as it is kept
    POST /fhir/$import-files?name=…         ─► 201, Location: a file kept for the import
    POST /fhir/$import                      ─► 202, Content-Location;  status, report and stopping as for exports

Bulk Data Access IG 2.0.0, http://hl7.org/fhir/uv/bulkdata/STU2/
"""

from ansinh.api.bulk.exports import Export, ExportFile, ExportStatus
from ansinh.api.bulk.imports import Import, ImportFile, ImportReport, ImportStatus, Upload
from ansinh.api.operations import Operation
from ansinh.kernel.naming import BASE

_GUIDE = "http://hl7.org/fhir/uv/bulkdata"
_DEFINITION = f"{_GUIDE}/OperationDefinition"
SERVER = f"{_GUIDE}/CapabilityStatement/bulk-data"
"""What a server of the guide says that it can do; named in our own statement."""

TABLE = (
    Operation("export", "$export", "", Export("system"), f"{_DEFINITION}/export"),
    Operation("export", "Patient/$export", "Patient", Export("patient"), f"{_DEFINITION}/patient-export"),
    Operation("export", "Group/{identity}/$export", "Group", Export("group"), f"{_DEFINITION}/group-export"),
    Operation("import", "$import", "", Import(), f"{BASE}/OperationDefinition/import"),
)

PLACES = (
    ("$export-status/{job}", ExportStatus()),
    ("$export-files/{job}/{name}", ExportFile()),
    ("$import-status/{job}", ImportStatus()),
    ("$import-report/{job}/{name}", ImportReport()),
    ("$import-files", Upload()),
    ("$import-files/{upload}", ImportFile()),
)
"""Addresses that answers lead to; mounted by the door, not announced."""
