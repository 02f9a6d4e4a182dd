from django.apps import AppConfig


class SmartConfig(AppConfig):
    name = "ansinh.access.smart"
    label = "smart"
    verbose_name = "Ứng dụng SMART"

    def ready(self) -> None:
        """Tokens of apps open the door; what is over is forgotten by the worker."""
        from ansinh.access import tokens
        from ansinh.access.smart import bearer, tidying
        from ansinh.fhir.jobs import worker

        tokens.also_by(bearer.context_of)
        worker.register_step("smart-tidying", tidying.tidy, every=3600)
