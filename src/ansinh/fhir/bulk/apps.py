"""The Django app of bulk data."""

from django.apps import AppConfig


class BulkConfig(AppConfig):
    """Lets workers of this process run exports and imports."""

    name = "ansinh.fhir.bulk"
    label = "bulk"
    verbose_name = "Xuất và nhập hàng loạt"

    def ready(self) -> None:
        """Register the kinds of jobs, and the step that removes old files."""
        from ansinh.fhir.bulk import exporting, importing, uploads
        from ansinh.fhir.jobs import queue, steps

        queue.register(exporting.KIND, exporting.run)
        queue.register(importing.KIND, importing.run)
        steps.register("uploads-expire", uploads.remove_old, every=600)
