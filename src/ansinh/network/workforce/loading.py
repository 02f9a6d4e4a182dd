"""definitions/workforce → MeasureReport of each facility."""

from dataclasses import replace
from pathlib import Path

from ansinh.fhir.store import Repository
from ansinh.kernel.errors import Invalid
from ansinh.network.facilities.resources import organization_id
from ansinh.network.workforce.definition import read
from ansinh.network.workforce.resources import report


def load_workforce(repository: Repository, folder: Path) -> int:
    """Load every file of the folder, all or nothing; returns the number of facilities with figures.

    Facilities are loaded before. Raises Invalid naming file and place, also for a facility that is not there.
    """
    files = [(path, read(path)) for path in sorted(folder.glob("*.yaml"))]
    count = 0
    with repository.transaction():
        for path, figures in files:
            for baseline in figures.baselines:
                facility = organization_id(baseline.facility)
                if repository.find("Organization", facility) is None:
                    raise Invalid(f"{path.name}: chưa có đơn vị «{baseline.facility}».", code="workforce-facility")
                repository.save(report(figures.id, replace(baseline, facility=facility)))
                count += 1
    return count
