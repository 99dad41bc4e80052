"""What the exercise of lesson 45 hands out: zones, a rival, and ten mends of which some pay."""

from __future__ import annotations

from functools import lru_cache
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy.stats import norm

from mktlab import kpi, satisfaction
from mktlab.company import Company as Tables

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mktlab.company import Company

YEAR = pd.Timedelta(weeks=52)
MARKS = ["quality", "value", "delivery", "service", "ambience"]
KNOWN, CONTENT = ["topic", "hours"], 4
MENDS = (
    ("taste_twice", "quality", 0.36),
    ("fresh_beans", "quality", 0.09),
    ("cost_of_a_cup", "value", 0.12),
    ("small_bag", "value", 0.48),
    ("parcel_message", "delivery", 0.90),
    ("mailbox_box", "delivery", 0.24),
    ("greeting", "service", 1.30),
    ("second_till", "service", 1.60),
    ("new_chairs", "ambience", 1.40),
    ("warmer_light", "ambience", 0.40),
)
"""What can be mended: its name, the mark that it raises, and by how many points."""
PAYS, FAILS = {"service": 0.2}, {"service": 1.25}
USUAL = (0.55, 1.6)  # cost of a mend that pays, and of one that does not, over what it brings
LARGE = [pays for pays in product([True, False], repeat=4) if 2 <= sum(pays) <= 3]
"""Of which marks the larger of the two mends pays, in the order of `MARKS`; else the smaller."""


def _drawn(company: Company, most: int, stream: int = 0) -> int:
    """A number below `most`, another one in other worlds."""
    return int(np.random.default_rng([len(company.orders), stream]).integers(most))


def answers(company: Company, *, ago: int | None = 0) -> pd.DataFrame:
    """Answers of the 52 weeks that ended `ago` years ago, or all, with zone and points."""
    told = company.survey_responses
    end = company.today - (ago or 0) * YEAR
    if ago is not None:
        told = told[(told["responded_date"] >= end - YEAR) & (told["responded_date"] < end)]
    zones = company.customers[["customer_id", "zone"]]
    points = 100.0 * (told["nps"] >= 9) - 100.0 * (told["nps"] <= 6)
    return told.assign(points=points).merge(zones, on="customer_id", how="left")


@lru_cache(maxsize=2)  # thirteen intervals, asked for by each mistake
def zones(company: Company) -> pd.DataFrame:
    """Answers, score and error of each zone in the year before the last."""
    rows = {}
    for zone, told in answers(company, ago=1).groupby("zone"):
        part = Tables({"survey_responses": told}, name=str(zone), today=company.today - YEAR)
        found = kpi.intervals(part, "nps").iloc[0]
        error = (found["high"] - found["low"]) / (2 * norm.ppf(0.975))
        rows[zone] = (len(told), round(float(found["value"]), 1), round(float(error), 1))
    table = pd.DataFrame.from_dict(rows, orient="index", columns=["answers", "nps", "error"])
    return table.rename_axis("zone")


def small_zone(company: Company) -> str:
    """Of the six zones with the fewest answers, the one farthest from the mean."""
    table = zones(company).nsmallest(6, "answers")
    return str((table["nps"] - zones(company)["nps"].mean()).abs().idxmax())


def _present(company: Company) -> pd.DataFrame:
    """Who has not left, in truth."""
    everybody: pd.DataFrame = company.truth.customers
    return everybody[everybody["left_date"].isna()]


def worth(company: Company) -> float:
    """Margin a year that one point of satisfaction brings per customer, as the market has it."""
    known = company.truth.parameters
    people = _present(company)
    calmer = np.exp(-known["death_per_satisfaction"] * (people["satisfaction"] - 7))
    x = 52 * people["death_rate"] * calmer
    lost = 1 - x * np.exp(-x) / (1 - np.exp(-x))  # of the year's margin, per log point of leaving
    more = known["orders_per_satisfaction"] + known["death_per_satisfaction"] * lost
    return round(float((people["expected_margin_52w"] * more).mean()), 1)


def people(company: Company) -> int:
    """Customers, in full hundreds."""
    return int(round(len(_present(company)), -2))


@lru_cache(maxsize=2)
def marks(company: Company) -> pd.DataFrame:
    """Mean, share who meet it, correlation, slope and effect of each mark; effects add up to 1."""
    told = company.survey_responses
    rated = told.dropna(subset=MARKS, how="all")
    filled = rated[MARKS].fillna(rated[MARKS].mean())
    design = np.column_stack([np.ones(len(filled)), filled.to_numpy(float)])
    effect = np.linalg.lstsq(design, rated["nps"].to_numpy(float), rcond=None)[0][1:]
    return pd.DataFrame(
        {
            "mean": rated[MARKS].mean(),
            "meets": rated[MARKS].notna().mean(),
            "correlation": rated[MARKS].corrwith(rated["nps"]),
            "slope": effect,
            "effect": effect / effect.sum(),
        }
    )


def gains(company: Company, effect: Any, *, meets: bool = True) -> pd.Series[float]:
    """What each mend brings in a year before its cost, if marks weigh like `effect`."""
    table = pd.DataFrame(MENDS, columns=["mend", "mark", "rise"]).set_index("mend")
    share = table["mark"].map(marks(company)["meets"]) if meets else 1.0
    points = table["rise"] * table["mark"].map(effect) * share
    brought: pd.Series[float] = people(company) * worth(company) * points
    return brought


def weights(company: Company) -> pd.Series[float]:
    weight: pd.Series[float] = company.truth.drivers.set_index("rating")["weight"]
    return weight


@lru_cache(maxsize=2)
def mends(company: Company) -> pd.DataFrame:
    """What can be mended: of two for a mark one pays in truth, drawn; chairs and light never do."""
    table = pd.DataFrame(MENDS, columns=["mend", "mark", "rise"])
    large = table["rise"] == table.groupby("mark")["rise"].transform("max")
    drawn = LARGE[_drawn(company, len(LARGE))]
    pays = table["mark"].map(dict(zip(MARKS, drawn, strict=False))) == large
    good, bad = (
        table["mark"].map(part).fillna(usual)
        for part, usual in zip((PAYS, FAILS), USUAL, strict=True)
    )
    factor = good.where(pays, bad)
    brings = gains(company, weights(company)).to_numpy()
    return table.assign(cost=(factor * brings / 50).round().mul(50).astype(int))


def ghost(company: Company) -> str:
    """The brand of the panel that nobody names."""
    return str(company.awareness.groupby("brand")["spontaneous"].sum().idxmin())


def given(company: Company) -> Mapping[str, Any]:
    """The zones of questions 1 and 3, the rival of question 4, and what question 5 needs."""
    rivals = [b for b in company.awareness["brand"].unique()[1:] if b != ghost(company)]
    small = sorted(answers(company)["zone"].value_counts().index[:6])
    return {
        "zone": small[_drawn(company, len(small))],
        "zones": zones(company).copy(),
        "small": small_zone(company),
        "rival": rivals[_drawn(company, len(rivals), 9)],
        "ghost": ghost(company),
        "mends": mends(company).copy(),
        "customers": people(company),
        "worth": worth(company),
    }


@lru_cache(maxsize=2)
def asked(company: Company) -> pd.DataFrame:
    """Requests that were settled, what is known of each, and what was answered."""
    settled = company.tickets.dropna(subset=["closed_at"])
    hours = (settled["closed_at"] - settled["opened_at"]).dt.total_seconds() / 3600
    told = company.ticket_answers
    table: pd.DataFrame = settled.assign(hours=hours).merge(told, on="ticket_id", how="left")
    return table.assign(answered=table["csat"].notna())


def paying(company: Company, brings: pd.Series[float]) -> set[str]:
    """The mends that bring more than they cost, if they bring so much."""
    costs = mends(company).set_index("mend")["cost"]
    return {str(name) for name in brings.index[brings > costs]}


def of_zone(company: Company) -> pd.DataFrame:
    """The answers of the zone of question 1."""
    told = answers(company)
    here: pd.DataFrame = told[told["zone"] == given(company)["zone"]]
    return here


def content(company: Company, known: list[str], column: str = "csat", power: int = 1) -> float:
    """The weighted share who give 4 or more."""
    table = asked(company)
    each = satisfaction.response_weights(table, "answered", known) ** power
    told = table.loc[each.index, column].dropna().astype(float)
    return float(np.average(told >= CONTENT, weights=each[told.index]))


def shrunk_row(
    company: Company, table: pd.DataFrame | None = None, *, zone: str = ""
) -> pd.Series[Any]:
    """The row of one zone, by default that of question 3, once all are shrunk."""
    table = zones(company) if table is None else table
    found = satisfaction.shrink(table, value="nps", error="error").T
    return found[zone or small_zone(company)]


def panel(company: Company, years: float = 1) -> pd.DataFrame:
    """The panel of the last years."""
    panel = company.awareness
    return panel[panel["month"] >= company.today - years * YEAR]


def net(company: Company) -> pd.Series[float]:
    costs = mends(company).set_index("mend")["cost"]
    brings: pd.Series[float] = gains(company, weights(company)) - costs
    return brings


def first(ranked: pd.Series[Any], number: int = 4) -> set[str]:
    return {str(name) for name in ranked.sort_values(kind="stable").index[:number]}
