"""Django's handle on this app."""

from django.apps import AppConfig


class RehabConfig(AppConfig):
    """Rehabilitation; keeps no tables of its own."""

    name = "ansinh.clinical.rehab"
    label = "rehab"
    verbose_name = "Phục hồi chức năng"

    def ready(self) -> None:
        """What is refused of the timetable is refused at every door."""
        from ansinh.clinical.rehab import refusals

        refusals.register_all()
