from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "ansinh.access"
    label = "access"
    verbose_name = "Quyền truy cập"

    def ready(self) -> None:
        """Long jobs ask here what their asker may do when they run."""
        from ansinh.access.contexts import context_again
        from ansinh.fhir.jobs.askers import contexts_by

        contexts_by(context_again)
