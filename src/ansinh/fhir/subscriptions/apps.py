"""The Django app of subscriptions."""

from django.apps import AppConfig


class SubscriptionsConfig(AppConfig):
    """Owns the state of subscriptions; what a Subscription may ask is a rule of the store."""

    name = "ansinh.fhir.subscriptions"
    label = "subscriptions"
    verbose_name = "Kênh báo tin"

    def ready(self) -> None:
        """From the first write on, Subscriptions are judged and kept track of; the worker finds and sends events."""
        from ansinh.fhir.jobs import worker
        from ansinh.fhir.store import projections, rules
        from ansinh.fhir.subscriptions import evaluation, requests, sending, state

        rules.register("Subscription", requests.check)
        projections.register(state.Keeping())
        worker.register_step("subscription-events", evaluation.evaluate)
        worker.register_step("subscription-letters", sending.Sender().turn)
        worker.register_step("subscription-rest", sending.rest, every=600)
