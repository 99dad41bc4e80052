"""The brief: one page that holds the whole plan, for everyone, and on one sheet of paper."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import matplotlib as mpl
import pytest
from bs4 import BeautifulSoup
from random_plans import valid

from mktlab.plan import DECIDED, INDICATORS, LEVERS, Objective, Plan
from mktlab.plan.brief import Brief
from mktlab.plan.costs import weekly_costs
from mktlab.plan.mix import BASE
from mktlab.schema import MktlabError

mpl.use("agg")

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
MORE = round(BASE.people.baristas + 0.1, 2)
PLAN = Plan.baseline().but(
    name="Better <coffee> & service",
    budget=560_000,
    price={"beans": 1.1},
    product={"quality": 0.8},
    people={"baristas": MORE},
    objectives=[Objective("profit", 60_000, 52, owner="<script>alert(1)</script>", note='"<&>"')],
)


def page(brief: Brief) -> BeautifulSoup:
    return BeautifulSoup(brief.html, "html.parser")


@pytest.fixture(scope="module")
def soup() -> BeautifulSoup:
    return page(PLAN.brief(starting="2026-01-05"))


def test_the_page_opens_with_the_name_and_a_sentence_counted_from_the_plan(
    soup: BeautifulSoup,
) -> None:
    assert soup.h1.get_text() == "Better <coffee> & service"
    extra = PLAN.cost()["extra"].sum()
    assert soup.h1.find_next("p").get_text() == (
        f"Over 52 weeks the plan changes 3 of {len(DECIDED)} levers (Price, Product, People), "
        f"from week 2 on. It costs €{PLAN.total_cost:,.0f} of a budget of €560,000, "
        f"€{extra:,.0f} more than going on as today. It aims at 1 objective."
    )


def test_all_sections_are_there_in_the_order_of_a_decision(soup: BeautifulSoup) -> None:
    assert [heading.get_text() for heading in soup.find_all("h2")] == [
        "Objectives",
        "The seven Ps and what they cost",
        "Calendar",
        "Who does what",
        "How we will know",
        "Risks",
    ]


def test_every_p_says_what_changes_or_that_it_stays(soup: BeautifulSoup) -> None:
    rows = soup.find_all("table")[1].tbody.find_all("tr")
    told = {row.th.get_text(): row.td.get_text() for row in rows}
    assert told == {
        "Price": "Beans: 1 → 1.1 x list",
        "Product": "Quality: 0.6 → 0.8 grade",
        "Place": "as today",
        "Promotion": "as today",
        "People": f"Baristas: {BASE.people.baristas:g} → {MORE:g} people",
        "Process": "as today",
        "Physical evidence": "as today",
    }


def test_the_costs_by_p_add_up_to_the_total_and_are_set_against_the_budget(
    soup: BeautifulSoup,
) -> None:
    table = soup.find_all("table")[1]
    amounts = [row.find_all("td")[1].get_text() for row in table.tbody.find_all("tr")]
    said = [int(re.sub(r"\D", "", text)) for text in amounts if text != "through sales"]
    total, budget, left = (
        int(re.sub(r"\D", "", row.find_all("td")[1].get_text()))
        for row in table.tfoot.find_all("tr")
    )
    assert total == pytest.approx(sum(said), abs=3)  # each is rounded to a euro
    assert (total, budget) == (round(PLAN.total_cost), 560_000)
    assert left == budget - total


def test_what_people_write_is_never_markup(soup: BeautifulSoup) -> None:
    assert not soup.find_all(["script", "coffee"])
    cells = [cell.get_text() for cell in soup.table.tbody.find_all("td")]
    assert cells[:3] == ["at least €60,000", "week 52 (2027-01-03)", "<script>alert(1)</script>"]
    assert cells[3].endswith('"<&>"')


def test_the_page_needs_nothing_else_and_everyone_can_read_it(soup: BeautifulSoup) -> None:
    html = str(soup)
    assert not re.search(r"(src|href)=\"(?!data:)|@import|url\(", html)
    assert soup.html["lang"] == "en"
    assert soup.title.get_text() == PLAN.name
    assert soup.img["alt"] == PLAN.calendar().alt
    assert all(header.get("scope") for header in soup.find_all("th"))
    assert len(soup.find_all("h1")) == len(soup.find_all("main")) == 1


def test_owners_find_their_weeks(soup: BeautifulSoup) -> None:
    people = soup.find("h2", string="Who does what").parent
    assert [item.get_text() for item in people.find_all("li")] == [
        "Brand manager: beans (1 → 2).",
        "Head roaster: quality (1 → 9).",
        "Café manager: baristas (1 → 5).",
    ]


def test_a_rule_to_stop_belongs_to_every_objective() -> None:
    objectives = [Objective(name, 0.5, 20) for name in INDICATORS]
    rules = page(PLAN.but(objectives=objectives).brief())
    text = rules.find("h2", string="How we will know").parent.get_text()
    assert all(f"{kpi.label} in week 10" in text for kpi in INDICATORS.values())


def test_risks_are_what_validate_finds(soup: BeautifulSoup) -> None:
    plan = PLAN.but(budget=1000, people={"baristas": 0.7}, objectives=[Objective("profits", 1, 99)])
    risks = page(plan.brief()).find("h2", string="Risks").parent
    assert [item.get_text() for item in risks.find_all("li")] == plan.validate()
    assert len(plan.validate()) == 4
    sound = soup.find("h2", string="Risks").parent
    assert "no problem was found" in sound.get_text()


def test_the_baseline_says_that_nothing_changes() -> None:
    text = page(Plan.baseline().brief()).get_text()
    today = 52 * sum(weekly_costs(BASE).values())
    assert f"Over 52 weeks nothing changes; that costs €{today:,.0f}" in text
    assert "nothing will tell whether it worked" in text


def test_amounts_are_in_the_currency_of_the_plan() -> None:
    text = PLAN.but(promotion={"radio": 500}).brief(currency="CHF").body
    assert "€" not in text
    assert "560,000 CHF" in text
    assert f"Radio: {BASE.promotion.radio:g} → 500 CHF a week" in text
    with pytest.raises(MktlabError, match="currency: 3 is no currency"):
        PLAN.brief(currency=3)  # type: ignore[arg-type]


def test_a_plan_without_a_price_has_no_brief() -> None:
    with pytest.raises(MktlabError, match=r"price.tea: 9 is outside 0.5 to 3"):
        PLAN.but(price={"tea": 9}).brief()


def test_any_valid_plan_has_a_brief() -> None:
    for plan in valid(3, seed=5):
        text = page(plan.brief()).get_text()
        assert "nan" not in text.lower().split()
        assert plan.name in text


def test_the_same_plan_gives_the_same_page_and_saves_it(tmp_path: Path) -> None:
    brief = PLAN.brief()
    brief.save(tmp_path / "plan.html")
    assert (tmp_path / "plan.html").read_text(encoding="utf-8") == PLAN.brief().html
    assert brief.body in brief._repr_html_()


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("plan.pdf", r"cannot be called 'plan.pdf': give a name that ends in \.html"),
        ("missing/plan.html", "cannot be written .no such file or directory.: give a file in a"),
    ],
)
def test_a_place_that_cannot_be_written_to_is_told(
    tmp_path: Path, path: str, sentence: str
) -> None:
    with pytest.raises(MktlabError, match=sentence):
        Plan.baseline().brief().save(tmp_path / path)


@pytest.mark.skipif(CHROMIUM is None, reason="no chromium or chrome on PATH")
def test_even_a_plan_that_changes_everything_prints_on_one_sheet(tmp_path: Path) -> None:
    groups: dict[str, dict[str, Any]] = {}
    for lever in LEVERS.values():
        value = (not lever.base) if isinstance(lever.base, bool) else lever.base * 1.02
        groups.setdefault(lever.group, {})[lever.name] = value
    for lever in (lever for lever in DECIDED.values() if lever.names):
        one = lever.names[0]
        several = list(lever.names) if isinstance(lever.base, tuple) else one
        groups[lever.group][lever.name] = dict.fromkeys(lever.groups, one) or several
    starts = {path: 14 + place for place, path in enumerate(DECIDED)}
    objectives = [Objective(name, 0.5, 40, owner="managing director") for name in INDICATORS]
    plan = PLAN.but(starts=starts, objectives=objectives, budget=500_000, **groups)
    plan.brief(starting="2026-01-05").save(tmp_path / "plan.html")
    command = [str(CHROMIUM), "--headless", "--no-sandbox", "--disable-gpu"]
    command += [f"--user-data-dir={tmp_path}/profile", f"--print-to-pdf={tmp_path}/plan.pdf"]
    command += ["--no-pdf-header-footer", (tmp_path / "plan.html").as_uri()]
    subprocess.run(command, check=True, capture_output=True, timeout=90)
    pdf = (tmp_path / "plan.pdf").read_bytes()
    assert re.findall(rb"/Count (\d+)", pdf) == [b"1"]
