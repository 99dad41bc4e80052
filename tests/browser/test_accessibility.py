"""What axe-core, the usual accessibility checker, finds on each exported lesson page."""

from pathlib import Path

import nbformat
import pytest
from axe_playwright_python.sync_playwright import Axe
from test_browser import browser, pytestmark

from mktlab.course.catalogue import LESSONS, find
from mktlab.notebooks.page import Page, render

__all__ = ["browser", "pytestmark"]

ROOT = Path(__file__).parents[2]


def serious(page) -> list[str]:
    """Violations that axe calls serious or critical, a line each."""
    found = Axe().run(page).response["violations"]
    return [
        f"{violation['id']}: {violation['help']} ({node['html'][:120]})"
        for violation in found
        if violation["impact"] in ("serious", "critical")
        for node in violation["nodes"]
    ]


@pytest.mark.parametrize("name", [lesson.name for lesson in LESSONS])
def test_an_exported_lesson_has_no_serious_violation(name, browser, tmp_path):
    path = ROOT / find(name).path()
    page = browser.new_page()
    sheet = Page(folder=path.parent, hide={})
    html = render(sheet, nbformat.read(path, as_version=4), name="", byline="A test")
    (tmp_path / "page.html").write_text(html, encoding="utf-8")
    page.goto((tmp_path / "page.html").as_uri())
    assert serious(page) == []
    page.close()


def test_the_checker_finds_what_is_wrong(browser):
    page = browser.new_page()
    page.set_content("<html lang='en'><title>t</title><img src='x.png'></html>")
    assert any(line.startswith("image-alt") for line in serious(page))
    page.close()
