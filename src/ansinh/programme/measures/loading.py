"""Measure files into the store. A bad file is refused with its place in the file; the others are still loaded."""

from pathlib import Path

from django.db import DatabaseError, connection, transaction

from ansinh.fhir.store import Repository
from ansinh.kernel.errors import Invalid, NotReady, Problem
from ansinh.programme.measures import files, keeping, resources, rules
from ansinh.programme.measures.definition import Definition, Stratifier
from ansinh.programme.measures.keeping import Question


def known_measures(folder: Path) -> frozenset[str]:
    """Ids of the measures of the folder: what a plan file may name."""
    return frozenset(path.parent.name for path in files.measure_files(folder))


def load_measures(repository: Repository, folder: Path) -> list[str]:
    """Save every good measure; returns their ids.

    Raises Invalid at the end when files were refused, naming each file, the place in it and what is wrong: one bad
    file never blanks the other measures.
    """
    loaded, problems = [], []
    for path in files.measure_files(folder):
        try:
            definition = files.read(path)
            check(definition, files.stratifiers(folder))
        except Invalid as error:
            problems += [_in_file(path, problem) for problem in error.problems]
            continue
        repository.save(resources.measure(definition, files.read_yaml(path)))
        loaded.append(definition.id)
    if problems:
        raise Invalid(
            f"Có {len(problems)} chỗ sai trong các tệp chỉ tiêu; đầu tiên: "
            f"{problems[0].expression}: {problems[0].message}",
            problems=problems,
        )
    return loaded


def check(definition: Definition, known: dict[str, Stratifier]) -> None:
    """Prepare the measure's queries on this node's database, with no facility. Raises Invalid: an unknown view or
    column, an undeclared view, wrong SQL."""
    _try(definition, (), "sql")
    for name in definition.stratifiers:
        _try(definition, (known[name],), f"stratifiers.{name}")


def _try(definition: Definition, stratifiers: tuple[Stratifier, ...], place: str) -> None:
    question = Question(definition, stratifiers, rules.year(2030), ())
    try:
        with transaction.atomic():
            keeping.counted([question], 0)
    except NotReady:
        return  # a view is being made anew: what does not fit it is said when the measure is read
    except (DatabaseError, ValueError, KeyError) as error:
        raise Invalid(
            f"Câu truy vấn không chạy được trên {connection.vendor}: {_first_line(error)}", field=place
        ) from error


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__


def _in_file(path: Path, problem: Problem) -> Problem:
    place = f"{path.parent.name}/{path.name}: {problem.expression}".rstrip(": ")
    return Problem(problem.code, problem.message, place, problem.severity, problem.key)
