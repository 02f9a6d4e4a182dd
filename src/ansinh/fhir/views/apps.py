"""The Django app of live views."""

from django.apps import AppConfig


class ViewsConfig(AppConfig):
    """Owns the registry of live views; their tables are made by `live.sync`."""

    name = "ansinh.fhir.views"
    label = "views"
    verbose_name = "Bảng sống"

    def ready(self) -> None:
        """From the first write on, live views are kept."""
        from ansinh.fhir.jobs import worker
        from ansinh.fhir.store import reindexing, watching
        from ansinh.fhir.views import live, rebuilding

        live.register()
        watching.on_change(reindexing.look_again)
        worker.register_step("index-in-the-making", reindexing.step, every=5)
        worker.register_step("views-in-the-making", rebuilding.step, every=5)
