"""The Django app of bulk data."""

from typing import Any

from django.apps import AppConfig


class BulkConfig(AppConfig):
    """Lets workers of this process run exports and imports."""

    name = "ansinh.fhir.bulk"
    label = "bulk"
    verbose_name = "Xuất và nhập hàng loạt"

    def ready(self) -> None:
        """Register the kinds of jobs, and the step that removes old files. What runs them is imported when it runs."""
        from ansinh.fhir.jobs import queue, steps

        queue.register("export", _export)
        queue.register("import", _import)
        steps.register("uploads-expire", _remove_old_uploads, every=600)


def _export(job: Any, progress: Any) -> Any:
    from ansinh.fhir.bulk import exporting

    return exporting.run(job, progress)


def _import(job: Any, progress: Any) -> Any:
    from ansinh.fhir.bulk import importing

    return importing.run(job, progress)


def _remove_old_uploads() -> bool:
    from ansinh.fhir.bulk import uploads

    return uploads.remove_old()
