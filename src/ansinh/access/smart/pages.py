"""Pages about apps: those that can be opened for a person, and those that are registered."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ansinh.access.models import User
from ansinh.access.permissions import requires
from ansinh.access.smart import asking, launches, registering
from ansinh.fhir.store import Repository


@requires("person.open")
def of_person(request: HttpRequest, person_id: str) -> HttpResponse:
    """The apps that can be opened for one person."""
    patient = Repository(request.context).read("Patient", person_id)  # type: ignore[attr-defined]
    apps = [one for one in registering.listed() if one.launch_url]
    return render(
        request, "smart/of_person.html", {"person_id": person_id, "name": asking.name_of(patient), "apps": apps}
    )


@requires("person.open")
@require_POST
def launch(request: HttpRequest, person_id: str) -> HttpResponse:
    """Open an app for one person: it is told a word, by which it asks for leave (EHR launch)."""
    Repository(request.context).read("Patient", person_id)  # type: ignore[attr-defined]
    assert isinstance(request.user, User)
    address, word = launches.begin(request.user, request.POST.get("app", ""), person_id)
    query = urlencode({"iss": settings.FHIR_BASE, "launch": word})
    return HttpResponseRedirect(f"{address}{'&' if '?' in address else '?'}{query}")


@requires("app.manage")
def apps(request: HttpRequest) -> HttpResponse:
    """Registered apps, and the end of one."""
    if request.method == "POST":
        registering.close(request.context, request.POST.get("app", ""))  # type: ignore[attr-defined]
        messages.success(request, _("Đã đóng ứng dụng; mọi mã truy cập của nó không còn hiệu lực."))
        return redirect("smart_apps")
    return render(request, "smart/apps.html", {"apps": registering.listed()})
