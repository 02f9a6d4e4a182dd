"""How long the server takes for each page, and what it needs for that.

    ./ansinh bench pages --state var            every page type on the people that var/ holds
    ./ansinh bench pages --only person --requests 20

Each page type is asked for many different people and units, first one after the other, then by four at once. Times
are from sending to the last byte on the same machine; `cpu` is what the server's processes computed per request and
does not depend on who else uses the machine. Results are kept in benchmarks/pages.json, one entry for each commit,
database, number of people and machine. Exit code 1 when a page was refused.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
LEDGER = ROOT / "benchmarks" / "pages.json"
WIDTH = 4
TARGET_MS, TARGET_MB, TARGET_START = 100, 200, 5.0


def main() -> int:
    """Measure, print, keep."""
    options = _arguments()
    os.environ["ANSINH_STATE"] = str(Path(options.state).resolve())
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ansinh.config.settings")
    sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]
    entry = _measure(options)
    _print(entry)
    if not options.only:
        _keep(entry)
    return 1 if any(row["refused"] for row in entry["pages"].values()) else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./ansinh bench pages")
    parser.add_argument("--state", default=str(ROOT / "var"), help="state folder that holds the people (default var)")
    parser.add_argument("--requests", type=int, default=60, help="requests per page type, twice (default 60)")
    parser.add_argument("--only", default="", help="page types whose name has this; nothing is kept")
    return parser.parse_args()


def _measure(options: argparse.Namespace) -> dict[str, Any]:
    import django

    django.setup()
    from measuring.addresses import pages
    from measuring.server import serving

    from sample_data.accounts import LOGINS, PASSWORD
    from sample_data.places import demo_facility

    wanted = [page for page in pages(demo_facility()) if options.only in page.name]
    with serving(ROOT, Path(os.environ["ANSINH_STATE"]) / "bench-server.log") as server:
        from measuring.browser import Browser

        browsers = {role: Browser(server.port) for role in dict.fromkeys(page.role for page in wanted)}
        for role, browser in browsers.items():
            browser.log_in(LOGINS[role][0], PASSWORD)
        rows = {}
        for page in wanted:
            rows[f"{page.name} ({page.role})"] = _page(server, browsers[page.role].twin(), page, options.requests)
        return {
            **_surroundings(),
            "start_s": round(server.start, 2),
            "memory_mb": round(server.memory()),
            "pages": rows,
        }


def _page(server: Any, browser: Any, page: Any, count: int) -> dict[str, Any]:
    from measuring.browser import ask, at_once
    from measuring.changing import writing

    from sample_data.places import demo_facility

    write = writing(demo_facility()) if page.written else lambda: None
    first = ask(browser, page.paths[0], typed=page.typed)
    around = [page.paths[number % len(page.paths)] for number in range(count)]
    before = server.cpu()
    alone = []
    for path in around:
        write()
        alone.append(ask(browser, path, typed=page.typed))
    cpu = (server.cpu() - before) / count
    write()
    together = at_once(browser, around, WIDTH, typed=page.typed)
    answers = [first, *alone, *together]
    return {
        "first_ms": _ms(first.seconds),
        **_times("", [one.seconds for one in alone]),
        "cpu_ms": _ms(cpu),
        **_times("four_", [one.seconds for one in together]),
        "queries": _queries(page),
        "bytes": int(statistics.median(one.size for one in alone)),
        "refused": sum(1 for one in answers if one.status != 200),
    }


def _queries(page: Any) -> int:
    """How many queries the page runs the second time it is asked, counted in this process."""
    from django.contrib.auth import get_user_model
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from sample_data.accounts import LOGINS

    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(get_user_model().objects.get(username=LOGINS[page.role][0]))
    address, _, typed = page.paths[0].partition("?")
    for _round in range(2):
        with CaptureQueriesContext(connection) as seen:
            if page.typed:
                client.post(address, typed, content_type="application/x-www-form-urlencoded", follow=True)
            else:
                client.get(page.paths[0])
    return len(seen)


def _times(prefix: str, seconds: Sequence[float]) -> dict[str, float]:
    ordered = sorted(seconds)
    high = ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]
    return {
        f"{prefix}median_ms": _ms(statistics.median(ordered)),
        f"{prefix}p95_ms": _ms(high),
        f"{prefix}max_ms": _ms(ordered[-1]),
    }


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 1)


def _surroundings() -> dict[str, Any]:
    from django.db import connection

    from ansinh.fhir.views import tables
    from ansinh.kernel.context import system_context

    people = tables.rows(system_context(), "SELECT COUNT(*) AS n FROM view_patient p WHERE {reach:p}")[0]["n"]
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True)
    return {
        "commit": commit.stdout.strip() or "unknown",
        "database": connection.vendor,
        "people": int(people),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
        "load": round(os.getloadavg()[0], 1),
    }


def _print(entry: dict[str, Any]) -> None:
    print(f"{entry['commit']}, {entry['database']}, {entry['people']} people, {entry['machine']}, load {entry['load']}")
    head = ("page", "median", "p95", "max", "cpu", f"p95 by {WIDTH}", "first", "queries", "kB", "")
    print("{:<32}{:>8}{:>8}{:>8}{:>8}{:>10}{:>8}{:>8}{:>7}  {}".format(*head))
    for name, row in sorted(entry["pages"].items(), key=lambda item: -item[1]["p95_ms"]):
        figures = [
            row[key] for key in ("median_ms", "p95_ms", "max_ms", "cpu_ms", "four_p95_ms", "first_ms", "queries")
        ]
        note = f"{row['refused']} refused" if row["refused"] else "slow" if row["p95_ms"] > TARGET_MS else ""
        print("{:<32}{:>8}{:>8}{:>8}{:>8}{:>10}{:>8}{:>8}{:>7}  {}".format(name, *figures, row["bytes"] // 1024, note))
    print(f"first answer after {entry['start_s']} s (target {TARGET_START:.0f}), {entry['memory_mb']} MB "
          f"(target {TARGET_MB}), pages below {TARGET_MS} ms at p95")  # fmt: skip


def _keep(entry: dict[str, Any]) -> None:
    """Replace the entry of the same commit, database, people and machine; the newest stands first."""
    kept = json.loads(LEDGER.read_text(encoding="utf-8")) if LEDGER.exists() else []
    same = ("commit", "database", "people", "machine")
    others = [one for one in kept if any(one[key] != entry[key] for key in same)]
    LEDGER.write_text(json.dumps([entry, *others], indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
