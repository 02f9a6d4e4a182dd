"""What a Subscription asks for, and what is wrong with it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from ansinh.fhir.model import dates
from ansinh.fhir.search.query import Amount, Criterion, Match, Moment, Number, Pair, Query, Updated
from ansinh.fhir.store.records import microseconds
from ansinh.fhir.subscriptions import addresses, names
from ansinh.fhir.subscriptions.addresses import Target
from ansinh.fhir.subscriptions.topics import Topic, query_of, topics
from ansinh.kernel import clock
from ansinh.kernel.errors import Malformed, Problem

Resource = dict[str, Any]

CONTENTS = ("empty", "id-only", "full-resource")
ASKED = ("requested", "active", "off")
MIME = ("application/fhir+json", "application/json")
TIMEOUT, LONGEST_TIMEOUT = 10, 60
SHORTEST_HEARTBEAT, LONGEST_HEARTBEAT = 10, 7 * 86400
MAX_COUNT, MOST_COUNT = 20, 100

_HEADER = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?)")
_OWN_HEADERS = frozenset(
    """host content-length content-type content-encoding transfer-encoding connection keep-alive upgrade te trailer
    expect proxy-authorization proxy-connection""".split()
)


@dataclass(frozen=True, slots=True)
class Request:
    """A Subscription that this node carries out. Periods are seconds; heartbeat 0: none; filters by resource type."""

    topic: Topic
    filters: Mapping[str, Sequence[Query]]
    target: Target
    headers: tuple[tuple[str, str], ...]
    content: str
    heartbeat: int
    timeout: int
    max_count: int


def read(subscription: Resource) -> tuple[Request | None, list[Problem]]:
    """The request, or None and every problem. The resource has passed the standard."""
    return _Reader(subscription).read()


def check(subscription: Resource) -> list[Problem]:
    """The rule that the store asks of every Subscription that is written."""
    status = subscription.get("status")  # a required element may consist of extensions alone
    problems = [] if status == "off" else read(subscription)[1]
    if status not in ASKED:
        text = "Người đặt kênh chỉ ghi trạng thái requested hoặc off; các trạng thái khác do nút này ghi."
        problems.append(_problem(text, "Subscription.status", "subscription-status"))
    if (end := subscription.get("end")) is not None and _is_past(end):
        problems.append(_problem("Thời điểm kết thúc đã qua.", "Subscription.end", "subscription-end"))
    return problems


def end_of(subscription: Resource) -> int | None:
    """Microseconds since 1970 of when it ends; None: never."""
    end = subscription.get("end")
    return dates.bounds(end)[0] if isinstance(end, str) else None


def heartbeat_of(subscription: Resource) -> int:
    """Seconds between heartbeats; 0 where none are asked for."""
    value = _extension(subscription.get("channel", {}), names.HEARTBEAT)
    return value if isinstance(value, int) and value >= SHORTEST_HEARTBEAT else 0


def content_of(subscription: Resource) -> str:
    """empty, id-only or full-resource; "" where the Subscription does not say."""
    found = _extension(subscription["channel"].get("_payload"), names.CONTENT)
    return found if found in CONTENTS else ""


def _is_past(end: str) -> bool:
    return dates.bounds(end)[0] <= microseconds(clock.now())


class _Reader:
    def __init__(self, subscription: Resource) -> None:
        self.subscription = subscription
        self.channel: Resource = subscription["channel"]
        self.problems: list[Problem] = []

    def read(self) -> tuple[Request | None, list[Problem]]:
        topic = topics().get(self.subscription.get("criteria", ""))
        if topic is None:
            text = "Nút này không có chủ đề đó; các chủ đề ghi trong /fhir/metadata, ở Subscription."
            self._wrong(text, "Subscription.criteria", "topic")
        filters = self._filters(topic) if topic else {}
        self._check_type()
        content = self._content()
        target = self._target(content)
        headers = self._headers()
        heartbeat = self._number(names.HEARTBEAT, 0, SHORTEST_HEARTBEAT, LONGEST_HEARTBEAT)
        timeout = self._number(names.TIMEOUT, TIMEOUT, 1, LONGEST_TIMEOUT)
        max_count = self._number(names.MAX_COUNT, MAX_COUNT, 1, MOST_COUNT)
        if self.problems or topic is None or target is None:
            return None, self.problems
        return Request(topic, filters, target, headers, content, heartbeat, timeout, max_count), []

    def _wrong(self, text: str, where: str, key: str) -> None:
        self.problems.append(_problem(text, where, f"subscription-{key}"))

    def _filters(self, topic: Topic) -> dict[str, list[Query]]:
        found: dict[str, list[Query]] = {}
        for one in _extensions(self.subscription.get("_criteria"), names.FILTER):
            try:
                kind, query = filter_of(topic, one)
            except Malformed as error:
                self._wrong(error.message, "Subscription.criteria", "filter")
            else:
                found.setdefault(kind, []).append(query)
        return found

    def _check_type(self) -> None:
        if self.channel.get("type") != "rest-hook" or _extensions(self.channel.get("_type"), names.CHANNEL_TYPE):
            self._wrong("Nút này chỉ gửi tin qua kênh rest-hook.", "Subscription.channel.type", "channel")

    def _content(self) -> str:
        where = "Subscription.channel.payload"
        if self.channel.get("payload") not in MIME:
            self._wrong("Nội dung tin là application/fhir+json.", where, "payload")
        content = content_of(self.subscription)
        if not content:
            text = f"Cần phần mở rộng backport-payload-content với {', '.join(CONTENTS)}."
            self._wrong(text, where, "content")
        return content

    def _target(self, content: str) -> Target | None:
        where = "Subscription.channel.endpoint"
        if not self.channel.get("endpoint"):
            self._wrong("Kênh rest-hook cần địa chỉ nhận tin.", where, "endpoint")
            return None
        try:
            target = addresses.target_of(self.channel["endpoint"])
        except addresses.Forbidden as error:
            self._wrong(str(error), where, "endpoint")
            return None
        if content == "full-resource" and target.scheme == "http" and not addresses.is_local(target):
            self._wrong("Cả hồ sơ (full-resource) chỉ được gửi qua https.", where, "endpoint")
        return target

    def _headers(self) -> tuple[tuple[str, str], ...]:
        found = []
        for number, text in enumerate(self.channel.get("header", ())):
            match = _HEADER.fullmatch(text or "")
            if match is None or match[1].lower() in _OWN_HEADERS:
                text = "Header có dạng «Tên: giá trị» và không phải header do giao thức tự ghi."
                self._wrong(text, f"Subscription.channel.header[{number}]", "header")
            else:
                found.append((match[1], match[2]))
        return tuple(found)

    def _number(self, url: str, default: int, least: int, most: int) -> int:
        value = _extension(self.channel, url)
        if value is None:
            return default
        if not isinstance(value, int) or not least <= value <= most:
            name = url.rpartition("/")[2]
            self._wrong(f"{name} là số nguyên từ {least} đến {most}.", "Subscription.channel", name)
            return default
        return value


def filter_of(topic: Topic, text: object) -> tuple[str, Query]:
    """(type, search) of one `backport-filter-criteria`: `Encounter?patient=Patient/1`, or without the type where the
    topic has only one. Raises Malformed saying what this topic does not allow."""
    if not isinstance(text, str) or not text:
        raise Malformed("Điều kiện lọc có dạng Loại?tham-số=giá-trị.")
    kind, mark, rest = text.partition("?")
    if not mark:
        kind, rest = (topic.types[0] if len(topic.types) == 1 else ""), text
    if kind not in topic.types:
        raise Malformed(f"Điều kiện lọc phải nêu một loại của chủ đề: {', '.join(topic.types)}.")
    params = parse_qsl(rest, keep_blank_values=True)
    query = query_of(kind, params)
    for (code, _), one in zip(params, query.criteria, strict=True):
        _check_allowed(topic, kind, code, one)
    return kind, query


def _check_allowed(topic: Topic, kind: str, code: str, one: Criterion) -> None:
    name, _, modifier = code.partition(":")
    allowed = [each for each in topic.filters if each.parameter == name and each.resource in ("", kind)]
    if not allowed:
        raise Malformed(f"Chủ đề này không lọc được theo «{name}».")
    if modifier and not any(modifier in each.modifiers for each in allowed):
        raise Malformed(f"Chủ đề này không lọc được theo «{name}» với «:{modifier}».")
    for prefix in sorted(set(_prefixes(one)) - {"eq"}):
        if not any(prefix in each.comparators for each in allowed):
            raise Malformed(f"Chủ đề này không lọc được theo «{name}» với so sánh «{prefix}».")


def _prefixes(one: Criterion) -> Iterator[str]:
    values = one.alternatives if isinstance(one, Match) else one.moments if isinstance(one, Updated) else ()
    for one_value in values:
        value = one_value.other if isinstance(one_value, Pair) else one_value
        if isinstance(value, Moment | Number):
            yield value.prefix
        elif isinstance(value, Amount):
            yield value.number.prefix


def _extensions(element: object, url: str) -> list[Any]:
    """Values of the extensions with this URL on an element (or on the `_x` beside a primitive)."""
    listed = element.get("extension", ()) if isinstance(element, dict) else ()
    found = [one for one in listed if one.get("url") == url]
    return [next((value for key, value in one.items() if key.startswith("value")), None) for one in found]


def _extension(element: object, url: str) -> Any:
    return next(iter(_extensions(element, url)), None)


def _problem(text: str, where: str, key: str) -> Problem:
    return Problem("business-rule", text, where, key=key)
