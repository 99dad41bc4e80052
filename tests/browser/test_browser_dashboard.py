"""The dashboard as `mktlab dashboard` serves it, used in a real browser with the keyboard."""

import io
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import openpyxl
import psutil
import pytest
from five_tools import write
from test_accessibility import serious
from test_browser import await_answer, browser, pytestmark

from mktlab.folder_check import check

__all__ = ["browser", "pytestmark"]

WAIT = 60_000
HERE = ("http://127.0.0.1:", "ws://127.0.0.1:", "data:", "blob:")


class Server(NamedTuple):
    process: subprocess.Popen[bytes]
    address: str
    home: Path

    def url(self, *, token: bool = True) -> str:
        said = (self.home / "log").read_text()
        return re.search(r"http\S+", said)[0] if token else self.address

    def kernels(self) -> set[int]:
        """The processes behind its pages."""
        return {child.pid for child in psutil.Process(self.process.pid).children()}

    def await_end(self, kernels: set[int]) -> None:
        """Wait a few seconds until none of these is left."""
        end = time.monotonic() + 10
        while (left := kernels & self.kernels()) and time.monotonic() < end:
            time.sleep(0.1)
        assert not left, "a kernel without a page goes on"


def served(home: Path, *options: str) -> Server:
    """`mktlab dashboard`, once it answers."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "mktlab", "dashboard", "--no-browser", "--port", str(port)]
    environment = os.environ | {"TMPDIR": str(home), "PYTHONUNBUFFERED": "1"}
    with (home / "log").open("w") as log:
        process = subprocess.Popen([*command, *options], env=environment, stdout=log, stderr=log)
    server = Server(process, f"http://127.0.0.1:{port}/", home)
    await_answer(f"{server.address}login", process, home / "log")
    return server


def stop(server: Server) -> None:
    server.process.send_signal(signal.SIGINT)
    try:
        server.process.wait(timeout=20)
    except subprocess.TimeoutExpired:
        server.process.kill()
        server.process.wait()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = served(tmp_path_factory.mktemp("dashboard"))
    try:
        yield server
    finally:
        stop(server)


def new_page(browser):
    """A page whose browser goes on when it is closed, and so can send its last request."""
    return browser.new_context(viewport={"width": 1200, "height": 1400}).new_page()


class Board:
    """The page, open."""

    def __init__(self, browser, server: Server) -> None:
        self.requests: list[str] = []
        self.page = new_page(browser)
        self.page.set_default_timeout(WAIT)
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.goto(server.url())
        self.page.get_by_role("heading", level=1).wait_for()

    def tile(self, name: str):
        return self.page.locator(".mktlab-tiles li").filter(has=self.page.get_by_text(name))

    def status(self) -> str:
        return self.page.get_by_role("status").first.inner_text()

    def await_status(self, before: str) -> float:
        """Seconds until the announced sentence is another one."""
        begun = time.perf_counter()
        self.page.wait_for_function(
            "before => document.querySelector('[role=status]')?.innerText !== before", arg=before
        )
        return time.perf_counter() - begun


@pytest.fixture(scope="module")
def board(browser, server) -> Board:
    return Board(browser, server)


def test_the_page_without_the_token_is_refused(server):
    with urllib.request.urlopen(server.url(token=False), timeout=10) as answer:
        assert "/login" in answer.url
        assert "mktlab-tiles" not in answer.read().decode()
    wrong = f"{server.address}?token=wrong"
    with urllib.request.urlopen(wrong, timeout=10) as answer:
        assert "/login" in answer.url
    kernel = f"{server.address}api/kernels/00000000-0000-0000-0000-000000000000"
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(kernel, timeout=10)
    assert refused.value.code in (403, 404)
    refused.value.close()


def test_it_listens_on_this_machine_only(server):
    port = int(server.address.rsplit(":", 1)[1].strip("/"))
    own = socket.gethostbyname(socket.gethostname())
    if not own.startswith("127."):
        with socket.socket() as other:
            assert other.connect_ex((own, port)) != 0


def test_the_page_shows_tiles_a_trend_and_alerts_in_a_language(board):
    page = board.page
    assert page.locator(".mktlab-tiles li").count() == 12
    assert "€" in board.tile("Revenue").first.inner_text()
    assert "Line: Revenue" in page.locator("img").first.get_attribute("alt")
    assert page.locator("html").get_attribute("lang") == "en"
    assert page.title() == "Dashboard - mktlab"
    text = page.locator("body").inner_text()
    for word in ("Traceback", "Warning", "Error", "Alerts: "):
        assert (word in text) == (word == "Alerts: ")


def test_path_tests_and_credit_stand_below_and_fit_on_a_telephone(board):
    page = board.page
    for title in ("Purchase path", "Tests of the shop", "Channel credit"):
        assert page.get_by_role("heading", name=title).is_visible()
    assert "Credit is no proof of effect" in page.locator("body").inner_text()
    page.set_viewport_size({"width": 390, "height": 900})
    wide = "es => es.filter(e => e.getBoundingClientRect().right > innerWidth + 1).length"
    assert page.locator(".mktlab-board").evaluate_all(wide) == 0
    page.set_viewport_size({"width": 1200, "height": 1400})


def test_no_serious_violation_of_accessibility(board):
    assert serious(board.page) == []


def test_a_filter_moved_by_the_keyboard_changes_the_numbers(board):
    before, revenue = board.status(), board.tile("Revenue").first.inner_text()
    segment = board.page.get_by_label("Segment")
    segment.focus()
    board.page.keyboard.press("ArrowDown")
    board.await_status(before)
    assert "champions customers" in board.status()
    assert board.tile("Revenue").first.inner_text() != revenue
    assert "Not known for champions customers" in board.page.locator("body").inner_text()
    before = board.status()
    board.page.keyboard.press("ArrowUp")
    board.await_status(before)
    assert board.tile("Revenue").first.inner_text() == revenue


def test_a_selection_without_numbers_gets_a_sentence(board):
    before = board.status()
    board.page.get_by_label("Segment").select_option("champions")
    board.await_status(before)
    before = board.status()
    board.page.get_by_label("Channel", exact=True).select_option("radio")
    board.await_status(before)
    assert "There is nothing from" in board.status()
    assert board.page.locator(".mktlab-tiles li").count() == 0
    before = board.status()
    board.page.get_by_label("Segment").select_option("all customers")
    board.page.get_by_label("Channel", exact=True).select_option("all channels")
    board.page.locator(".mktlab-tiles li").nth(11).wait_for()


def test_the_workbook_is_saved_and_opens(board):
    page = board.page
    page.get_by_role("button", name="Make an Excel file").focus()
    page.keyboard.press("Enter")
    link = page.get_by_role("link", name="Save dashboard.xlsx")
    link.focus()
    with page.expect_download() as saved:
        page.keyboard.press("Enter")
    book = openpyxl.load_workbook(io.BytesIO(Path(saved.value.path()).read_bytes()))
    assert book.sheetnames == ["Selection", "KPIs", "Weeks", "Channels", "Alerts"]
    assert book["KPIs"]["A2"].value == "Revenue"
    shown = board.tile("Revenue").first.locator("b").inner_text()
    assert shown == f"€{book['KPIs']['B2'].value:,.0f}"
    before = board.status()  # to save a file is not to leave the page
    page.get_by_label("Period").select_option("Last 4 weeks")
    board.await_status(before)


def test_a_page_ends_its_kernel_when_loaded_anew_and_when_closed(browser, server, board):
    others = server.kernels()
    another = Board(browser, server)
    first = server.kernels() - others
    another.page.reload()
    another.page.get_by_role("heading", level=1).wait_for()
    server.await_end(first)
    second = server.kernels() - others
    assert [len(first), len(second)] == [1, 1]
    another.page.close(run_before_unload=True)
    server.await_end(second)
    assert server.kernels() == others
    assert [url for url in another.requests if not url.startswith(HERE)] == []


def test_the_page_asks_no_other_machine(board):
    assert len(board.requests) > 10
    assert [url for url in board.requests if not url.startswith(HERE)] == []


def test_ctrl_c_ends_it_and_leaves_nothing(server, board):
    board.page.close()
    stop(server)
    assert server.process.returncode == 0
    assert not list(server.home.glob("mktlab-dashboard-*"))
    assert not list(server.home.glob("voila_*"))
    port = int(server.address.rsplit(":", 1)[1].strip("/"))
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0, "somebody still listens"
    assert "Traceback" not in (server.home / "log").read_text()


def test_a_season_is_played_and_changed_by_the_keyboard(browser, tmp_path):
    server = served(tmp_path, "--season")
    try:
        page = new_page(browser)
        page.set_default_timeout(WAIT)
        page.goto(server.url())
        page.get_by_role("heading", name="Control room of a season").wait_for()

        def press(button):
            page.get_by_role("button", name=button, exact=True).focus()
            page.keyboard.press("Enter")

        def say_price(value):
            page.get_by_label("Beans (x list)").focus()
            page.keyboard.press("Control+A")
            page.keyboard.type(value)
            page.keyboard.press("Tab")

        press("Play 1 week")
        page.get_by_text("Week 1: the plan has earned").wait_for()
        profit = page.get_by_role("row", name=re.compile("^Profit .*€.*€")).first
        first = profit.inner_text()
        say_price("90")
        press("Carry it out")
        page.get_by_text("The plan has 1 problem:").wait_for()
        page.get_by_text("price.beans: 90 is outside 0.5 to 3").wait_for()
        say_price("1.1")
        press("Carry it out")
        page.get_by_text("From week 2 on, the changed plan is carried out.").wait_for()
        press("Play 4 weeks")
        page.get_by_text("Week 5: the plan has earned").wait_for()
        page.get_by_text("Over 5 weeks").wait_for()
        assert profit.inner_text() != first
        press("Make an Excel file")
        page.get_by_role("link", name="Save season.xlsx").wait_for()
        assert serious(page) == []
        played = server.kernels()
        page.reload()
        page.get_by_text("no week is played yet").wait_for()
        server.await_end(played)
        page.close(run_before_unload=True)
        server.await_end(server.kernels())
    finally:
        stop(server)
    assert server.process.returncode == 0


def test_the_exports_of_five_tools_are_one_page(browser, tmp_path):
    folder = tmp_path / "shop"
    folder.mkdir()
    counted = write(folder)
    check(folder, save=True)
    server = served(tmp_path, "--data", str(folder))
    try:
        page = Board(browser, server).page
        page.get_by_label("Period").select_option("All weeks")
        spent = (counted["google_cents"] + counted["meta_cents"]) / 100
        tile = page.locator(".mktlab-tiles li").filter(has=page.get_by_text("Advertising"))
        tile.get_by_text(f"€{spent:,.0f}").wait_for()
        page.get_by_text("All files have the days from 29 Jan 2024 to 11 Jul 2024").wait_for()
        assert serious(page) == []
    finally:
        stop(server)


def test_a_year_is_driven_with_a_wrong_turn_and_the_books_say_so(browser, tmp_path):
    server = served(tmp_path, "--season")
    try:
        page = new_page(browser)
        page.set_default_timeout(WAIT)
        page.goto(server.url())

        def ends(weeks, at):
            """Play on; in euros, what is not luck against going on as today."""
            page.get_by_role("button", name=f"Play {weeks} weeks", exact=True).click()
            status = page.get_by_text(f"Week {at}: the plan has earned")
            status.wait_for()
            told = re.search(r"of which ([+−]?)€([\d,]+) is not luck", status.inner_text())
            return int(told[2].replace(",", "")) * (-1 if told[1] == "−" else 1)

        def carry_out(price):
            page.get_by_label("Beans (x list)").fill(price)
            page.get_by_label("Beans (x list)").press("Tab")
            page.get_by_role("button", name="Carry it out", exact=True).click()
            page.get_by_text("the changed plan is carried out.").wait_for()

        page.get_by_role("heading", name="Control room of a season").wait_for()
        assert ends(13, 13) == 0
        carry_out("0.8")
        fallen = ends(13, 26)
        assert fallen < 0
        carry_out("1.1")
        ends(13, 39)
        assert ends(13, 52) > fallen
        page.close(run_before_unload=True)
    finally:
        stop(server)
    assert server.process.returncode == 0
