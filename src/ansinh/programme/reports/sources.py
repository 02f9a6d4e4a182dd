"""What a report is made by beside the records: plan, template, ways to break figures down. Pure.

A report keeps a digest of each, so that a figure that comes out otherwise later can be told from a rule that changed.
"""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from ansinh.programme.measures.definition import Stratifier
from ansinh.programme.plans.definition import Plan
from ansinh.programme.reports.template import Template

PLAN, TEMPLATE, STRATIFIERS = "digest_plan", "digest_template", "digest_stratifiers"


def digests(plan: Plan, template: Template, stratifiers: Mapping[str, Stratifier]) -> dict[str, str]:
    """A digest of each source as a report is made by it, by the name that the report keeps it under."""
    used = [stratifiers[name] for name in template.breakdowns if name in stratifiers]
    return {PLAN: _digest(plan), TEMPLATE: _digest(template), STRATIFIERS: _digest(used)}


def changed(kept: Mapping[str, str], now: Mapping[str, str]) -> Sequence[str]:
    """The sources that are others now; those that an old report kept no digest of are not judged."""
    return [name for name in (PLAN, TEMPLATE, STRATIFIERS) if name in kept and kept[name] != now[name]]


def _digest(value: Any) -> str:
    """Of plain dataclasses, lists and mappings in their order: the same text for the same file, on every node."""
    return hashlib.blake2b(repr(value).encode(), digest_size=8).hexdigest()
