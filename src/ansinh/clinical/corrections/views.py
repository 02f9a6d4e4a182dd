"""The page on which an entry outside a contact is taken back."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from ansinh.access.permissions import requires
from ansinh.clinical.corrections import actions
from ansinh.clinical.registry import queries as registry
from ansinh.clinical.registry.views.reading import entry_words
from ansinh.clinical.registry.views.requests import context_of, language
from ansinh.clinical.registry.views.retracting import Retracting, retract_page


@requires("person.open")
def item_retract(request: HttpRequest, id: Any, kind: str, entry: str) -> HttpResponse:
    """GET, POST /nguoi/<id>/ghi-nham-muc/<type>/<entry>/ – an entry and what stands with it were entered in error."""
    context = context_of(request)
    card = registry.person(context, str(id), language())
    found = actions.entry_of(context, card.id, kind, entry)
    what = Retracting(
        entry=found,
        act=lambda reason: actions.retract(
            context, person_id=card.id, resource_type=kind, entry_id=found["id"], reason=reason
        ),
        done=_("Đã đánh dấu ghi nhầm. Mục này không còn được tính ở đâu nữa."),
        again="",
        template="corrections/retract.html",
        values={
            "kind": entry_words(found),
            "goes": [entry_words(one) for one in actions.what_goes(context, found)[1:]],
        },
    )
    return retract_page(request, card, what)
