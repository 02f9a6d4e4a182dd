"""Django's handle on this app."""

from django.apps import AppConfig


class ScreeningConfig(AppConfig):
    """Screening and the tasks that come of it; keeps no tables of its own."""

    name = "ansinh.clinical.screening"
    label = "screening"
    verbose_name = "Sàng lọc và việc cần làm"

    def ready(self) -> None:
        """What is refused of filled questionnaires is refused at every door."""
        from ansinh.clinical.screening import refusals

        refusals.register_all()
