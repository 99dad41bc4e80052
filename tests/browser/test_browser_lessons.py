"""Each lesson's what-if panel in a real JupyterLab: moved by the keyboard, read, looked at.

A third of the lessons in every run, by the day of the last commit; the others in the slow run.
"""

import pytest
from playwright.sync_api import expect
from test_browser import WAIT, Notebook, browser, home, lab, pytestmark
from turns import a_third

__all__ = ["browser", "home", "lab", "pytestmark"]

BEGINS = {
    "2_marketing_mix/21_plan": "Profit",
    "2_marketing_mix/23_price": "At €",
    "3_prediction/31_churn": "Profit €",
    "4_measurement/41_kpi": "With ",
    "4_measurement/46_dashboard": "36 false alarms",
}


@pytest.mark.parametrize("path", a_third([*BEGINS]))
def test_a_slider_moves_the_sentence_and_the_picture(path, browser, lab):
    notebook = Notebook(browser, lab, f"notebooks/{path}.ipynb")
    notebook.run_all()
    assert notebook.page.locator(".jp-OutputArea [data-mime-type*=error]").count() == 0
    panel = notebook.page.locator(".widget-vbox:has(.widget-slider)").first
    said = panel.locator("[role=status]")
    before = said.inner_text()
    assert before.startswith(BEGINS[path])
    handle = panel.locator(".noUi-handle").first
    handle.scroll_into_view_if_needed()  # a notebook keeps only what is near in the page
    handle.focus()
    expect(handle).to_be_focused()
    notebook.page.keyboard.press("ArrowRight")
    expect(said).not_to_have_text(before, timeout=WAIT)
    picture = panel.locator("img")
    assert picture.get_attribute("alt") == said.inner_text()
    notebook.page.close()
