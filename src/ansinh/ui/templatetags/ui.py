"""The components as template tags, builtin in every template.

Small ones are drawn here, larger ones by the templates `ui/_*.html`. Text is always escaped; a `html` cell and the
blocks between opening and closing tags are the only ways in for markup.
"""

from collections.abc import Sequence
from typing import Any

from django import template
from django.forms import BaseForm, BoundField, Select, Textarea, Widget
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from ansinh.kernel import clock
from ansinh.kernel.text import format_date
from ansinh.ui import charts, language, refusals
from ansinh.ui.icons import ICONS
from ansinh.ui.tables import Table, paging

register = template.Library()

TYPED = frozenset({"text", "password", "email", "number", "search", "tel", "url"})
TONES = ("good", "warn", "bad", "info", "neutral")


# --- words and figures ---------------------------------------------------------------------------------------


@register.filter
def vndate(value: Any) -> str:
    """dd/mm/yyyy, mm/yyyy or yyyy from a date, a datetime or a FHIR date; "" for nothing."""
    if hasattr(value, "hour"):
        value = value.astimezone(clock.VIETNAM).date() if value.tzinfo else value.date()
    return format_date(value)


@register.filter
def vndatetime(value: Any) -> str:
    """dd/mm/yyyy hh:mm in Vietnam's time, from a datetime or a FHIR dateTime; a bare date stays a date."""
    from datetime import datetime

    if isinstance(value, str) and "T" in value:
        value = datetime.fromisoformat(value)
    if not hasattr(value, "hour"):
        return format_date(value)
    local = value.astimezone(clock.VIETNAM) if value.tzinfo else value
    return f"{local:%d/%m/%Y %H:%M}"


@register.filter
def vnnumber(value: Any, places: int | None = None) -> str:
    """1.350,5; an en dash for nothing."""
    return charts.number(value, places) if value not in (None, "") else "–"


@register.filter
def in_language(text: Any) -> str:
    """A Vietnamese text of a rule or a definition in the language of the page."""
    return language.in_language(text if isinstance(text, str) else str(text or ""))


@register.filter
def refusal_in_language(message: str) -> str:
    """What an error says, in the language of the page; a phrase stays a phrase (`kernel.phrases`)."""
    return refusals.refusal_in_language(message)


@register.filter
def unlocalized(value: Any) -> str:
    """A number as SVG reads it: 12.5, whatever the language of the page."""
    return str(value)


@register.simple_tag
def icon(name: str, css: str = "") -> SafeString:
    """A drawn icon, hidden from screen readers: the word beside it says the same."""
    return format_html(
        '<svg class="as-icon {}" viewBox="0 0 24 24" width="20" height="20" aria-hidden="true" focusable="false">'
        "{}</svg>",
        css,
        mark_safe(ICONS[name]),
    )


@register.simple_tag
def status_tag(text: str, tone: str = "neutral") -> SafeString:
    """A state in a word, its tone also in a shape."""
    tone = tone if tone in TONES else "neutral"
    return format_html('<strong class="as-tag as-tag--{}">{}{}</strong>', tone, icon(tone), text)


# --- actions -------------------------------------------------------------------------------------------------


@register.simple_tag
def button(
    text: str,
    kind: str = "primary",
    name: str = "",
    value: str = "",
    type: str = "submit",
    icon: str = "",
    form: str = "",
    small: bool = False,
    opens: str = "",
) -> SafeString:
    """A button. kind: primary, secondary, danger or quiet. opens: id of the dialog that it opens."""
    return _action("button", text, kind, icon, small, {
        "type": "button" if opens else type, "name": name, "value": value, "form": form, "data-opens": opens,
    })  # fmt: skip


@register.simple_tag
def button_link(url: str, text: str, kind: str = "secondary", icon: str = "", small: bool = False) -> SafeString:
    """A link that looks like a button: it goes somewhere and changes nothing."""
    return _action("a", text, kind, icon, small, {"href": url})


def _action(tag: str, text: str, kind: str, icon_name: str, small: bool, attributes: dict[str, str]) -> SafeString:
    kinds = {"secondary": " nhsuk-button--secondary", "danger": " nhsuk-button--warning", "quiet": " as-button--quiet"}
    css = "nhsuk-button" + kinds.get(kind, "") + (" nhsuk-button--small" if small else "")
    shown = [format_html(' {}="{}"', name, value) for name, value in attributes.items() if value]
    return format_html(
        '<{} class="{}"{}>{}{}</{}>',
        tag,
        css,
        mark_safe("".join(shown)),
        icon(icon_name) if icon_name else "",
        text,
        tag,
    )


@register.simple_tag
def download_link(url: str, text: str, kind: str = "", size: str = "") -> SafeString:
    """A file to take away; its kind (DOCX) and size are part of the link's words."""
    about = ", ".join(part for part in (kind, size) if part)
    return format_html(
        '<a class="as-download" href="{}" download>{}<span>{}{}</span></a>',
        url,
        icon("download"),
        text,
        f" ({about})" if about else "",
    )


# --- forms ---------------------------------------------------------------------------------------------------


@register.simple_tag
def field(bound: BoundField, label: str = "", hint: str = "") -> SafeString:
    """Label, hint, error and control of one field. Hidden fields give their control only."""
    if bound.is_hidden:
        return mark_safe(str(bound))
    widget = bound.field.widget
    group = getattr(widget, "group_template", "ui/_group_single.html")
    base = bound.auto_id or f"id_{bound.html_name}"
    hint = hint or str(bound.help_text or "")
    described = " ".join(f"{base}-{part}" for part, there in (("hint", hint), ("error", bound.errors)) if there)
    context = {
        "field": bound,
        "id": base,
        "label": label or bound.label,
        "hint": hint,
        "errors": bound.errors,
        "kind": getattr(widget, "kind", ""),
        "inline": getattr(bound.field, "inline", False),
        "prefix": getattr(bound.field, "prefix", ""),
        "suffix": getattr(bound.field, "suffix", ""),
        "described": described,
        "mark": _mark(bound),
    }
    if group in ("ui/_group_single.html", "ui/_group_checkbox.html", "ui/_group_list.html"):
        attributes = _control_attributes(bound, described)
        if group == "ui/_group_list.html":
            attributes["aria-label"] = str(context["label"])
        context["control"] = bound.as_widget(attrs=attributes)
    else:
        context["choices"] = _choices(bound)
    return render_to_string(group, context)


def _mark(bound: BoundField) -> str:
    """`optional` or `required` when the form wants that said beside the label, else ""."""
    wanted = getattr(bound.form, "mark", "none")
    is_choice = getattr(bound.field.widget, "group_template", "") == "ui/_group_checkbox.html"
    state = "required" if bound.field.required else "optional"
    return state if wanted == state and not is_choice else ""


def _control_attributes(bound: BoundField, described: str) -> dict[str, str | bool]:
    attributes: dict[str, str | bool] = {"aria-describedby": described} if described else {}
    own = str(bound.field.widget.attrs.get("class", "")) or _plain_class(bound.field.widget)
    if own:
        kind = own.split()[0]
        attributes["class"] = f"{own} {kind}--error" if bound.errors else own
    return attributes


def _plain_class(widget: Widget) -> str:
    """The class of a widget that is Django's own, as in the forms of `access`, which stands below this room."""
    if isinstance(widget, Textarea):
        return "nhsuk-textarea"
    if isinstance(widget, Select):
        return "nhsuk-select"
    return "nhsuk-input" if getattr(widget, "input_type", "") in TYPED else ""


def _choices(bound: BoundField) -> list[dict[str, Any]]:
    """Each choice with its control's attributes; conditional hints by value."""
    hints = getattr(bound.field, "hints", {})
    return [
        {
            "id": choice.data["attrs"].get("id", ""),
            "name": choice.data["name"],
            "value": choice.data["value"],
            "checked": choice.data["selected"],
            "label": choice.choice_label,
            "hint": hints.get(str(choice.data["value"]), ""),
        }
        for choice in bound.subwidgets
    ]


@register.simple_tag
def error_summary(*forms: BaseForm) -> SafeString:
    """All errors of the forms at the top, each a link to its field; nothing when there are none."""
    general: list[str] = []
    linked: list[tuple[str, str]] = []
    for form in forms:
        if not form or not form.is_bound or not form.errors:
            continue
        general.extend(map(str, form.non_field_errors()))
        for bound in form:
            linked.extend((_first_control(bound), _with_label(bound, str(error))) for error in bound.errors)
    if not general and not linked:
        return mark_safe("")
    return render_to_string("ui/_error_summary.html", {"general": general, "linked": linked})


def _with_label(bound: BoundField, error: str) -> str:
    """The error, led by the label of its field unless it names the field itself: this list stands far from it."""
    named = not bound.label or bound.label.casefold() in error.casefold()
    return error if named else f"{bound.label}: {error}"


def _first_control(bound: BoundField) -> str:
    base = bound.auto_id or f"id_{bound.html_name}"
    return f"{base}_0" if getattr(bound.field.widget, "kind", "") else base


@register.inclusion_tag("ui/_questionnaire.html", takes_context=True)
def questionnaire(
    context: template.Context,
    definition: dict[str, Any],
    response: Any = "",
    action: str = "",
    problems: Any = (),
    **extra: Any,
) -> dict[str, Any]:
    """A FHIR Questionnaire as a form; posts the field `response` (a QuestionnaireResponse as JSON) to `action`.

    response: one to go on from. problems: what the server refused, `[{"link": linkId, "message": …}]`. Further
    arguments become hidden fields.
    """
    return {
        "definition": definition,
        "response": response or None,
        "problems": list(problems),
        "action": action,
        "extra": extra,
        "csrf_token": context.get("csrf_token"),
        "request": context.get("request"),
    }


# --- content -------------------------------------------------------------------------------------------------


@register.simple_block_tag
def callout(content: str, tone: str = "info", title: str = "", level: int = 2, first: bool = False) -> str:
    """A notice that stands out from the text; tone good, warn, bad, info or neutral.

    `first`: it says why nothing was saved, so the page opens at it and it is read out."""
    context = {"content": content, "tone": tone, "title": title, "level": level, "first": first}
    return render_to_string("ui/_callout.html", context)


@register.simple_block_tag
def card(content: str, title: str = "", url: str = "", level: int = 2, note: str = "", icon: str = "") -> str:
    """A surface with a heading; with `url` the heading is a link and the whole card can be pressed."""
    context = {"content": content, "title": title, "url": url, "level": level, "note": note, "icon": icon}
    return render_to_string("ui/_card.html", context)


@register.inclusion_tag("ui/_table.html")
def data_table(table: Table) -> dict[str, Any]:
    """A `ui.tables.Table`; on a phone each row becomes a card."""
    return {"table": table, "rows": table.cells()}


@register.inclusion_tag("ui/_summary_list.html")
def summary_list(rows: Sequence[Sequence[Any]], change: str = "") -> dict[str, Any]:
    """(label, value[, href]) rows; href leads to where the value is changed. Missing values show an en dash."""
    return {"rows": [(row[0], row[1], row[2] if len(row) > 2 else None) for row in rows], "change": change}


@register.inclusion_tag("ui/_empty_state.html")
def empty_state(title: str, text: str = "", url: str = "", label: str = "", icon: str = "form") -> dict[str, Any]:
    """Nothing here yet, why, and what to do about it."""
    return {"title": title, "text": text, "url": url, "label": label, "icon": icon}


@register.inclusion_tag("ui/_pagination.html", takes_context=True)
def pagination(context: template.Context, page: Any) -> dict[str, Any]:
    """`ui.tables.Paging` or a Django page; keeps the other parameters of the address."""
    request = context.get("request")
    query = {key: value for key, value in request.GET.items() if key != "page"} if request else {}
    return {"paging": paging(page, query)}


@register.simple_tag
def sparkline(points: Sequence[Any], label: str = "", unit: str = "") -> SafeString:
    """A small line through values or (label, value) pairs; its words give the first, the last and how many."""
    values = [point[1] if isinstance(point, tuple | list) else point for point in points]
    known = [value for value in values if value is not None]
    return render_to_string(
        "ui/_sparkline.html",
        {
            "path": charts.spark_path(known),
            "label": label,
            "first": charts.amount(known[0], unit) if known else "",
            "last": charts.amount(known[-1], unit) if known else "",
            "count": len(known),
        },
    )


@register.inclusion_tag("ui/_line_chart.html")
def line_chart(chart: charts.LineChart) -> dict[str, Any]:
    """Values over time, with their table."""
    across = list(dict.fromkeys(label for line in chart.series for label, _ in line.points))
    by_line = [dict(line.points) for line in chart.series]
    rows = [
        (label, [charts.amount(values.get(label), chart.unit, chart.places) for values in by_line]) for label in across
    ]
    return {"chart": chart, "drawing": charts.line_drawing(chart), "rows": rows, "id": _chart_id(chart.title)}


@register.inclusion_tag("ui/_bar_chart.html")
def bar_chart(chart: charts.BarChart) -> dict[str, Any]:
    """Values side by side; the figures stand beside the bars."""
    return {"chart": chart, "drawing": charts.bar_drawing(chart), "id": _chart_id(chart.title)}


def _chart_id(title: str) -> str:
    from ansinh.kernel.ids import stable_id

    return f"chart-{stable_id('chart', title)[:8]}"


@register.inclusion_tag("ui/_progress.html")
def progress(
    value: Any, target: Any, label: str = "", unit: str = "%", baseline: Any = None, high: Any = None, tone: str = ""
) -> dict[str, Any]:
    """How far on the way to a target: a bar, a mark for the target and one for the start, and the words."""
    whole = high or (100 if unit == "%" else max(float(value or 0), float(target or 0)) or 1)
    return {
        "label": label,
        "value": charts.amount(value, unit) if value is not None else "",
        "target": charts.amount(target, unit) if target is not None else "",
        "baseline": charts.amount(baseline, unit) if baseline is not None else "",
        "width": charts.share(value or 0, whole),
        "mark": charts.share(target, whole) if target is not None else None,
        "start": charts.share(baseline, whole) if baseline is not None else None,
        "tone": tone,
    }


@register.inclusion_tag("ui/_stat.html")
def stat(
    value: Any, label: str, unit: str = "", url: str = "", note: str = "", tone: str = "", places: int | None = None
) -> dict[str, Any]:
    """One figure and what it counts; with `url` it opens to what is behind it."""
    text = value if isinstance(value, str) else charts.number(value, places)
    return {"value": text, "label": label, "unit": unit, "url": url, "note": note, "tone": tone}


@register.inclusion_tag("ui/_tabs.html")
def tabs(entries: Sequence[Sequence[Any]], label: str = "") -> dict[str, Any]:
    """Pages of one thing: (text, url, current[, count]) entries. Each tab is an address of its own."""
    shown = [(entry[0], entry[1], entry[2], entry[3] if len(entry) > 3 else None) for entry in entries]
    return {"entries": shown, "label": label}


@register.inclusion_tag("ui/_timeline.html")
def timeline(entries: Sequence[Any], empty: str = "") -> dict[str, Any]:
    """What happened, newest first: mappings with `when`, `title` and, where there is any, `url`, `text`, `icon`, `tag`,
    `tone`, `by`."""
    return {"entries": entries, "empty": empty}


@register.inclusion_tag("ui/_person_banner.html")
def person_banner(
    name: str, facts: Sequence[Sequence[Any]], tags: Sequence[Sequence[str]] = (), url: str = "", level: int = 1
) -> dict[str, Any]:
    """Who this page is about: name, (label, value) facts, (text, tone) tags; stays in sight when printing."""
    return {"name": name, "facts": facts, "tags": tags, "url": url, "level": level}


@register.inclusion_tag("ui/_changes.html")
def changes(rows: Sequence[Sequence[Any]], before: str = "", after: str = "") -> dict[str, Any]:
    """What differs between two versions: (what, old, new) rows; words and signs besides colour."""
    return {"rows": rows, "before": before, "after": after}


@register.inclusion_tag("ui/_breadcrumbs.html")
def breadcrumbs(*parts: str) -> dict[str, Any]:
    """The way here: `{% breadcrumbs url "Người" url "Hồ sơ" %}`; address and words by turns."""
    return {"links": list(zip(parts[::2], parts[1::2], strict=True))}


@register.simple_block_tag
def dialog(content: str, id: str, title: str) -> str:
    """A native dialog, opened by `{% button "…" opens="id" %}`."""
    return render_to_string("ui/_dialog.html", {"content": content, "id": id, "title": title})


@register.simple_block_tag(takes_context=True)
def filter_bar(
    context: dict[str, Any], content: str, action: str = "", label: str = "", *, private: bool = False
) -> str:
    """A form that narrows a list; its fields are the content. private: sent by POST, so no name gets into a URL."""
    values = {"content": content, "action": action, "label": label, "private": private}
    return render_to_string("ui/_filter_bar.html", values | {"csrf_token": context.get("csrf_token")})


@register.simple_tag
def print_button(text: str = "") -> SafeString:
    """Prints the page; without scripts it is not shown."""
    return render_to_string("ui/_print_button.html", {"text": text})
