"""Django's handle on this app."""

from django.apps import AppConfig


class BackgroundConfig(AppConfig):
    """Problems, vaccinations, growth, pregnancy; keeps no tables of its own."""

    name = "ansinh.clinical.background"
    label = "background"
    verbose_name = "Bệnh, tiêm chủng, tăng trưởng"

    def ready(self) -> None:
        """What this app writes can be taken back; a vaccination of tomorrow is refused at every door."""
        from ansinh.clinical.background import refusals, resources
        from ansinh.clinical.corrections import parts

        refusals.register_all()
        parts.register("Condition", "visit.write")
        parts.register("Immunization", "visit.write")
        parts.register("Observation", "visit.write", resources.of_same_pregnancy, kind="pregnancy")
