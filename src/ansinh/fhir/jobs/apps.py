"""The Django app of jobs."""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    """Owns the queue; removes what is old as a step of the worker."""

    name = "ansinh.fhir.jobs"
    label = "jobs"
    verbose_name = "Việc chạy lâu"

    def ready(self) -> None:
        """Old jobs and their files go, as long as some worker runs."""
        from ansinh.fhir.jobs import queue, steps

        steps.register("jobs-expire", queue.remove_old, every=600)
