"""Each lesson's what-if panel in a real JupyterLab: moved by the keyboard, read, looked at."""

from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import expect
from test_browser import WAIT, Notebook, browser, home, lab, pytestmark

from mktlab.course.catalogue import LESSONS, find

__all__ = ["browser", "home", "lab", "pytestmark"]

ROOT = Path(__file__).parents[2]


def cells(lesson):
    notebook = nbformat.read(ROOT / lesson.path(), as_version=4)
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


WITH_PANEL = [
    lesson.name
    for lesson in LESSONS
    if any("widgets.what_if(" in cell.source for cell in cells(lesson))
]


def stored_sentences(lesson):
    """What the pictures of a stored lesson say, its panels at their start among them."""
    outputs = [output for cell in cells(lesson) for output in cell.outputs]
    return {output.data.get("text/plain") for output in outputs if "data" in output}


@pytest.mark.parametrize("name", WITH_PANEL)
def test_a_slider_moves_the_sentence_and_the_picture_and_a_button_moves_them_back(
    name, browser, lab
):
    lesson = find(name)
    notebook = Notebook(browser, lab, lesson.path().as_posix())
    notebook.run_all()
    assert notebook.page.locator(".jp-OutputArea [data-mime-type*=error]").count() == 0
    panel = notebook.page.locator(".widget-vbox:has(.widget-slider)").first
    said = panel.locator("[role=status]")
    before = said.inner_text()
    assert any(text and text.startswith(before) for text in stored_sentences(lesson))
    handle = panel.locator(".noUi-handle").first
    handle.scroll_into_view_if_needed()  # a notebook keeps only what is near in the page
    names = panel.locator(".noUi-handle").evaluate_all("all => all.map(one => one.ariaLabel)")
    assert names == panel.locator(".widget-slider .widget-label").all_inner_texts()
    handle.focus()
    expect(handle).to_be_focused()
    notebook.page.keyboard.press("ArrowRight")
    expect(said).not_to_have_text(before, timeout=WAIT)
    picture = panel.locator("img")
    assert picture.get_attribute("alt").startswith(said.inner_text())
    panel.get_by_role("button", name="Back to start").focus()
    notebook.page.keyboard.press("Enter")
    expect(said).to_have_text(before, timeout=WAIT)
    notebook.page.close()


def test_sliders_and_chart_stand_on_one_screen(browser, lab):
    notebook = Notebook(browser, lab, find(WITH_PANEL[0]).path().as_posix())
    notebook.page.set_viewport_size({"width": 1366, "height": 768})
    notebook.run_all()
    panel = notebook.page.locator(".mktlab-what-if").first
    panel.evaluate("panel => panel.scrollIntoView({block: 'center'})")
    box, track = panel.bounding_box(), panel.locator(".noUi-target").first.bounding_box()
    assert box["height"] < 600
    assert track["width"] >= 160
    assert panel.locator("[role=status]").bounding_box()["width"] <= 1
    notebook.page.close()
