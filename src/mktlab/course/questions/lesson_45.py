"""The questions of lesson 45: a score, who did not answer, a small zone, a ghost, what to mend."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy.stats import norm

from mktlab import kpi, satisfaction
from mktlab.company import Company as Tables
from mktlab.course.checking.sheet import Sheet

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mktlab.company import Company

YEAR = pd.Timedelta(weeks=52)
MARKS = ["quality", "value", "delivery", "service", "ambience"]
GHOST, RIVALS = "Maison Ordelle", ("Torréval", "Café Lumance")
KNOWN = ["topic", "hours"]
MENDS = (
    ("taste every roast twice", "quality", 0.36),
    ("sell no beans older than four weeks", "quality", 0.09),
    ("tell on the bag what a cup costs", "value", 0.12),
    ("a bag of 150 grams", "value", 0.48),
    ("a message when the parcel leaves", "delivery", 0.90),
    ("boxes that fit the mailbox", "delivery", 0.24),
    ("a greeting for each guest", "service", 1.30),
    ("a second till at peak", "service", 1.60),
    ("new chairs", "ambience", 1.40),
    ("plants and warmer light", "ambience", 0.40),
)
"""What can be mended: its name, the mark that it raises, and by how many points."""
PAYS, FAILS = {"service": 0.45}, {"service": 1.25}
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


def worth(company: Company) -> float:
    """Margin a year that one point of satisfaction brings per customer, as the market has it."""
    known = company.truth.parameters
    people = company.truth.customers.query("status != 'gone'")
    calmer = np.exp(-known["death_per_satisfaction"] * (people["satisfaction"] - 7))
    x = 52 * people["death_rate"] * calmer
    lost = 1 - x * np.exp(-x) / (1 - np.exp(-x))  # of the year's margin, per log point of leaving
    more = known["orders_per_satisfaction"] + known["death_per_satisfaction"] * lost
    return round(float((people["expected_margin_52w"] * more).mean()), 1)


def people(company: Company) -> int:
    """Customers, in full hundreds."""
    return int(round((company.truth.customers["status"] != "gone").sum(), -2))


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


def _gains(company: Company, effect: Any, *, meets: bool = True) -> pd.Series[float]:
    """What each mend brings in a year before its cost, if marks weigh like `effect`."""
    table = pd.DataFrame(MENDS, columns=["mend", "mark", "rise"]).set_index("mend")
    share = table["mark"].map(marks(company)["meets"]) if meets else 1.0
    points = table["rise"] * table["mark"].map(effect) * share
    gains: pd.Series[float] = people(company) * worth(company) * points
    return gains


def _weights(company: Company) -> pd.Series[float]:
    weight: pd.Series[float] = company.truth.drivers.set_index("rating")["weight"]
    return weight


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
    gains = _gains(company, _weights(company)).to_numpy()
    return table.assign(cost=(factor * gains / 50).round().mul(50).astype(int))


def given(company: Company) -> Mapping[str, Any]:
    """The zones of questions 1 and 3, the rival of question 4, and what question 5 needs."""
    small = sorted(answers(company)["zone"].value_counts().index[:6])
    return {
        "zone": small[_drawn(company, len(small))],
        "zones": zones(company),
        "small": small_zone(company),
        "rival": RIVALS[_drawn(company, 2, 9)],
        "ghost": GHOST,
        "mends": mends(company),
        "customers": people(company),
        "worth": worth(company),
    }


sheet = Sheet("45_satisfaction", given=given)


@sheet.number(tolerance=0.05)
def zone_score(
    company: Company, ago: int | None = 0, most: int = 6, least: int = 9, all_zones: bool = False
) -> float:
    told = answers(company, ago=ago)
    if not all_zones:
        told = told[told["zone"] == given(company)["zone"]]
    return float(100 * ((told["nps"] >= least).mean() - (told["nps"] <= most).mean()))


zone_score.mistake("all_years", ago=None)
zone_score.mistake("everybody", all_zones=True)
zone_score.mistake("eight_promotes", least=8)
zone_score.mistake("other_detractors", most=5)
zone_score.also("other_detractors", {"most": 7})
zone_score.mistake("promoters_only", most=-1)


@zone_score.mistake("mean")
def _mean_answer(company: Company) -> float:
    told = answers(company)
    return float(told.loc[told["zone"] == given(company)["zone"], "nps"].mean())


def asked(company: Company) -> pd.DataFrame:
    """Requests that were settled, what is known of each, and what was answered."""
    settled = company.tickets.dropna(subset=["closed_at"])
    hours = (settled["closed_at"] - settled["opened_at"]).dt.total_seconds() / 3600
    table = settled.assign(hours=hours).merge(company.ticket_answers, on="ticket_id", how="left")
    return table.assign(answered=table["csat"].notna())


def _mean(company: Company, known: list[str], column: str = "csat") -> float:
    table = asked(company)
    weights = satisfaction.response_weights(table, "answered", known)
    told = table.loc[weights.index, column].astype(float)
    return float((told * weights).sum() / weights[told.notna()].sum())


@sheet.number(tolerance=0.0005)
def weighted_csat(company: Company, known: tuple[str, ...] = tuple(KNOWN)) -> float:
    return _mean(company, list(known))


weighted_csat.mistake("one_thing", known=("topic",), tolerance=0.0005)
weighted_csat.also("one_thing", {"known": ("hours",)})


@weighted_csat.mistake("as_answered")
def _as_answered(company: Company) -> float:
    return float(asked(company)["csat"].astype(float).mean())


@weighted_csat.mistake("effort")
def _effort(company: Company) -> float:
    return _mean(company, KNOWN, "effort")


@weighted_csat.mistake("silence_is_zero")
def _silent_zeros(company: Company) -> float:
    return float(asked(company)["csat"].astype(float).fillna(0).mean())


def _shrunk(company: Company, table: pd.DataFrame | None = None) -> pd.Series[Any]:
    table = zones(company) if table is None else table
    found = satisfaction.shrink(table, value="nps", error="error")
    return found.T[small_zone(company)]


@sheet.number(tolerance=0.05)
def shrunken(company: Company, column: str = "shrunk") -> float:
    return float(_shrunk(company)[column])


shrunken.mistake("measured", column="nps")
shrunken.mistake("an_end", column="low")
shrunken.also("an_end", {"column": "high"})
shrunken.mistake("kept", column="kept")


@shrunken.mistake("wrong_error")
def _divided(company: Company) -> float:
    table = zones(company)
    smaller = table.assign(error=table["error"] / np.sqrt(table["answers"]))
    return float(_shrunk(company, smaller)["shrunk"])


@shrunken.also("wrong_error")
def _squared(company: Company) -> list[float]:
    table = zones(company)
    found = float(_shrunk(company, table.assign(error=table["error"] ** 2))["shrunk"])
    return [found] if abs(found - shrunken(company)) > 0.1 else []


@sheet.share(digits=3)
def knows_rival(company: Company, years: float = 1, column: str = "known") -> float:
    panel = company.awareness
    panel = panel[panel["month"] >= company.today - years * YEAR]
    found = satisfaction.aided_corrected(panel, ghost=GHOST).set_index("brand")
    return float(found.loc[given(company)["rival"], column])


knows_rival.mistake("claimed", column="claimed")
knows_rival.mistake("all_years", years=100)


@knows_rival.mistake("only_subtracted")
def _only_subtracted(company: Company) -> float:
    known, claimed = knows_rival(company), knows_rival(company, column="claimed")
    ghosts = (claimed - known) / (1 - known)
    return float(claimed - ghosts)


@knows_rival.mistake("spontaneous")
def _spontaneous(company: Company) -> float:
    panel = company.awareness
    panel = panel[panel["month"] >= company.today - YEAR]
    sums = panel.groupby("brand")[["spontaneous", "asked"]].sum().loc[given(company)["rival"]]
    return float(sums["spontaneous"] / sums["asked"])


@knows_rival.mistake("other_brand")
def _other_brand(company: Company) -> float:
    panel = company.awareness
    panel = panel[panel["month"] >= company.today - YEAR]
    found = satisfaction.aided_corrected(panel, ghost=GHOST).set_index("brand")["known"]
    return float(found.drop(given(company)["rival"]).iloc[-1])


def _paying(company: Company, gains: pd.Series[float]) -> set[str]:
    costs = mends(company).set_index("mend")["cost"]
    return set(gains.index[gains > costs])


def _best(company: Company) -> set[str]:
    return _paying(company, _gains(company, _weights(company)))


def _first(ranked: pd.Series[Any], number: int = 4) -> set[str]:
    return set(ranked.sort_values(kind="stable").index[:number])


def _guesses(company: Company) -> dict[str, set[str]]:
    """Lists that need no look at effects, and the lists by one number alone."""
    table = mends(company).set_index("mend")
    made = {f"first_{n}": set(table.index[:n]) for n in (3, 4, 5, 6)}
    made |= {f"cheapest_{n}": _first(table["cost"], n) for n in (3, 4, 5, 6)}
    made |= {f"rise_for_cost_{n}": _first(table["cost"] / table["rise"], n) for n in (3, 4, 5, 6)}
    made["all"] = set(table.index)
    made["coffee"] = set(table.index[table["mark"] == "quality"])
    made["coffee_and_value"] = set(table.index[table["mark"].isin(["quality", "value"])])
    return made


@sheet.decision(
    best=_best,
    choices=lambda company: pd.Series(sorted(name for name, *_ in MENDS), name="mend"),
    good_enough=0.9,
    guesses=_guesses,
)
def to_mend(company: Company, chosen: set[str]) -> float:
    gains = _gains(company, _weights(company))
    costs = mends(company).set_index("mend")["cost"]
    return float((gains - costs)[sorted(chosen)].sum())


@to_mend.mistake("worst_marks")
def _worst_marks(company: Company) -> set[str]:
    worst = marks(company)["mean"].nsmallest(2).index
    return {name for name, mark, _ in MENDS if mark in worst}


@to_mend.mistake("largest_rise")
def _largest_rise(company: Company) -> set[str]:
    table = mends(company).set_index("mend")
    return _first(-table["rise"])


@to_mend.mistake("everybody_meets")
def _everybody_meets(company: Company) -> set[str]:
    return _paying(company, _gains(company, _weights(company), meets=False))


@to_mend.also("everybody_meets")
def _everybody_by_regression(company: Company) -> list[set[str]]:
    found = _paying(company, _gains(company, marks(company)["effect"], meets=False))
    return [found] if found != _best(company) else []


@to_mend.mistake("not_divided")
def _half_the_effect(company: Company) -> set[str]:
    return _paying(company, _gains(company, _weights(company) / 2))


@to_mend.also("not_divided")
def _slopes(company: Company) -> list[set[str]]:
    found = _paying(company, _gains(company, marks(company)["slope"]))
    return [found] if found != _best(company) else []


@to_mend.mistake("same_effect")
def _same_effect(company: Company) -> set[str]:
    halo = marks(company)["correlation"]
    return _paying(company, _gains(company, halo / halo.sum()))


@to_mend.mistake("those_that_cost")
def _turned(company: Company) -> set[str]:
    return {name for name, *_ in MENDS} - _best(company)
