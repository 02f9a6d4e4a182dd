"""Templates of pages read before anybody opens one: a tag left open, an unknown filter, a part that is gone."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.forms.renderers import get_default_renderer
from django.template import TemplateDoesNotExist, TemplateSyntaxError
from django.template.loader import get_template
from django.template.loader_tags import ExtendsNode, IncludeNode


def broken(source: Path) -> list[tuple[str, str]]:
    """(name, what is wrong) of each template under `source`; what it extends or includes by a fixed name counts."""
    return [(name, why) for name in names(source) for why in _wrong(name)]


def names(source: Path) -> list[str]:
    """Every page template of the rooms under `source`, as the loader knows it: `rehab/plan.html`."""
    folders = (path for path in sorted(source.rglob("templates")) if path.is_dir())
    return [str(file.relative_to(folder)) for folder in folders for file in sorted(folder.rglob("*.html"))]


def _wrong(name: str) -> Iterator[str]:
    try:
        template = _template(name)
    except (TemplateSyntaxError, TemplateDoesNotExist) as error:
        yield str(error)
        return
    for other in _named(template):
        try:
            _template(other)
        except TemplateDoesNotExist:
            yield f"{other} không có"
        except TemplateSyntaxError:
            continue  # told of itself


def _template(name: str) -> Any:
    """Compiled; Django's own parts of forms stand where only forms look."""
    if name.startswith("django/forms/"):
        return get_default_renderer().get_template(name).template
    return get_template(name).template  # type: ignore[attr-defined]  # of Django's own engine


def _named(template: Any) -> Iterator[str]:
    for node in template.nodelist.get_nodes_by_type((ExtendsNode, IncludeNode)):
        named: Any = node.parent_name if isinstance(node, ExtendsNode) else node.template
        if isinstance(named.var, str):
            yield named.var
