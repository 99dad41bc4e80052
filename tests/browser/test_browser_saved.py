"""A notebook that was only opened has not changed: no dot on its tab, no question at the end."""

import pytest
from playwright.sync_api import expect
from test_browser import EXERCISE, LESSON, Notebook, browser, home, lab, pytestmark

from mktlab.course.catalogue import find
from mktlab.notebooks.work import copy_lesson

__all__ = ["browser", "home", "lab", "pytestmark"]


COPY = f"my_work/{EXERCISE}"


@pytest.mark.parametrize("path", ["notebooks/00_start_here.ipynb", LESSON, EXERCISE, COPY])
def test_a_notebook_that_was_only_opened_closes_without_a_question(path, browser, lab, home):
    if path == COPY:
        copy_lesson(find(11), home / "course", learner="Ada")
    stored = (home / "course" / path).read_bytes()
    notebook = Notebook(browser, lab, path)
    notebook.await_idle()
    notebook.page.wait_for_timeout(10_000)
    tab = notebook.page.locator("#jp-main-dock-panel .lm-TabBar-tab.jp-mod-current")
    assert "jp-mod-dirty" not in tab.get_attribute("class")
    tab.locator(".lm-TabBar-tabCloseIcon").click()
    expect(notebook.page.locator(".jp-Notebook")).to_have_count(0)
    assert notebook.page.locator(".jp-Dialog").count() == 0
    assert (home / "course" / path).read_bytes() == stored
    notebook.page.close()
