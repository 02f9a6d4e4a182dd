"""Django's handle on this app."""

from django.apps import AppConfig


class DevicesConfig(AppConfig):
    """Prostheses and aids; keeps no tables of its own."""

    name = "ansinh.clinical.devices"
    label = "devices"
    verbose_name = "Dụng cụ chỉnh hình"

    def ready(self) -> None:
        """What is refused of devices is refused at every door."""
        from ansinh.clinical.devices import refusals

        refusals.register_all()
