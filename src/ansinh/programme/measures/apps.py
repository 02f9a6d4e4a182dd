from django.apps import AppConfig


class MeasuresConfig(AppConfig):
    """Indicators; one table of its own, of tallies that may be counted anew."""

    name = "ansinh.programme.measures"
    label = "measures"

    def ready(self) -> None:
        """The worker keeps figures counted, one measure each half minute."""
        from ansinh.fhir.jobs import worker
        from ansinh.programme.measures import actions

        worker.register_step("figures-ahead", actions.KeepingAhead(), every=30)
