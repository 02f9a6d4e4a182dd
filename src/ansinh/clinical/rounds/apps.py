"""Django's handle on this app."""

from django.apps import AppConfig


class RoundsConfig(AppConfig):
    """Rounds of a ward; keeps no tables of its own."""

    name = "ansinh.clinical.rounds"
    label = "rounds"
    verbose_name = "Đi buồng"
