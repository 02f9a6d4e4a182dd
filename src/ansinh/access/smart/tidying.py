"""What apps leave behind: a step of the worker."""

from ansinh.access.smart.models import Launch, SpentAssertion
from ansinh.kernel import clock


def tidy() -> bool:
    """Forget launches, spent proofs and tokens that are over. Nothing more to do at once."""
    from oauth2_provider.models import clear_expired

    now = clock.now()
    Launch.objects.filter(expires__lt=now).delete()
    SpentAssertion.objects.filter(expires__lt=now).delete()
    clear_expired()
    return False
