"""Django's handle on this app."""

from django.apps import AppConfig


class MedicinesConfig(AppConfig):
    """Medicines; its own tables are those of the stock."""

    name = "ansinh.clinical.medicines"
    label = "medicines"
    verbose_name = "Thuốc"

    def ready(self) -> None:
        """What is refused of medicines is refused at every door; orders and doses can be taken back."""
        from ansinh.clinical.corrections import parts
        from ansinh.clinical.medicines import refusals
        from ansinh.clinical.medicines.actions import stocking

        refusals.register_all()
        parts.register("MedicationRequest", "medicine.order")
        parts.register("MedicationAdministration", "medicine.give")
        parts.register("MedicationDispense", "medicine.stock", after=stocking.put_back)
        parts.register("AllergyIntolerance", "visit.write")
