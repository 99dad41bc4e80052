"""The questions of lesson 45: a score, who did not answer, a small zone, a ghost, what to mend."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mktlab import satisfaction
from mktlab.course.checking.sheet import Sheet
from mktlab.course.questions.given_45 import (
    CONTENT,
    KNOWN,
    MARKS,
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
    small_zone,
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
zone_score.mistake("promoters_only", most=-1)
zone_score.mistake("only_tens", least=10)
zone_score.mistake("year_before", ago=1)


@zone_score.mistake("mean")
def _mean_answer(company: Company) -> float:
    return float(of_zone(company)["nps"].mean())


@zone_score.also("mean")
def _mean_in_hundreds(company: Company) -> list[float]:
    return [10 * _mean_answer(company)]


@zone_score.mistake("counted")
def _counted(company: Company) -> float:
    return float(of_zone(company)["points"].sum() / 100)


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


@sheet.number(tolerance=0.05)
def shrunken(company: Company, column: str = "shrunk") -> float:
    return float(shrunk_row(company)[column])


shrunken.mistake("measured", column="nps")
shrunken.mistake("an_end", column="low")
shrunken.also("an_end", {"column": "high"})
shrunken.mistake("kept", column="kept")


@shrunken.mistake("wrong_error")
def _divided(company: Company) -> float:
    table = zones(company)
    smaller = table.assign(error=table["error"] / np.sqrt(table["answers"]))
    return float(shrunk_row(company, smaller)["shrunk"])


@shrunken.also("wrong_error")
def _squared(company: Company) -> list[float]:
    table = zones(company)
    found = float(shrunk_row(company, table.assign(error=table["error"] ** 2))["shrunk"])
    return _apart(company, [found]) or [_divided(company)]


@shrunken.mistake("the_mean")
def _mean_of_zones(company: Company) -> float:
    return float(zones(company)["nps"].mean())


@shrunken.also("the_mean")
def _weighted_mean(company: Company) -> list[float]:
    table = zones(company)
    sizes = (1 / table["error"] ** 2, table["answers"])
    means = [float(np.average(table["nps"], weights=size)) for size in sizes]
    return _apart(company, means) or [_mean_of_zones(company)]


@shrunken.mistake("other_share")
def _distance(company: Company) -> float:
    row = shrunk_row(company)
    return float(row["kept"]) * (float(row["nps"]) - _mean_of_zones(company))


@shrunken.also("other_share")
def _other_shares(company: Company) -> list[float]:
    table, middle = zones(company), _mean_of_zones(company)
    noise, far = table["error"] ** 2, shrunk_row(company)["nps"] - middle
    between = max(float(table["nps"].var() - noise.mean()), 0.0)
    shares = (between / (between + float(noise[small_zone(company)])), 0.5)
    others = _apart(company, [middle + share * float(far) for share in shares])
    return others or [_distance(company)]


@shrunken.mistake("other_zone")
def _largest_zone(company: Company) -> float:
    return float(shrunk_row(company, zone=str(zones(company)["answers"].idxmax()))["shrunk"])


@shrunken.also("other_zone")
def _other_zones(company: Company) -> list[float]:
    names = zones(company).index
    return _apart(company, [float(shrunk_row(company, zone=z)["shrunk"]) for z in names])


def _apart(company: Company, found: list[float]) -> list[float]:
    """Those of the wrong answers that cannot be taken for the right one."""
    return [value for value in found if abs(value - shrunken(company)) > 0.1]


@sheet.share(digits=3)
def knows_rival(company: Company, years: float = 1, column: str = "known") -> float:
    found = satisfaction.aided_corrected(panel(company, years), ghost=ghost(company)).set_index(
        "brand"
    )
    return float(found.loc[given(company)["rival"], column])


knows_rival.mistake("claimed", column="claimed")
knows_rival.mistake("all_years", years=100)
knows_rival.also("all_years", {"years": 2}, {"years": 0.5}, {"years": 0.085})


@knows_rival.mistake("only_subtracted")
def _only_subtracted(company: Company) -> float:
    known, claimed = knows_rival(company), knows_rival(company, column="claimed")
    ghosts = (claimed - known) / (1 - known)
    return float(claimed - ghosts)


@knows_rival.also("only_subtracted")
def _half_corrected(company: Company) -> list[float]:
    known, claimed = knows_rival(company), knows_rival(company, column="claimed")
    ghosts = (claimed - known) / (1 - known)
    found = (claimed * (1 - ghosts), claimed / (1 - ghosts))
    return [value for value in found if abs(value - known) > 0.001]


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
def _other_brand(company: Company) -> float:
    return _others(company)[-1]


@knows_rival.also("other_brand")
def _others(company: Company) -> list[float]:
    found = satisfaction.aided_corrected(panel(company), ghost=ghost(company)).set_index("brand")[
        "known"
    ]
    return [float(share) for share in found.drop(given(company)["rival"])]


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


@to_mend.mistake("largest_rise")
def _largest_rise(company: Company) -> set[str]:
    table = mends(company).set_index("mend")
    return first(-table["rise"])


@to_mend.mistake("factor_missing")
def _everybody_meets(company: Company) -> set[str]:
    return paying(company, gains(company, weights(company), meets=False))


@to_mend.also("factor_missing")
def _factors_missing(company: Company) -> list[set[str]]:
    table = marks(company)
    each = pd.Series(1 / len(MARKS), MARKS)
    halo = table["correlation"] / table["correlation"].sum()
    ways = [(table["effect"], False), (halo, True), (halo, False), (each, True), (each, False)]
    found = [paying(company, gains(company, by, meets=meets)) for by, meets in ways]
    enough = 0.9 * to_mend(company, _best(company))
    wrong = [way for way in found if to_mend(company, way) < enough]
    return wrong or [_everybody_meets(company)]


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


@to_mend.mistake("one_missing")
def _one_missing(company: Company) -> set[str]:
    return _best(company) - {str(net(company).idxmax())}


@to_mend.also("one_missing")
def _missing(company: Company) -> list[set[str]]:
    return _poor(company, [_best(company) - {name} for name in sorted(_best(company))])


@to_mend.mistake("one_too_many")
def _one_too_many(company: Company) -> set[str]:
    return _best(company) | {str(net(company).idxmin())}


@to_mend.also("one_too_many")
def _too_many(company: Company) -> list[set[str]]:
    best = _best(company)
    return _poor(company, [best | {name} for name in sorted(_all(company) - best)])


def _poor(company: Company, lists: list[set[str]]) -> list[set[str]]:
    """Those that are no good decision."""
    enough = 0.9 * to_mend(company, _best(company))
    return [chosen for chosen in lists if to_mend(company, chosen) < enough]


@to_mend.mistake("those_that_cost")
def _turned(company: Company) -> set[str]:
    return {name for name, *_ in MENDS} - _best(company)
