"""Django's handle on this app."""

from django.apps import AppConfig


class CorrectionsConfig(AppConfig):
    """Entries taken back; keeps no tables of its own."""

    name = "ansinh.clinical.corrections"
    label = "corrections"
    verbose_name = "Ghi nhầm"
