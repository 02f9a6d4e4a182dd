"""The Django app of the store."""

from django.apps import AppConfig
from django.conf import settings

from ansinh.fhir.model import references


class StoreConfig(AppConfig):
    """Owns the tables of resources, journal, index and audit."""

    name = "ansinh.fhir.store"
    label = "store"
    verbose_name = "Kho hồ sơ"

    def ready(self) -> None:
        """Know the address of this node's own door in references."""
        references.claim(settings.FHIR_BASE)
