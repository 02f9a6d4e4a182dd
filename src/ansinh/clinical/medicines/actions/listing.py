"""The list of medicines and the files of knowledge: installed whole, or not at all."""

from typing import Any

from django.utils.translation import gettext as _

from ansinh.clinical.medicines import queries, resources
from ansinh.clinical.medicines.rules import knowledge, lists
from ansinh.fhir.store import Repository
from ansinh.kernel import yaml
from ansinh.kernel.context import Context
from ansinh.kernel.errors import Invalid

Resource = dict[str, Any]
MOST_BYTES = 5_000_000


def import_list(context: Context, *, facility: str, data: bytes) -> tuple[int, int]:
    """Replaces the facility's list; returns (medicines in it, medicines that left it).

    Raises Invalid with each problem. Orders that run keep the medicine that they name.
    """
    items = lists.read(_bounded(data))
    repository = Repository(context)
    codes = {item.code for item in items}
    gone = [one for one in queries.medicines(context, facility) if one.code not in codes]
    with repository.transaction():
        for item in items:
            repository.save(resources.medication_resource(facility, item))
        for old in gone:
            before = repository.read("Medication", old.id)
            repository.update(before | {"status": "inactive"}, if_match=int(before["meta"]["versionId"]))
    return len(items), len(gone)


def install_knowledge(context: Context, *, data: bytes) -> knowledge.Knowledge:
    """Installs a file, in place of an earlier version of the same `id`. Raises Invalid with each problem."""
    try:
        document = yaml.parse(_bounded(data))
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        line = _("Tệp không đọc được ở dòng %(line)d.") % {"line": mark.line + 1} if mark else _("Tệp không đọc được.")
        raise Invalid(line, code="knowledge-yaml", field="file") from error
    read = knowledge.read(document)
    Repository(context).save(resources.knowledge_resource(document, data))
    return read


def remove_knowledge(context: Context, *, library_id: str) -> None:
    """Takes a file out of use; it is kept. Raises NotFound."""
    repository = Repository(context)
    before = repository.read("Library", library_id)
    repository.update(before | {"status": "retired"}, if_match=int(before["meta"]["versionId"]))


def _bounded(data: bytes) -> bytes:
    if not data.strip():
        raise Invalid(_("Tệp trống."), code="file-empty", field="file")
    if len(data) > MOST_BYTES:
        raise Invalid(_("Tệp lớn quá 5 MB."), code="file-large", field="file")
    return data
