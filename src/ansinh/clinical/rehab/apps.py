"""Django's handle on this app."""

from django.apps import AppConfig


class RehabConfig(AppConfig):
    """Rehabilitation sessions; keeps no tables of its own."""

    name = "ansinh.clinical.rehab"
    label = "rehab"
    verbose_name = "Phục hồi chức năng"
