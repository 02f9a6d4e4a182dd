"""The Django app of the store."""

from django.apps import AppConfig


class StoreConfig(AppConfig):
    """Owns the tables of resources, journal, index and audit."""

    name = "ansinh.fhir.store"
    label = "store"
    verbose_name = "Kho hồ sơ"
