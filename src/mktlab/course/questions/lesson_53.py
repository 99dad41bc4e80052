"""The questions of lesson 53: break-even, a lucky test, a placebo, all cafés, where posts pay."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mktlab import small_test
from mktlab.course.checking.sheet import Sheet
from mktlab.course.questions.given_53 import (
    COST,
    FIRST,
    PRIOR,
    alone,
    books,
    by_side,
    gain,
    given,
    list_by,
    neighbors,
    panel,
    placebo,
    pooled,
    start,
    winner,
)

if TYPE_CHECKING:
    from mktlab.company import Company

ENOUGH = 0.95
sheet = Sheet("53_neighbourhood_cafe", given=given, cost=COST, prior=PRIOR, enough=ENOUGH)


@sheet.number(tolerance=0.05)
def break_even(company: Company, of: str = "bookings", posts: bool | None = None) -> float:
    rows = winner(company)
    rows = rows if posts is None else rows[rows["posts_on"] == posts]
    return float(COST * rows[of].sum() / rows["margin"].sum())


break_even.mistake("covers", of="covers")


@break_even.mistake("share")
def _share(company: Company) -> float:
    return float(break_even(company) / winner(company)["bookings"].mean())


break_even.also("share")(lambda c: [100 * _share(c)])


@break_even.mistake("what_one_leaves")
def _leaves(company: Company) -> float:
    return float(COST / break_even(company))


def _lift(known: pd.DataFrame) -> float:
    mean = known["mean"]
    return float(mean[True] / mean[False] - 1)


@sheet.share(digits=3)
def doubted(company: Company, prior: float = PRIOR, weeks: int = 999) -> float:
    return _lift(small_test.posterior(winner(company).head(weeks), prior=prior))


doubted.mistake("no_prior", prior=0)


@doubted.mistake("one_side")
def _one_side(company: Company) -> float:
    """The prior added to the weeks with posts alone."""
    known, plain = (small_test.posterior(winner(company), prior=size) for size in (PRIOR, 0))
    return float(known["mean"][True] / plain["mean"][False] - 1)


doubted.also("one_side")(
    lambda c: [
        float(
            small_test.posterior(winner(c))["mean"][True]
            / small_test.posterior(winner(c), prior=PRIOR)["mean"][False]
            - 1
        )
    ]
)


doubted.mistake("other_prior", prior=PRIOR / 2)
doubted.also("other_prior", {"prior": 2 * PRIOR}, {"prior": 10 * PRIOR})


@sheet.share(digits=3)
def luck_of_a_twin(company: Company) -> float:
    name = placebo(company)
    return float(small_test.apart(neighbors(company), name, start=start(company))[name])


@luck_of_a_twin.mistake("before_after")
def _before_after(company: Company) -> float:
    rows = neighbors(company)[placebo(company)]
    late = rows.index >= start(company)
    return float(rows[late].mean() / rows[~late].mean() - 1)


def _over_all(company: Company) -> list[float]:
    """Over the mean of the other neighbors, or over their sum: differences in differences."""
    table, name = neighbors(company), placebo(company)
    late = table.index >= start(company)
    grew = table[late].mean() / table[~late].mean()
    others = table.drop(columns=name).sum(axis=1)
    all_grew = others[late].mean() / others[~late].mean()
    return [float(grew[name] / other - 1) for other in (grew.drop(name).mean(), all_grew)]


@luck_of_a_twin.mistake("over_the_mean")
def _over_the_mean(company: Company) -> float:
    right = luck_of_a_twin(company)
    return max(_over_all(company), key=lambda value: abs(value - right))


luck_of_a_twin.also("over_the_mean")(_over_all)


@luck_of_a_twin.mistake("another_cafe")
def _another(company: Company) -> float:
    told = small_test.apart(panel(company), FIRST, start=start(company)).drop(placebo(company))
    right = luck_of_a_twin(company)
    return float(told[(told - right).abs().idxmax()])


@luck_of_a_twin.also("another_cafe")
def _others(company: Company) -> list[float]:
    told = small_test.apart(panel(company), FIRST, start=start(company)).drop(placebo(company))
    return [float(value) for value in told]


@sheet.share(digits=3)
def together(company: Company) -> float:
    return pooled(books(company))


@together.mistake("not_all")
def _highest(company: Company) -> float:
    return float(alone(books(company)).max())


@together.also("not_all")
def _of_each(company: Company) -> list[float]:
    lift = alone(books(company))
    return [float(lift.mean()), float(lift.median()), float(lift[FIRST])]


@together.also("not_all")
def _of_others(company: Company) -> list[float]:
    return [pooled(books(company), of) for of in ("margin", "covers")]


@together.mistake("over_posts")
def _over_posts(company: Company) -> float:
    sums = by_side(books(company)).sum()
    return float(1 - sums[False] / sums[True])


@together.mistake("share_of_all")
def _share_of_all(company: Company) -> float:
    sums = by_side(books(company)).sum()
    return float(sums[True] / sums.sum())


def best_list(company: Company) -> set[str]:
    truth = company.truth.cafes
    return set(truth.loc[truth["gain_52w"] > 0, "cafe"])


def lists(company: Company) -> dict[str, Any]:
    """Lists of someone who has understood nothing."""
    names = sorted(set(books(company)["cafe"]))
    some = np.random.default_rng(53).permutation(names)
    return {"all": names, "first_half": names[:50], "a_draw": list(some[:50]), "one": [FIRST]}


@sheet.decision(
    best=best_list,
    choices=lambda company: set(books(company)["cafe"]),
    good_enough=ENOUGH,
    guesses=lists,
)
def where(company: Company, cafes: set[str]) -> float:
    return gain(company, cafes)


where.mistake("all_of_them", lambda c: set(books(c)["cafe"]))
where.mistake("each_alone", lambda c: list_by(c, alone(books(c))))


@where.mistake("only_sure")
def _only_sure(company: Company) -> set[str]:
    """Cafés whose own interval lies above 0."""
    sums = by_side(books(company))
    error = (1 / sums[True] + 1 / sums[False]) ** 0.5
    sure = np.log(sums[True] / sums[False]) > 1.96 * error
    return set(sums.index[sure])


@where.mistake("before_after")
def _by_before_after(company: Company) -> set[str]:
    mine = panel(company)[FIRST]
    late = mine.index >= start(company)
    return list_by(company, float(mine[late].mean() / mine[~late].mean() - 1))
