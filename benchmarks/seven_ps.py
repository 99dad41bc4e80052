"""What each P's decision earns alone, and what all of them earn together: `docs/seven_ps.md`.

Each decision is the right answer of a lesson's exercise, or what its lesson signs on Monday, made
anew for each world: `decisions`. A year of the market is played with each of them alone, and with
all of them, luck left out: `python -m benchmarks.seven_ps` plays eight worlds (some ten minutes)
and writes the page.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

import pandas as pd

import mktlab
from mktlab import market, price
from mktlab.company import Company
from mktlab.data.learner_worlds import CHECKED
from mktlab.plan import Plan
from mktlab.show.formats import money, share

FILE = Path(__file__).parents[1] / "docs" / "seven_ps.md"
WORLDS = CHECKED[:8]
INTRODUCTION = """\
# The seven Ps: each alone, and all together

Each lesson of part 2 ends in a decision. Here a year is played with each of them alone, and with
all of them in one plan, in {worlds} learners' worlds. The euros are the profit over that of a year
as today, luck left out. A decision is made anew in each world: it is the right answer of the
lesson's exercise, or what the lesson signs. `python -m benchmarks.seven_ps` plays them and writes
this page.

"""
READ = """
*Sum* adds up the decisions alone; *together* plays all of them in one plan. On average over these
worlds, together is {mean} of the sum; world by world it is from {low} to {high} of it. Decisions
meet: offers bring requests to customer service, which has the hours of a year without offers; a
roster serves guests for whom a fifth café has room, too. So a sum is a first guess, and the plan is
what must be played.
"""

Levers = dict[str, dict[str, Any]]
"""P -> lever -> value."""


def _question(number: int, name: str, company: Company) -> Any:
    return import_module(f"mktlab.course.questions.{name}_{number}")


def beans_level(company: Company) -> float:
    """The level of the bean price that the zone test leads to, as lesson 23 rounds it."""
    claims = import_module("mktlab.course.claims.lesson_23")
    cost, usual, _ = claims._market(company)
    test = price.zone_test(price.sales_panel(company, category=claims.FAMILY))
    highest = claims._accepted(company)[1]
    tested = min(cost + usual / -test.value, highest) if test.value < 0 else highest
    return float(round(tested / usual, 2))


def service_hours(company: Company) -> float:
    """The hours a week of customer service that cost least by its forecast, one for the year."""
    given = _question(27, "given", company)
    handed = given.given(company)
    came, parts = tuple(handed["ahead"]["requests"]), len(given.PARTS)
    tries = [float(hours) for hours in range(8, 61)]
    return min(tries, key=lambda h: given._cost(came, handed["waiting"], [h] * parts))


def decisions(company: Company) -> dict[str, Levers]:
    """Lesson -> the levers that its decision moves, in this world."""
    launch = _question(22, "given", company).best_of(company).product
    adds = company.truth.channel_terms.set_index("channel")["profit"].drop("marketplace")
    sites = company.truth.sites.set_index("place")["profit"]
    layout = _question(24, "lesson", company).best_layout(company).astype(int).astype(str)
    budget = _question(25, "budget", company).best_budget(company)
    mended = _question(28, "lesson", company).best(company)
    given = _question(29, "given", company)
    offers = given.kinds_of(given.best(company))
    return {
        "22 product": {"product": {"launch": launch.launch, "launch_price": launch.launch_price}},
        "23 price": {"price": {"beans": beans_level(company)}},
        "24 place": {
            "place": {
                "partners": tuple(adds.index[adds > 0]),
                "cafe": str(sites.idxmax()) if sites.max() > 0 else "",
                "facings": layout.to_dict(),
            }
        },
        "25 promotion": {"promotion": {str(k): round(float(v), 2) for k, v in budget.items()}},
        "26 people": {"people": {"roster": "square-root"}},
        "27 process": {"people": {"support_hours": service_hours(company)}},
        "28 physical evidence": {"physical_evidence": {"mended": tuple(sorted(mended))}},
        "29 offers": {
            "promotion": {"offer": {g: kind for g, kind in offers.items() if kind != "none"}}
        },
    }


def merged(decided: dict[str, Levers]) -> Levers:
    """All decisions in one; no two of them move the same lever."""
    together: Levers = {}
    for levers in decided.values():
        for group, values in levers.items():
            place = together.setdefault(group, {})
            assert not place.keys() & values.keys(), f"two lessons move {group}"
            place |= values
    return together


def earns(company: Company, levers: Levers) -> float:
    """Profit of a year with these levers over that of a year as today, luck left out."""
    known = company.truth.parameters
    plan = Plan.baseline().but(budget=1_000_000, **levers)
    books = market.start(plan, seed=known["seed"], people=known["people"]).advance(52).pnl()
    return float(books.set_index("account")["expected_difference"]["profit"])


def world(learner: str) -> pd.Series[float]:
    """One world: each decision alone, their sum, all together."""
    company = mktlab.load("solane", learner=learner)
    decided = decisions(company)
    found = pd.Series({name: earns(company, levers) for name, levers in decided.items()})
    found["sum"] = found.sum()
    found["together"] = earns(company, merged(decided))
    return found.rename(learner or "published")


def told(euros: float) -> str:
    """Euros to the nearest hundred."""
    return money(round(euros, -2), sign=True)


def page(table: pd.DataFrame) -> str:
    """The page: a row per decision, a column per world, euros to the nearest hundred."""
    shown = table.map(told)
    shown["mean"] = table.mean(axis=1).map(told)
    lines = ["| lesson | " + " | ".join(shown.columns) + " |", "|:---" + "|---:" * shown.shape[1]]
    lines[1] += "|"
    lines += [f"| {name} | " + " | ".join(row) + " |" for name, row in shown.iterrows()]
    part = table.loc["together"] / table.loc["sum"]
    mean = table.loc["together"].mean() / table.loc["sum"].mean()
    texts = {"mean": share(mean), "low": share(part.min()), "high": share(part.max())}
    return (
        f"{INTRODUCTION.format(worlds=table.shape[1])}{chr(10).join(lines)}\n{READ.format(**texts)}"
    )


def main() -> None:
    """Play all worlds and write the page."""
    FILE.write_text(page(pd.DataFrame([world(name) for name in WORLDS]).T), encoding="utf-8")


if __name__ == "__main__":
    main()
