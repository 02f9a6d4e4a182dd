"""A real site for journeys: the demo loaded by its command, served by granian, driven in Chromium."""

import fcntl
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Error, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "An-Sinh-1942"
PEOPLE = "60"
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
]


@pytest.fixture(scope="session")
def site(tmp_path_factory) -> Iterator[str]:
    """Address of a served demo with its own state folder, stopped at the end; or the one that ANSINH_SITE names."""
    if given := os.environ.get("ANSINH_SITE"):
        yield given
        return
    state = tmp_path_factory.mktemp("site") / "state"
    shutil.copytree(_loaded_demo(tmp_path_factory), state)
    port = _free_port()
    with open(state / "server.log", "wb") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "ansinh.config.cli", "serve", "--port", str(port)],
            cwd=state, env=_environment(state), stdout=log, stderr=subprocess.STDOUT,
        )  # fmt: skip
        address = f"http://127.0.0.1:{port}"
        _wait_for(address, server, state / "server.log")
        yield address
        server.terminate()
        server.wait(timeout=10)


def _loaded_demo(tmp_path_factory) -> Path:
    """The state folder of a demo that is loaded and never served: one for all workers, each serves a copy."""
    of_run = tmp_path_factory.getbasetemp()
    of_run = of_run.parent if "PYTEST_XDIST_WORKER" in os.environ else of_run
    state = of_run / "demo"
    with open(of_run / "demo.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not state.exists():
            making = of_run / "demo-in-the-making"
            shutil.rmtree(making, ignore_errors=True)
            making.mkdir()
            _command(making, "prepare-assets")
            _command(making, "demo", "--people", PEOPLE, "--load-only")
            making.rename(state)
    return state


def _environment(state: Path) -> dict[str, str]:
    """The database is named from within the state folder, so that a copy of the folder is the same node."""
    return {
        **os.environ,
        "ANSINH_STATE": str(state),
        "DATABASE_URL": "sqlite:///ansinh.sqlite3",
        "ANSINH_FHIR_ARTEFACT": os.environ.get("ANSINH_FHIR_ARTEFACT", str(ROOT / "var/fhir-r4")),
        "PYTHONPATH": str(ROOT / "src"),
    }


def _command(state: Path, *arguments: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "ansinh.config.cli", *arguments],
        cwd=state,
        env=_environment(state),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, f"{arguments}: {done.stdout[-2000:]}{done.stderr[-4000:]}"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_for(address: str, server: subprocess.Popen, log: Path) -> None:
    for _ in range(150):
        try:
            urllib.request.urlopen(f"{address}/dang-nhap/", timeout=2)
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            assert server.poll() is None, log.read_text(errors="replace")[-4000:]
            time.sleep(0.2)
        else:
            return
    pytest.fail(f"the site did not answer: {log.read_text(errors='replace')[-4000:]}")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's Chromium, or Playwright's own where it was downloaded."""
    found = next((path for name in CHROMIUM if (path := shutil.which(name))), None)
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=found, args=QUIET)
        yield launched
        launched.close()


@pytest.fixture
def page(browser: Browser, site: str) -> Iterator[Page]:
    """A fresh page of a desktop; script errors on it fail the test."""
    context = browser.new_context(base_url=site, locale="vi-VN", timezone_id="Asia/Ho_Chi_Minh")
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    assert errors == []


@pytest.fixture(scope="session")
def sessions() -> dict[str, list]:
    """Cookies of who logged in before: the form is walked once for each account, not once for each test."""
    return {}


@pytest.fixture
def log_in(page: Page, sessions: dict[str, list]) -> Callable[[str], None]:
    """Log in as a demo account by its user name; whoever was logged in before is logged out."""

    def enter(username: str) -> None:
        page.context.clear_cookies()
        if username in sessions:
            page.context.add_cookies(sessions[username])
            page.goto("/")
            if "/dang-nhap/" not in page.url:  # else a journey has ended that session
                return
        page.goto("/dang-nhap/")
        page.get_by_label("Tên đăng nhập").fill(username)
        page.get_by_label("Mật khẩu").fill(PASSWORD)
        page.get_by_role("button", name="Đăng nhập").click()
        page.wait_for_url("**/")
        sessions[username] = page.context.cookies()

    return enter


@pytest.fixture
def no_axe_violations() -> Callable[[Page], None]:
    """WCAG 2.2 A and AA by axe-core on the page as it stands."""
    axe = (ROOT / "frontend/node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")
    options = "{runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']}"

    def examined(page: Page) -> list[dict]:
        page.wait_for_load_state()
        page.evaluate(axe)
        return page.evaluate(f"axe.run(document, {options})")["violations"]

    def check(page: Page) -> None:
        try:
            found = examined(page)
        except Error:  # a link that was just pressed took this page away under it: the next one is meant
            found = examined(page)
        told = [f"{v['id']}: {v['nodes'][0]['html'][:160]} ({len(v['nodes'])})" for v in found]
        assert told == [], "\n".join([page.url, *told])

    return check
