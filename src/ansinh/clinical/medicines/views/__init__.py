"""Pages of medicines: of one person, the round of a ward, the stock and the lists; who signs second."""

from django.http import HttpRequest

from ansinh.access import contexts, entering, factors
from ansinh.clinical.medicines.actions.giving import Witness
from ansinh.kernel.errors import Invalid


def witness_by_password(request: HttpRequest, username: str, password: str) -> Witness:
    """Who proved by password to be the second person; tries are counted like those of the log-in page. Raises Invalid
    with the same sentence for a wrong name, a wrong password and too many tries."""
    user = entering.with_password(request, entering.account_name(username), password)
    if user is None:
        raise Invalid(
            "Tên đăng nhập hoặc mật khẩu của người thứ hai không đúng.", code="witness-proof", field="password"
        )
    return _witness(user)


def witness_by_key(request: HttpRequest, answer: str) -> Witness:
    """Who proved by a passkey to be the second person. Raises Invalid for an answer that proves nothing."""
    return _witness(factors.check_proof(None, answer))


def _witness(user: object) -> Witness:
    context = contexts.context_of(user)  # type: ignore[arg-type]
    actor = context.actor if context.actor.startswith("Practitioner/") else ""
    return Witness(actor, context.login, context.display, context.unit, context.has("medicine.give"))
