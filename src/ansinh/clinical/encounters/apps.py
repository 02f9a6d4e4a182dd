"""Django's handle on this app."""

from django.apps import AppConfig


class EncountersConfig(AppConfig):
    """Visits and checks; keeps no tables of its own."""

    name = "ansinh.clinical.encounters"
    label = "encounters"
    verbose_name = "Khám và kiểm tra sức khỏe"

    def ready(self) -> None:
        """What is refused of diagnoses is refused at every door."""
        from ansinh.clinical.encounters import refusals

        refusals.register_all()
