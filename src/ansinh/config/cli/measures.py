"""Indicators on the command line: of this node, or of exported views, counted by another engine."""

import argparse
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ansinh.config.cli.arguments import whole

if TYPE_CHECKING:
    from ansinh.programme.measures.counting import Counting
    from ansinh.programme.measures.rules import Period

HELP = "tính chỉ tiêu, trên nút này hoặc trên bản xuất Parquet"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`run`, with what, whose, when, and where from; `send` and `take` by a mapping file."""
    commands = parser.add_subparsers(dest="what", required=True, metavar="VIỆC")
    _add_run(commands.add_parser("run", help="tính và in ra"))
    command = commands.add_parser("send", help="ghi số liệu thành tệp của DHIS2 hoặc ADX")
    command.add_argument("out", type=Path, help="tệp sẽ ghi")
    command.add_argument("--mapping", type=Path, required=True, help="tệp đối chiếu, mẫu: definitions/exchange")
    command.add_argument("--period", required=True, help="2025, 2025-H1, 2025-Q3 hoặc 2025-07, kỳ đã hết")
    command.add_argument("--as-of", type=whole(1, 1 << 62), default=None, help="vị trí nhật ký; bỏ trống: mới nhất")
    command.add_argument("--format", choices=("dhis2", "adx"), default="dhis2")
    command = commands.add_parser("take", help="nhận số liệu của hệ thống khác từ tệp DHIS2 hoặc ADX")
    command.add_argument("file", type=Path)
    command.add_argument("--mapping", type=Path, required=True, help="tệp đối chiếu, mẫu: definitions/exchange")
    command.add_argument("--source", required=True, help="tên hệ thống gửi, hiện cạnh số liệu")


def _add_run(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--measure", action="append", default=[], help="mã chỉ tiêu (nêu nhiều lần được); bỏ trống: tất cả"
    )
    command.add_argument("--unit", action="append", default=[], help="mã đơn vị; bỏ trống: các tỉnh có kế hoạch")
    command.add_argument(
        "--period", default="", help="2025, 2025-H1, 2025-Q3 hoặc 2025-07; bỏ trống: năm nay tới hôm nay"
    )
    command.add_argument("--as-of", type=whole(1, 1 << 62), default=None, help="vị trí nhật ký; bỏ trống: mới nhất")
    command.add_argument(
        "--engine", choices=("live", "duckdb", "spark"), default="live", help="live: bảng sống của nút"
    )
    command.add_argument("--source", type=Path, help="thư mục của «./ansinh views export» (duckdb, spark)")
    command.add_argument("--master", default="local[*]", help="nơi Spark chạy, ví dụ local[2], spark://máy:7077")
    command.add_argument("--json", type=Path, help="ghi thêm kết quả, cả từng cơ sở và phân tổ, ra tệp này")


def run(options: argparse.Namespace) -> int:
    """Does what was asked; exit code 1 when a figure could not be counted (the others are)."""
    return {"run": _run, "send": _send, "take": _take}[options.what](options)


def _send(options: argparse.Namespace) -> int:
    from ansinh.config.loading import bring_up_to_date

    bring_up_to_date()
    from ansinh.kernel import clock
    from ansinh.kernel.errors import Invalid
    from ansinh.programme.measures import rules
    from ansinh.programme.measures.aggregates import adx, dxf2, sending

    mapping, period = _mapping(options.mapping), rules.parse_period(options.period)
    if period.end >= clock.today():
        raise Invalid("Kỳ chưa hết; chỉ gửi số liệu của kỳ đã hết.", field="period")
    sent = sending.values(mapping, period, options.as_of)
    written = (
        dxf2.write(mapping.data_set, sent.values)
        if options.format == "dhis2"
        else adx.write(mapping.data_set, sent.values, clock.now().isoformat(timespec="seconds"))
    )
    options.out.write_bytes(written)
    print(f"{options.out}: {len(sent.values)} số, {sent.hidden} số để lại vì quá nhỏ hoặc để không suy ra được số nhỏ")
    return 0


def _take(options: argparse.Namespace) -> int:
    from ansinh.config.loading import bring_up_to_date

    bring_up_to_date()
    from django.db import transaction

    from ansinh.fhir.store import Repository
    from ansinh.kernel.context import system_context
    from ansinh.programme.measures.aggregates import adx, dxf2, receiving

    body = options.file.read_bytes()
    given = adx.read(body) if body.lstrip()[:1] == b"<" else dxf2.read(body)
    with transaction.atomic():
        number = receiving.take(Repository(system_context()), _mapping(options.mapping), given, options.source)
    print(f"Đã nhận {number} số liệu của «{options.source}»")
    return 0


def _mapping(path: Path) -> Any:
    from ansinh.programme.measures.aggregates import mapping
    from ansinh.programme.measures.counting import Counting, all_ids

    return mapping.read(path, Counting().definitions(all_ids()))


def _run(options: argparse.Namespace) -> int:
    from ansinh.kernel.errors import Invalid

    if (options.engine == "live") == (options.source is not None):
        raise Invalid("--source đi cùng --engine duckdb hoặc spark, và hai cách ấy cần --source.", field="source")
    if options.engine == "live":
        from ansinh.config.loading import bring_up_to_date

        bring_up_to_date()
    else:
        import django

        django.setup()
    found, failed = _count(options, _counting(options))
    if options.json:
        _write(options.json, found)
    return 1 if failed else 0


def _counting(options: argparse.Namespace) -> "Counting":
    if options.engine == "live":
        from ansinh.programme.measures.counting import Counting

        return Counting(options.as_of)
    from ansinh.programme.measures.engines.source import Exported

    return Exported(options.source, _engine(options), options.as_of)


def _engine(options: argparse.Namespace) -> Any:
    if options.engine == "duckdb":
        from ansinh.programme.measures.engines.duck import DuckDB

        return DuckDB()
    from ansinh.programme.measures.engines.spark import Spark

    return Spark(options.master)


def _count(options: argparse.Namespace, counting: "Counting") -> tuple[list[dict[str, Any]], int]:
    """The figures, printed as they come, and how many measures failed."""
    from ansinh.kernel.errors import UserError
    from ansinh.programme.measures.counting import all_ids
    from ansinh.programme.measures.engines.answers import answers

    units, period = _units(counting, options.unit), _period(options.period)
    print(f"Kỳ {period.label}, vị trí nhật ký {counting.position}")
    found: list[dict[str, Any]] = []
    failed = 0
    for measure_id in options.measure or all_ids():
        try:
            found += _printed(answers(counting, measure_id, units, period))
        except UserError as error:
            failed += 1
            print(f"✗ {measure_id}: {error.message}")
    return found, failed


def _printed(figures: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for each in figures:
        value = "–" if each["value"] is None else each["value"].replace(".", ",")
        print(f"{each['measure']:<44} {each['unit']:<24} {each['numerator']:>8} / {each['denominator']:<8} {value:>8}")
        yield each


def _units(counting: "Counting", codes: Sequence[str]) -> list[Any]:
    """The units named by code, or the provinces that have a plan."""
    from ansinh.kernel.errors import NotFound

    by_code = {unit.code: unit for unit in counting.register.units}
    if unknown := [code for code in codes if code not in by_code]:
        raise NotFound(f"Không có đơn vị nào mã «{unknown[0]}».")
    return [by_code[code] for code in codes or sorted(_planning() & set(by_code))]


def _planning() -> set[str]:
    from django.conf import settings

    from ansinh.kernel import yaml

    return {yaml.document(path)["province"] for path in sorted(Path(settings.DEFINITIONS, "plans").glob("*.yaml"))}


def _period(text: str) -> "Period":
    from ansinh.kernel import clock
    from ansinh.programme.measures import rules

    today = clock.today()
    return (rules.parse_period(text) if text else rules.year(today.year)).until(today)


def _write(path: Path, found: Sequence[dict[str, Any]]) -> None:
    from ansinh.fhir.model import json

    path.write_bytes(json.dumps(found) + b"\n")
