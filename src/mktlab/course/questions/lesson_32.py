"""The questions of lesson 32: an effect, a Qini area, two lists, a larger test, and letters."""

from __future__ import annotations

from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any

import numpy as np

from mktlab import experiments, uplift
from mktlab.course.checking.answers import ids_among
from mktlab.course.checking.sheet import Sheet
from mktlab.course.questions.given_32 import (
    COLUMNS,
    COST,
    LETTERS,
    LOSS,
    SILENT,
    amiss,
    features,
    first,
    gain,
    given,
    test,
    waiting,
)

if TYPE_CHECKING:
    import pandas as pd

    from mktlab.company import Company

sheet = Sheet("32_retention_offer", given=given, cost=COST, letters=LETTERS, silent=SILENT)


@sheet.share(digits=4)
def effect_on_the_silent(company: Company, least: float = SILENT, most: float = 9_999) -> float:
    rows = test(company)
    rows = rows[(rows["recency_days"] > least) & (rows["recency_days"] <= most)]
    stay = rows.groupby("treated")["stayed"].mean()
    return float(stay[True] - stay[False])


effect_on_the_silent.mistake("everybody", least=-1)


@effect_on_the_silent.also("everybody")
def _in_the_whole_campaign(company: Company) -> list[float]:
    left = company.retention_campaign.groupby("treated")["lapsed"].mean()
    return [float(left[False] - left[True])]


effect_on_the_silent.mistake("the_others", least=-1, most=SILENT)


def _clicked(company: Company, against: bool | None, least: float = SILENT) -> float:
    """Stay rate of those who clicked, less that of the untreated, or of the rest of the treated."""
    rows = test(company)
    rows = rows[rows["recency_days"] > least]
    clicked = rows["clicked_offer"].astype(bool)
    other = ~rows["treated"] if against is None else rows["treated"] & ~clicked
    return float(rows.loc[clicked, "stayed"].mean() - rows.loc[other, "stayed"].mean())


effect_on_the_silent.mistake("clicked", partial(_clicked, against=None))
effect_on_the_silent.also("clicked")(
    lambda company: [
        _clicked(company, True),
        _clicked(company, None, -1),
        _clicked(company, True, -1),
    ]
)


def _levels(company: Company) -> list[float]:
    rows = test(company)
    rows = rows[rows["recency_days"] > SILENT]
    stay = rows.groupby("treated")["stayed"].mean()
    return [float(stay[True]), float(stay[False]), *(1 - stay).tolist()]


effect_on_the_silent.mistake("level", lambda company: _levels(company)[0])
effect_on_the_silent.also("level")(_levels)


@effect_on_the_silent.also("level")
def _ratios(company: Company) -> list[float]:
    """Which equal the answer where the offer hardly changed anything: no mistake of its own."""
    treated, control, *_ = _levels(company)
    return [treated / control - 1, 1 - (1 - treated) / (1 - control)]


@sheet.number(tolerance=0.0005)
def area(company: Company, score: str = "margin", sign: int = 1, line: bool = True) -> float:
    """The Qini area of the margin as a score."""
    rows = test(company)
    found = uplift.qini(rows, sign * rows[score], **COLUMNS)
    return found.area + (0 if line else float(found.curve["gained"].iloc[-1]) / 2)


area.mistake("upside_down", sign=-1)
area.mistake("whole_area", line=False)
area.mistake("other_score", score="recency_days")
area.also("other_score", *({"score": s} for s in ("spend", "purchases", "orders", "tenure_weeks")))


@area.mistake("end_of_the_curve")
def _average_in_points(company: Company) -> float:
    return 100 * float(effect_on_the_silent(company, least=-1))


@lru_cache(maxsize=64)
def _lead(
    company: Company,
    one: str = "margin",
    other: str | None = "recency_days",
    value: str | None = "value",
    cost: float = COST,
    letters: int | None = None,
) -> Any:
    rows = test(company)
    chosen: Any
    chosen, against = (
        rows["customer_id"].isin(first(rows, score, letters or len(rows) // 5)) if score else None
        for score in (one, other)
    )
    worth = {"value": rows[value], "cost": cost} if value else {}
    how: dict[str, Any] = {"features": features(company), **COLUMNS, **worth}
    return uplift.policy_value(rows, chosen, against=against, **how)


@sheet.number(tolerance=0.5)
def sure_lead(company: Company, end: str = "low", **turned: Any) -> float:
    """By how many euros the highest margins lead the longest silence, at least."""
    return float(getattr(_lead(company, **turned), end))


sure_lead.mistake("middle", end="difference")
sure_lead.mistake("upper_end", end="high")
sure_lead.mistake("other_way_round", one="recency_days", other="margin")
sure_lead.mistake("one_list", other=None)
sure_lead.also("one_list", {"other": None, "one": "recency_days"})
sure_lead.mistake("all_the_margin", value="margin")
sure_lead.also("all_the_margin", {"value": "spend"})
sure_lead.mistake("other_letters", letters=LETTERS)
sure_lead.also("other_letters", {"letters": 500}, {"cost": 0.0}, {"cost": 1.2})
sure_lead.mistake("customers", value=None)


@sure_lead.mistake("two_intervals")
def _from_two_intervals(company: Company) -> float:
    return float(_lead(company, other=None).low - _lead(company, "recency_days", None).high)


@sheet.number(tolerance=1)
def larger_test(
    company: Company, points: float = LOSS, power: float = 0.8, groups: int = 1
) -> float:
    """Customers that each group needs to notice so many points."""
    stayed = given(company)["stayed"]
    return float(groups * experiments.sample_size(stayed, points / stayed, power=power))


larger_test.mistake("both_groups", groups=2)
larger_test.mistake("lesson_points", points=0.01)
larger_test.also("lesson_points", {"points": 0.02}, {"points": 0.005})
larger_test.mistake("coin_toss", power=0.5)
larger_test.also("coin_toss", {"power": 0.9}, {"power": 0.95})


@larger_test.mistake("relative_lift")
def _of_a_relative_lift(company: Company) -> float:
    return float(experiments.sample_size(given(company)["stayed"], LOSS))


@larger_test.also("relative_lift")
def _of_other_relative_lifts(company: Company) -> list[float]:
    stayed = given(company)["stayed"]
    left = 1 - stayed
    return [
        float(experiments.sample_size(left, -LOSS)),
        float(experiments.sample_size(left, LOSS)),
        float(experiments.sample_size(stayed, LOSS / left)),
    ]


@larger_test.mistake("rule_of_thumb")
def _of_this_test(company: Company) -> float:
    """Four times the customers for half the effect, from the effect that this test notices."""
    stayed, drawn = given(company)["stayed"], company.retention_campaign
    each = int(drawn["treated"].value_counts().min())
    return float(each * (stayed * experiments.smallest_lift(stayed, each) / LOSS) ** 2)


@larger_test.also("rule_of_thumb")
def _by_other_formulas(company: Company) -> list[float]:
    stayed = given(company)["stayed"]
    return [
        float(experiments.sample_size(stayed, LOSS / stayed, method=method))
        for method in ("arcsine", "control")
    ]


def _largest_value(company: Company) -> set[str]:
    """With the same effect for all, the largest gains are the largest margins."""
    return first(waiting(company), "margin")


def _guesses(company: Company) -> dict[str, set[str]]:
    """Lists that need no thought."""
    rows = waiting(company)
    luck = rows.assign(drawn=np.random.default_rng(1).random(len(rows)))
    return {
        "head": set(rows["customer_id"].head(LETTERS)),
        "tail": set(rows["customer_id"].tail(LETTERS)),
        "drawn": first(luck, "drawn"),
        "oldest": first(rows, "tenure_weeks"),
    }


@sheet.decision(
    best=_largest_value,
    choices=lambda company: waiting(company)["customer_id"],
    reads=partial(ids_among, exactly=LETTERS),
    guesses=_guesses,
    amiss=amiss,
)
def letters(company: Company, chosen: set[str]) -> float:
    """Profit of the letters."""
    return float(gain(company)[sorted(chosen)].sum()) - COST * len(chosen)


@letters.mistake("riskiest")
def _riskiest(company: Company) -> set[str]:
    return first(waiting(company), "risk")


@letters.mistake("silent")
def _longest_silent(company: Company) -> set[str]:
    return first(waiting(company), "recency_days")


@letters.mistake("turned_margin")
def _least_margin(company: Company) -> set[str]:
    rows: pd.DataFrame = waiting(company)
    return set(rows.nsmallest(LETTERS, "margin")["customer_id"])
