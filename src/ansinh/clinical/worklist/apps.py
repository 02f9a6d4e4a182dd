"""Django's handle on this app."""

from django.apps import AppConfig


class WorklistConfig(AppConfig):
    """What is due; keeps no tables of its own."""

    name = "ansinh.clinical.worklist"
    label = "worklist"
    verbose_name = "Việc hôm nay"
