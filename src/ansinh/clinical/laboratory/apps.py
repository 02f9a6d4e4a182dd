"""Django's handle on this app."""

from django.apps import AppConfig


class LaboratoryConfig(AppConfig):
    """Orders and results; keeps no tables of its own."""

    name = "ansinh.clinical.laboratory"
    label = "laboratory"
    verbose_name = "Chỉ định và kết quả"

    def ready(self) -> None:
        """Reports can be taken back like contacts; what is refused of them is refused at every door."""
        from ansinh.clinical.corrections import parts
        from ansinh.clinical.laboratory import refusals, resources

        refusals.register_all()
        parts.register("DiagnosticReport", "result.write", resources.named_by_report)
        parts.register("ServiceRequest", "lab.order")
