"""The Django app of upkeep."""

from django.apps import AppConfig


class UpkeepConfig(AppConfig):
    """Owns the list of backups; makes them on schedule as long as some worker runs."""

    name = "ansinh.upkeep"
    label = "upkeep"
    verbose_name = "Vận hành"

    def ready(self) -> None:
        """Backups are a kind of job, asked for by a step of the worker."""
        from ansinh.fhir.jobs import queue, worker
        from ansinh.upkeep import schedule

        queue.register(schedule.KIND, schedule.run)
        worker.register_step("backups", schedule.step, every=60)
