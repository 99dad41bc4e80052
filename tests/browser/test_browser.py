"""The lesson and its exercise, used in a real JupyterLab in a real browser."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).parents[2]
LESSON = "notebooks/1_segmentation/11_rfm.ipynb"
EXERCISE = "exercises/1_segmentation/11_rfm_exercise.ipynb"
TOKEN = "a-token-for-this-test"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--no-first-run",
]
CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
WAIT = 90_000

# Playwright's own transport leaves its event loop to the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("lab")


@pytest.fixture(scope="module")
def lab(home: Path) -> Iterator[str]:
    """The address of `mktlab lab`, at work on a copy that autosave may change."""
    for folder in ("notebooks", "exercises"):
        shutil.copytree(ROOT / folder, home / "course" / folder)
    settings = home / "settings" / "@jupyterlab" / "notebook-extension"
    settings.mkdir(parents=True)
    # All cells are in the page, also those out of sight.
    (settings / "tracker.jupyterlab-settings").write_text(json.dumps({"windowingMode": "none"}))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = os.environ | {
        "JUPYTERLAB_SETTINGS_DIR": str(home / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"),
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
    }
    command = [sys.executable, "-m", "mktlab", "lab", "--no-browser", "--port", str(port)]
    command += [f"--IdentityProvider.token={TOKEN}"]
    with (home / "log").open("w") as log:
        server = subprocess.Popen(
            command, cwd=home / "course", env=environment, stdout=log, stderr=log
        )
    address = f"http://127.0.0.1:{port}"
    try:
        await_answer(f"{address}/api/status?token={TOKEN}", server, home / "log")
        yield address
    finally:
        server.send_signal(signal.SIGTERM)
        try:
            server.wait(timeout=30)
        except subprocess.TimeoutExpired:  # it was still starting; kernels end with their server
            server.kill()
            server.wait()


def await_answer(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(300):
        assert server.poll() is None, log.read_text()
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except OSError:
            time.sleep(0.2)
    raise AssertionError(log.read_text())


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[object]:
    from playwright.sync_api import sync_playwright

    if CHROMIUM is None:  # where the tests must not be missed, a missing browser fails them
        without = pytest.fail if os.environ.get("CI") else pytest.skip
        without("no chromium or chrome on PATH: install one (Debian: apt install chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


class Notebook:
    """A notebook open in JupyterLab."""

    def __init__(self, browser, address: str, path: str) -> None:
        self.page = browser.new_page(viewport={"width": 1200, "height": 1000})
        self.page.set_default_timeout(WAIT)
        self.requests: list[str] = []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.goto(f"{address}/lab/tree/{path}?token={TOKEN}&reset")
        self.page.wait_for_selector(".jp-Notebook .jp-CodeCell")
        self.cells = self.page.locator(".jp-Notebook .jp-CodeCell")

    def run_all(self) -> None:
        """Run every cell; cells run too soon after the kernel turned idle can get lost.

        Stored outputs are cleared before, with their numbers: then a lost cell shows.
        """
        self.await_idle()
        self.page.wait_for_timeout(2_000)
        self.page.get_by_role("menuitem", name="Edit", exact=True).click()
        self.page.get_by_text("Clear Outputs of All Cells", exact=True).click()
        for _ in range(3):
            self.page.get_by_role("menuitem", name="Run", exact=True).click()
            self.page.get_by_text("Run All Cells", exact=True).click()
            self.page.wait_for_timeout(500)
            self.await_idle()
            if not self.page.locator(".jp-InputPrompt", has_text="[ ]").count():
                return
        raise AssertionError("some cells did not run")

    def await_idle(self) -> None:
        self.page.wait_for_selector('.jp-Notebook-ExecutionIndicator[data-status="idle"]')
        self.page.wait_for_function(
            "!document.querySelector('.jp-Notebook').innerText.includes('[*]')"
        )

    def await_pictures(self, number: int) -> None:
        self.page.wait_for_function(
            f"document.querySelectorAll('.jp-OutputArea img').length == {number}"
        )

    def write(self, cell: int, code: str) -> None:
        """Put code into a code cell, run it and the check below it."""
        editor = self.cells.nth(cell).locator(".cm-content")
        editor.click()
        self.page.keyboard.press("Control+A")
        self.page.keyboard.insert_text(code)
        for _ in range(2):
            self.page.keyboard.press("Shift+Enter")
            self.page.wait_for_timeout(300)
            self.await_idle()

    def place_of(self, start: str) -> int:
        """The number of the code cell whose source starts with this text."""
        texts = self.cells.locator(".cm-content").all_inner_texts()
        return next(i for i, text in enumerate(texts) if text.startswith(start))


@pytest.fixture(scope="module")
def lesson(browser, lab: str) -> Notebook:
    return Notebook(browser, lab, LESSON)


@pytest.fixture(scope="module")
def exercise(browser, lab: str) -> Notebook:
    notebook = Notebook(browser, lab, EXERCISE)
    notebook.run_all()
    return notebook


def stored_charts() -> int:
    cells = nbformat.read(ROOT / LESSON, as_version=4).cells
    return sum("image/png" in o.get("data", {}) for c in cells for o in c.get("outputs", []))


def test_the_stored_lesson_shows_every_chart_before_anything_runs(lesson: Notebook) -> None:
    assert stored_charts() >= 4
    lesson.await_pictures(stored_charts())
    text = lesson.page.locator(".jp-Notebook").inner_text()
    assert "Error displaying widget" not in text
    assert "model not found" not in text


def test_the_lesson_runs_and_every_chart_has_its_description(lesson: Notebook) -> None:
    lesson.run_all()
    lesson.page.wait_for_selector(".widget-slider")
    assert lesson.page.locator(".jp-OutputArea [data-mime-type*=error]").count() == 0
    lesson.await_pictures(stored_charts())
    descriptions = lesson.page.locator(".jp-OutputArea details")
    assert descriptions.count() == stored_charts()  # that of the panel is hidden while it is live
    for description in descriptions.all():
        assert len(description.text_content() or "") > 60


def test_a_slider_moves_by_the_keyboard(lesson: Notebook) -> None:
    panel = lesson.page.locator(".widget-vbox").first
    said = panel.locator("[role=status]")
    before = said.inner_text()
    assert before.startswith("With 500 boxes")
    panel.locator(".noUi-handle").first.focus()
    lesson.page.keyboard.press("ArrowRight")
    picture = panel.locator("img[alt^='With 550 boxes']")
    picture.wait_for()
    assert picture.get_attribute("alt").startswith(said.inner_text())  # and then the data


def test_an_untouched_exercise_says_not_attempted(exercise: Notebook) -> None:
    text = exercise.page.locator(".jp-Notebook").inner_text()
    for question in ("q1", "q2", "q3", "q4", "q5"):
        assert f"{question}: not attempted yet." in text
    assert "0 of 5 right." in text


def test_a_wrong_answer_is_named_and_a_right_one_is_right(exercise: Notebook) -> None:
    place = exercise.place_of("since =")
    told = exercise.cells.nth(place + 1).locator("[role=status]")
    solution = nbformat.read(ROOT / EXERCISE.replace("exercise", "solution"), as_version=4)
    right = next(c.source for c in solution.cells if c.source.startswith("since ="))
    exercise.write(place, f"{right}\nanswer_3 = 100 * answer_3")
    assert "A mistake: a hundred times too much." in told.inner_text()
    exercise.write(place, "answer_3 = 'a lot'")
    assert "Not yet." in told.inner_text()
    exercise.write(place, right)
    assert "Right." in told.inner_text()


def test_an_error_in_one_question_leaves_the_others_alone(exercise: Notebook) -> None:
    first = exercise.place_of("# Your code here.\nanswer_1")
    exercise.write(first, 'answer_1 = purchases["customer_id"].nunique()')
    fourth = exercise.place_of("# Your code here.\nanswer_4")
    exercise.write(fourth, "answer_4 = a_name_that_is_not_there")
    assert "NameError" in exercise.cells.nth(fourth).inner_text()
    said = [exercise.cells.nth(n + 1).get_by_role("status").inner_text() for n in (first, fourth)]
    assert "Right." in said[0]
    assert "q4: not attempted yet." in said[1]


def test_an_exercise_leads_to_its_lesson_and_to_the_next(exercise: Notebook) -> None:
    for name, path in (("11 · RFM", "11_rfm.ipynb"), ("12 · Cohorts", "12_cohorts.ipynb")):
        link = exercise.page.locator(".jp-Notebook a", has_text=name).first
        assert path in (link.get_attribute("href") or "")


def test_jupyterlab_does_not_ask_for_news(lesson: Notebook, exercise: Notebook) -> None:
    assert "Jupyter news" not in lesson.page.locator("body").inner_text()
    assert not any("/lab/api/news" in url for url in lesson.requests + exercise.requests)


def test_a_kernel_does_not_warn_of_eavesdroppers(home: Path, lesson: Notebook) -> None:
    log = (home / "log").read_text()
    assert "Kernel started" in log
    assert "eavesdropping" not in log


def test_no_page_asks_another_machine(lesson: Notebook, exercise: Notebook) -> None:
    urls = lesson.requests + exercise.requests
    assert len(urls) > 20
    local = ("http://127.0.0.1:", "ws://127.0.0.1:", "data:", "blob:")
    assert [url for url in urls if not url.startswith(local)] == []
