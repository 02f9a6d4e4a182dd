"""Loads the questionnaires of a folder into the store; the same files twice change nothing."""

from pathlib import Path
from typing import Any

from ansinh.clinical.screening.rules.checking import definition_problems
from ansinh.fhir.store import Repository
from ansinh.kernel import yaml
from ansinh.kernel.errors import Invalid


def load_questionnaires(repository: Repository, folder: Path) -> int:
    """Save each `*.yaml` of `folder` as a Questionnaire; returns how many files there are.

    Raises Invalid, naming file and place, when a file is no YAML or a rule of scoring cannot work.
    """
    definitions = [(path, read_questionnaire(path)) for path in sorted(folder.glob("*.yaml"))]
    with repository.transaction():
        for _, definition in definitions:
            repository.save(definition)
    return len(definitions)


def read_questionnaire(path: Path) -> dict[str, Any]:
    """One file as a Questionnaire, checked."""
    definition = yaml.document(path)
    if not isinstance(definition, dict) or definition.get("resourceType") != "Questionnaire":
        raise Invalid(f"{path.name}: tệp phải là một Questionnaire.", field=path.name)
    if problems := definition_problems(definition):
        raise Invalid(f"{path.name}: {problems[0].message}", field=path.name, problems=problems)
    return definition
