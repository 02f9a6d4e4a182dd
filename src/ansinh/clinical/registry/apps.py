"""Django's handle on this app."""

from django.apps import AppConfig


class RegistryConfig(AppConfig):
    """The register of people; keeps no tables of its own."""

    name = "ansinh.clinical.registry"
    label = "registry"
    verbose_name = "Hồ sơ người được chăm sóc"

    def ready(self) -> None:
        """What is refused of people and stays is refused at every door."""
        from ansinh.clinical.registry import refusals

        refusals.register_all()
