"""The gallery: every component in all its states, from made-up content. Two addresses, no record touched."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from ansinh.access.permissions import requires
from ansinh.kernel.text import fold
from ansinh.ui import gallery_content as content


@requires("gallery.open")
def gallery(request: HttpRequest) -> HttpResponse:
    """All components on one page."""
    return render(request, "ui/gallery.html", content.everything(request))


@requires("gallery.open")
def sample_codes(request: HttpRequest) -> JsonResponse:
    """A short list for the combobox, searched without marks."""
    wanted = fold(request.GET.get("q", ""))
    found = [entry for entry in content.CODES if wanted in fold(f"{entry['code']} {entry['display']}")]
    return JsonResponse({"results": found[:20] if wanted else []})
