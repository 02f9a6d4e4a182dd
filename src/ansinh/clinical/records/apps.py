"""Django's handle on this app."""

from django.apps import AppConfig


class RecordsConfig(AppConfig):
    """Medical records; keeps no tables of its own."""

    name = "ansinh.clinical.records"
    label = "records"
    verbose_name = "Hồ sơ bệnh án"
