"""How long a person's hands take for the work of every day.

    ./ansinh bench hands --state var     on the people that var/ holds (a ward with 30 residents is needed)

Each task is done in Chromium, key by key, on a server started for it; keys, clicks and thoughts are counted and added
up by the keystroke-level model (measuring/hand.py says which figures, and where people think), the waiting as it was
measured. Kept in benchmarks/hand-time.json. Exit code 1 when a task takes longer than its target or saved nothing.
"""

import argparse
import json
import os
import platform
import random
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
LEDGER = ROOT / "benchmarks" / "hand-time.json"
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
RESIDENTS = 30
# task → seconds; those of the first two from what users of Simple take: 76 and 13
TARGETS = {
    "register": 60,
    "follow_up_visit": 12,
    "rehab_session": 15,
    "vitals_round_30": 240,
}


def main() -> int:
    """Do every task, print, keep."""
    parser = argparse.ArgumentParser(prog="./ansinh bench hands")
    parser.add_argument("--state", default=str(ROOT / "var"), help="state folder that holds the people (default var)")
    options = parser.parse_args()
    os.environ["ANSINH_STATE"] = str(Path(options.state).resolve())
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ansinh.config.settings")
    sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]
    entry = _measure()
    _print(entry)
    LEDGER.write_text(json.dumps(entry, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return 0 if all(task["seconds"] <= task["target"] for task in entry["tasks"].values()) else 1


def _measure() -> dict[str, Any]:
    import django

    django.setup()
    from measuring.hand import SOURCE, B, H, K, M, P
    from measuring.server import serving
    from playwright.sync_api import sync_playwright

    people = _people()
    given = {"person": _number(sessions=False), "trained": _number(sessions=True), "ward": _full_ward()}
    with serving(ROOT, Path(os.environ["ANSINH_STATE"]) / "bench-server.log") as server, sync_playwright() as play:
        path = next(found for name in CHROMIUM if (found := shutil.which(name)))
        browser = play.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 1440, "height": 900}, base_url=f"http://127.0.0.1:{server.port}")
        page.set_default_timeout(30_000)
        _log_in(page)
        tasks = {name: _row(name, act(page, given)) for name, act in TASKS.items()}
        browser.close()
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True)
    return {
        "commit": commit.stdout.strip() or "unknown",
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
        "people": people,
        "model": {"source": SOURCE, "K": K, "P": P, "B": B, "H": H, "M": M, "typing": "Telex"},
        "tasks": tasks,
    }


def _people() -> int:
    from ansinh.fhir.views import tables
    from ansinh.kernel.context import system_context

    sql = "SELECT COUNT(*) AS n FROM view_patient p WHERE {reach:p}"
    return int(tables.rows(system_context(), sql)[0]["n"])


def _row(name: str, hand: Any) -> dict[str, Any]:
    return {
        "target": TARGETS[name],
        "seconds": round(hand.seconds, 1),
        "hand_seconds": round(hand.hand_seconds, 1),
        "response_seconds": round(hand.response, 2),
        "keys": hand.keys,
        "clicks": hand.presses,
        "changes_of_device": hand.changes,
        "thoughts": hand.thoughts,
    }


def _print(entry: dict[str, Any]) -> None:
    print(f"{entry['commit']}, {entry['people']} people, {entry['model']['source']}")
    print(f"{'task':<20}{'seconds':>9}{'target':>8}{'hands':>8}{'wait':>7}{'keys':>6}{'clicks':>8}{'thoughts':>10}")
    for name, row in entry["tasks"].items():
        print(
            f"{name:<20}{row['seconds']:>9}{row['target']:>8}{row['hand_seconds']:>8}{row['response_seconds']:>7}"
            f"{row['keys']:>6}{row['clicks']:>8}{row['thoughts']:>10}"
        )


# --- the tasks -----------------------------------------------------------------------------------------------------


def _log_in(page: Any) -> None:
    from sample_data.accounts import LOGINS, PASSWORD

    page.goto("/dang-nhap/")
    page.get_by_label("Tên đăng nhập").fill(LOGINS["nurse"][0])
    page.get_by_label("Mật khẩu").fill(PASSWORD)
    page.get_by_role("button", name="Đăng nhập", exact=True).click()
    page.wait_for_url("**/")


def _home(page: Any) -> Any:
    """The home page, as it stands when somebody sits down to it; the hands are on the keyboard."""
    from measuring.hand import Hand

    page.goto("/?khoa=&viec=")
    page.locator("#find:focus").wait_for()
    return Hand(page)


def register(page: Any, given: dict[str, str]) -> Any:
    """A new person typed by hand: name, birth, sex, both numbers, telephone, commune, kind of stay; no card scanned."""
    hand, draw = _home(page), random.Random()
    link = page.get_by_role("link", name="Đăng ký người mới").first
    hand.think().wait(lambda: hand.click(link), page.locator("#id_full_name:focus").wait_for)
    name = (
        f"{draw.choice(('Nguyễn', 'Trần', 'Phạm'))} {draw.choice(('Thị', 'Văn'))} {_syllable(draw)} {_syllable(draw)}"
    )
    hand.think().type(name).press("Tab")
    hand.think().type(f"{draw.randrange(1, 29):02d}/{draw.randrange(1, 13):02d}/{draw.randrange(1940, 1999)}").press(
        "Tab"
    )
    hand.think().press("Space").press("Tab")  # the first choice of sex
    hand.press("Tab")  # ethnicity stays as it is
    hand.think().type(f"09{draw.randrange(10**8):08d}").press("Tab")
    hand.think().type(f"0370{draw.randrange(40, 99)}000{draw.randrange(1000):03d}").press("Tab").press("Tab")
    hand.think().type(f"{draw.randrange(10**10):010d}").press("Tab").press("Tab").press("Tab").press("Tab")
    hand.think().type("tam diep")
    option = page.locator("ansinh-combobox [role=option]").first
    hand.wait(lambda: None, option.wait_for)
    hand.press("ArrowDown").press("Enter")
    hand.think().click(page.locator("#id_kind"))
    _choose(hand, page.locator("#id_kind"), "inpatient")
    hand.think().wait(lambda: hand.press("Control+Enter"), lambda: page.wait_for_url("**/nguoi/*-*/"))
    return hand


def _choose(hand: Any, select: Any, value: str) -> None:
    """Down to an entry of the open list, as far as it stands from the one chosen, and take it."""
    values = select.evaluate("one => [...one.options].map(option => option.value)")
    for _step in range(abs(values.index(value) - values.index(select.input_value()))):
        hand.press("ArrowDown")
    hand.press("Enter")
    if select.input_value() != value:
        raise SystemExit(f"the list stands at {select.input_value()!r}")


def _syllable(draw: random.Random) -> str:
    first = draw.choice(("Hươ", "Thu", "Mi", "Loa", "Quỳ", "Tuyế", "Xuâ", "Phươ", "Kha", "Bí"))
    return first + draw.choice(("ng", "n", "nh", "ch", "m"))


def follow_up_visit(page: Any, given: dict[str, str]) -> Any:
    """From the home page: the person by the last digits of their number, pressure and pulse, saved."""
    hand = _at_person(page, given["person"])  # «Khám» has the focus
    hand.think().wait(lambda: hand.press("Enter"), page.locator("#id_systolic:focus").wait_for)
    hand.think().type("135").press("Tab").type("85").press("Tab").type("78")
    return _saved(hand, "Đã lưu lần khám.")


def rehab_session(page: Any, given: dict[str, str]) -> Any:
    """From the home page: the person by number; the techniques of the last session stand there, and are saved."""
    hand = _at_person(page, given["trained"])
    link = page.get_by_role("link", name="Tập phục hồi", exact=True).first
    hand.think()
    while not link.evaluate("one => one === document.activeElement"):
        hand.press("Tab")
    hand.wait(lambda: hand.press("Enter"), page.locator("#id_minutes").wait_for)
    hand.think()  # read what stands there
    return _saved(hand, "Đã lưu buổi tập.")


def _at_person(page: Any, number: str) -> Any:
    hand = _home(page)
    hand.think().type(number)
    return hand.wait(lambda: hand.press("Enter"), page.locator("#lam a:focus").wait_for)


def _number(*, sessions: bool) -> str:
    """The end of an insurance number of a resident of the nurse's facility, as few figures as nobody else has (four at
    least); sessions: of one who has had a session."""
    from ansinh.fhir.views import tables
    from ansinh.kernel.context import system_context
    from sample_data.places import demo_facility

    had = "AND EXISTS (SELECT 1 FROM view_encounter c WHERE {reach:c} AND c.patient_id = e.patient_id"
    sql = f"""SELECT DISTINCT i.value FROM view_episode e JOIN view_patient p ON p.id = e.patient_id AND {{reach:p}}
              JOIN view_patient_identifier i ON i.id = p.id AND {{reach:i}}
              WHERE {{reach:e}} AND e.facility_id = :facility AND e.status = 'active' AND LENGTH(i.value) = 10
              {had + " AND c.kind = 'rehab-session')" if sessions else ""} ORDER BY i.value"""
    params = {"facility": demo_facility()}
    chosen = str(random.choice(tables.rows(system_context(), sql, params))["value"])
    others = """SELECT i.value FROM view_patient p JOIN view_patient_identifier i ON i.id = p.id AND {reach:i}
                WHERE {reach:p} AND p.facility_id = :facility AND i.value <> :chosen"""
    taken = [row["value"] for row in tables.rows(system_context(), others, {**params, "chosen": chosen})]
    return next(chosen[-n:] for n in range(4, 11) if not any(one.endswith(chosen[-n:]) for one in taken))


def _full_ward() -> str:
    """A ward of the nurse's facility with at least thirty people in their beds."""
    from ansinh.clinical.wards import queries
    from ansinh.kernel.context import system_context
    from sample_data.places import demo_facility

    facility = demo_facility()
    for ward in queries.places(system_context(), facility).wards:
        if len(queries.occupied(system_context(), facility, ward).residents) >= RESIDENTS:
            return ward.id
    raise SystemExit(f"no ward has {RESIDENTS} residents: load more people")


def _saved(hand: Any, words: str) -> Any:
    said = hand.page.get_by_text(words)
    return hand.think().wait(lambda: hand.press("Control+Enter"), said.wait_for)


def vitals_round(page: Any, given: dict[str, str]) -> Any:
    """Five figures of each of thirty residents read off a sheet, as on a round with paper in hand."""
    from measuring.hand import Hand

    page.goto(f"/khoa-phong/do-chi-so/?khoa={given['ward']}")
    page.locator("tr.as-grid__row input:focus").wait_for()
    hand, draw = Hand(page), random.Random(1)
    for _line in range(RESIDENTS):
        hand.think()
        figures = (
            draw.randrange(105, 160),
            draw.randrange(60, 95),
            draw.randrange(58, 96),
            "36,6",
            draw.randrange(94, 99),
        )
        for figure in figures[:-1]:
            hand.type(str(figure)).press("Tab")
        hand.type(str(figures[-1])).press("Enter")
    return _saved(hand, f"Đã lưu chỉ số của {RESIDENTS} người.")


TASKS: dict[str, Callable[[Any, dict[str, str]], Any]] = {
    "register": register,
    "follow_up_visit": follow_up_visit,
    "rehab_session": rehab_session,
    "vitals_round_30": vitals_round,
}

if __name__ == "__main__":
    sys.exit(main())
