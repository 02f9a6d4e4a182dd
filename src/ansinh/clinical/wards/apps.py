"""Django's handle on this app."""

from django.apps import AppConfig


class WardsConfig(AppConfig):
    """Rooms and beds; keeps no tables of its own."""

    name = "ansinh.clinical.wards"
    label = "wards"
    verbose_name = "Khoa, phòng, giường"

    def ready(self) -> None:
        """What is refused of beds is refused at every door; a stay that ends gives its bed back."""
        from ansinh.clinical.registry import endings
        from ansinh.clinical.wards import actions, refusals

        refusals.register_all()
        endings.register(actions.close_residence)
