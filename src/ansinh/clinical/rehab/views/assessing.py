"""Choosing and filling in an assessment, and what the person's results say over time."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from ansinh.access.permissions import requires
from ansinh.clinical.registry import queries as registry
from ansinh.clinical.registry.views.reading import frame
from ansinh.clinical.registry.views.requests import context_of, language
from ansinh.clinical.rehab import assessing, library, ranges, reading
from ansinh.clinical.rehab.views.showing import outcome_rows
from ansinh.clinical.screening import queries as screening
from ansinh.clinical.screening.actions import Recorded
from ansinh.clinical.screening.views.screening import fill
from ansinh.kernel.errors import NotFound


@requires("rehab.write")
def rehab_assessments(request: HttpRequest, id: Any) -> HttpResponse:
    """GET /nguoi/<id>/phuc-hoi/luong-gia/ – the library by group, and what was found before."""
    context = context_of(request)
    card = registry.person(context, str(id), language())
    tools = {tool.id: tool for use in ("", screening.ASSESSMENT) for tool in screening.tools(context, use)}
    groups = [
        {
            "words": group.words(language()),
            "tools": [
                {
                    "title": tools[name].title.in_language(language()),
                    "url": reverse("rehab_assess", args=[card.id, name]),
                }
                for name in group.tools
                if name in tools
            ],
        }
        for group in library.library().groups
    ]
    values = frame(request, card, "person_rehab") | {
        "groups": groups,
        "outcomes": outcome_rows(card.id, reading.outcomes(context, card.id), language()),
        "body": ranges.latest(context, card.id),
    }
    return render(request, "rehab/assessments.html", values)


@requires("rehab.write")
def rehab_assess(request: HttpRequest, id: Any, name: str) -> HttpResponse:
    """GET, POST /nguoi/<id>/phuc-hoi/luong-gia/<phiếu>/ – one assessment; saving leads to its result."""
    if name not in library.library().tools:
        raise NotFound(_("Không có phiếu lượng giá này."))

    def record(response: Any, key: str) -> Recorded:
        return assessing.record_assessment(
            context_of(request), person_id=str(id), tool=name, response=response, key=key
        )

    return fill(request, id, name, record, told=_("Đã lưu lượng giá."))
