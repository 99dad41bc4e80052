"""The questions of lesson 45: a score, who did not answer, a small zone, a ghost, what to mend."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mktlab import satisfaction
from mktlab.course.checking.sheet import Sheet
from mktlab.course.questions import given_wrong_45 as wrong
from mktlab.course.questions.given_45 import (
    CONTENT,
    KNOWN,
    MENDS,
    answers,
    asked,
    content,
    first,
    gains,
    ghost,
    given,
    marks,
    mends,
    net,
    of_zone,
    panel,
    paying,
    shrunk_row,
    weights,
    zones,
)

if TYPE_CHECKING:
    from mktlab.company import Company

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
zone_score.mistake("one_group", most=-1)
zone_score.mistake("only_tens", least=10)
zone_score.mistake("year_before", ago=1)


@zone_score.mistake("mean")
def _mean_answer(company: Company) -> float:
    return float(of_zone(company)["nps"].mean())


@zone_score.mistake("counted")
def _counted(company: Company) -> float:
    return float(of_zone(company)["points"].sum() / 100)


@zone_score.mistake("other_whole")
def _of_both_groups(company: Company) -> float:
    told = of_zone(company)["points"]
    return float(told[told != 0].mean())


@zone_score.mistake("other_zone")
def _farthest_zone(company: Company) -> float:
    return wrong.farthest(wrong.scores(company)["other_zone"], zone_score(company))


@zone_score.also("all_years")
def _other_weeks(company: Company) -> list[float]:
    return wrong.scores(company)["other_weeks"]


zone_score.leads(wrong.scores, "everybody", "other_zone", "eight_promotes", "one_group", "mean")
zone_score.leads(wrong.scores, "counted", "other_whole", "year_before")


@sheet.share(digits=3)
def weighted_csat(company: Company, known: tuple[str, ...] = tuple(KNOWN)) -> float:
    return content(company, list(known))


weighted_csat.mistake("one_thing", known=("topic",), tolerance=0.0005)
weighted_csat.also("one_thing", {"known": ("hours",)})


@weighted_csat.mistake("as_answered")
def _as_answered(company: Company) -> float:
    return float((asked(company)["csat"].dropna() >= CONTENT).mean())


@weighted_csat.mistake("effort")
def _effort(company: Company) -> float:
    return content(company, KNOWN, "effort")


@weighted_csat.mistake("turned")
def _turned_weights(company: Company) -> float:
    return content(company, KNOWN, power=-1)


@weighted_csat.mistake("silence_is_zero")
def _silent_zeros(company: Company) -> float:
    return float((asked(company)["csat"].fillna(0) >= CONTENT).mean())


@weighted_csat.mistake("mean")
def _mean_csat(company: Company) -> float:
    return float(asked(company)["csat"].dropna().astype(float).mean())


weighted_csat.mistake("other_cut", lambda company: wrong.contents(company)["other_cut"][0])
weighted_csat.mistake("who_answered", lambda company: wrong.contents(company)["who_answered"][0])


@weighted_csat.mistake("part_of_years")
def _farthest_part(company: Company) -> float:
    return wrong.farthest(wrong.contents(company)["part_of_years"], weighted_csat(company))


@weighted_csat.also("silence_is_zero")
def _silence(company: Company) -> list[float]:
    return wrong.contents(company)["silence"]


weighted_csat.leads(wrong.contents, "as_answered", "other_cut", "effort", "mean", "turned")
weighted_csat.leads(wrong.contents, "part_of_years")


@sheet.number(tolerance=0.05)
def shrunken(company: Company, column: str = "shrunk") -> float:
    return float(shrunk_row(company)[column])


shrunken.mistake("measured", column="nps")
shrunken.mistake("an_end", column="low")
shrunken.also("an_end", {"column": "high"})
shrunken.mistake("kept", column="kept", tolerance=0.0005)


@shrunken.mistake("wrong_error")
def _divided(company: Company) -> float:
    table = zones(company)
    smaller = table.assign(error=table["error"] / np.sqrt(table["answers"]))
    return float(shrunk_row(company, smaller)["shrunk"])


@shrunken.mistake("the_mean")
def _mean_of_zones(company: Company) -> float:
    return float(zones(company)["nps"].mean())


@shrunken.mistake("other_share")
def _distance(company: Company) -> float:
    row = shrunk_row(company)
    return float(row["kept"]) * (float(row["nps"]) - _mean_of_zones(company))


@shrunken.mistake("other_zone")
def _farthest_shrunken(company: Company) -> float:
    return wrong.farthest(wrong.shrinkings(company)["other_zone"], shrunken(company))


@shrunken.also("kept")
def _steps(company: Company) -> list[float]:
    return wrong.shrinkings(company)["step"]


shrunken.leads(wrong.shrinkings, "measured", "an_end", "wrong_error", "the_mean", "other_share")
shrunken.leads(wrong.shrinkings, "other_zone")


@sheet.share(digits=3)
def knows_rival(company: Company, years: float = 1, column: str = "known") -> float:
    found = satisfaction.aided_corrected(panel(company, years), ghost=ghost(company)).set_index(
        "brand"
    )
    return float(found.loc[given(company)["rival"], column])


knows_rival.mistake("claimed", column="claimed")
knows_rival.mistake("other_months", years=100)


@knows_rival.mistake("only_subtracted")
def _only_subtracted(company: Company) -> float:
    known, claimed = knows_rival(company), knows_rival(company, column="claimed")
    ghosts = (claimed - known) / (1 - known)
    return float(claimed - ghosts)


@knows_rival.mistake("ghost")
def _the_ghost(company: Company) -> float:
    known, claimed = knows_rival(company), knows_rival(company, column="claimed")
    return float((claimed - known) / (1 - known))


@knows_rival.mistake("spontaneous")
def _spontaneous(company: Company) -> float:
    asked_of = panel(company)
    of_rival = asked_of[asked_of["brand"] == given(company)["rival"]]
    return float(of_rival["spontaneous"].sum() / of_rival["asked"].sum())


@knows_rival.mistake("other_brand")
def _farthest_brand(company: Company) -> float:
    return wrong.farthest(wrong.known(company)["other_brand"], knows_rival(company))


knows_rival.mistake("other_whole", lambda company: wrong.known(company)["other_whole"][0])
knows_rival.leads(wrong.known, "claimed", "other_months", "only_subtracted", "spontaneous")
knows_rival.leads(wrong.known, "other_brand", "other_whole")


def _best(company: Company) -> set[str]:
    return paying(company, gains(company, weights(company)))


def _guesses(company: Company) -> dict[str, set[str]]:
    """Lists that need no look at effects, and the lists by one number alone."""
    table = mends(company).set_index("mend")
    made = {f"first_{n}": set(table.index[:n]) for n in (3, 4, 5, 6)}
    made |= {f"cheapest_{n}": first(table["cost"], n) for n in (3, 4, 5, 6)}
    made |= {f"rise_for_cost_{n}": first(table["cost"] / table["rise"], n) for n in (3, 4, 5, 6)}
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
    return float(net(company)[sorted(chosen)].sum())


@to_mend.mistake("worst_marks")
def _worst_marks(company: Company) -> set[str]:
    worst = marks(company)["mean"].nsmallest(2).index
    return {name for name, mark, _ in MENDS if mark in worst}


@to_mend.mistake("factor_missing")
def _everybody_meets(company: Company) -> set[str]:
    return paying(company, gains(company, weights(company), meets=False))


@to_mend.mistake("largest_rise")
def _largest_rise(company: Company) -> set[str]:
    table = mends(company).set_index("mend")
    return first(-table["rise"])


@to_mend.mistake("not_divided")
def _half_the_effect(company: Company) -> set[str]:
    return paying(company, gains(company, weights(company) / 2))


@to_mend.mistake("all")
def _all(company: Company) -> set[str]:
    return {name for name, *_ in MENDS}


@to_mend.mistake("cheapest")
def _cheapest(company: Company) -> set[str]:
    return first(mends(company).set_index("mend")["cost"], 5)


@to_mend.mistake("gap_too")
def _gap_too(company: Company) -> set[str]:
    table = marks(company)
    found = paying(company, gains(company, table["effect"] * (10 - table["mean"])))
    return found if found != _all(company) else found - {MENDS[-1][0]}


for kind in ("whole_marks", "one_each", "cost_left_out", "in_order"):
    to_mend.mistake(kind, partial(wrong.poorest, name=kind))
to_mend.leads(wrong.chosen, "worst_marks", "factor_missing", "largest_rise", "cheapest")
to_mend.leads(wrong.chosen, "cost_left_out", "in_order", "whole_marks", "one_each")
