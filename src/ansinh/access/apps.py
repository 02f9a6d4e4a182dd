from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "ansinh.access"
    label = "access"
    verbose_name = "Quyền truy cập"

    def ready(self) -> None:
        """Long jobs ask here what their asker may do; codes by e-mail and old sessions are the worker's."""
        from ansinh.access import codes, labels, tidying
        from ansinh.access.audit import keeping
        from ansinh.access.consents import refusals
        from ansinh.access.contexts import context_again
        from ansinh.fhir.jobs import worker
        from ansinh.fhir.jobs.askers import contexts_by
        from ansinh.fhir.store import relabelling

        labels.register()
        refusals.register()
        contexts_by(context_again)
        worker.register_step("codes-by-mail", codes.send_waiting, every=5)
        worker.register_step("log-in-tidying", tidying.tidy, every=3600)
        worker.register_step("labels", relabelling.step, every=60)
        worker.register_step("audit-keeping", keeping.tidy, every=86400)
