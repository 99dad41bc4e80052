"""The questions of lesson 28: a test of a bag, weights without halo, promises, offers, a choice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mktlab import drivers
from mktlab.course.checking.sheet import Sheet
from mktlab.course.checking.slips import Slip
from mktlab.course.questions.given_28 import (
    BUDGET,
    KEEPS,
    MARKS,
    PER_POINT,
    WEIGHS,
    affordable,
    best_set,
    gains,
    given,
    late,
    net,
    offers,
    read,
    spread,
    weights,
    worth,
)
from mktlab.show.words import say

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from mktlab.company import Company

ENOUGH = 0.94
sheet = Sheet(
    "28_physical_evidence",
    given=given,
    budget=BUDGET,
    keeps=KEEPS,
    per_point=PER_POINT,
    enough=ENOUGH,
)


def rise(company: Company, of: str = "overall") -> float:
    """New bag less old bag."""
    means = company.bag_test.groupby("new_bag")[of].mean()
    return float(means[True] - means[False])


@sheet.number(tolerance=0.005)
def adds(company: Company, of: str = "overall") -> float:
    return rise(company, of)


adds.mistake("the_bag", of="bag")
adds.mistake("one_side", lambda c: c.bag_test.query("new_bag")["overall"].mean())


@adds.also("one_side")
def _sides(company: Company) -> list[float]:
    test = company.bag_test
    means = test.groupby("new_bag")[["overall", "bag"]].mean()
    return [*means.to_numpy().ravel(), float(test["overall"].mean())]


@adds.mistake("before_after")
def _before(company: Company) -> float:
    """New bags of the test less all answers of the survey."""
    return float(
        company.bag_test.query("new_bag")["overall"].mean()
        - company.touch_ratings["overall"].mean()
    )


@adds.mistake("marks_apart")
def _apart(company: Company) -> float:
    """Those who like the bag less those who do not."""
    test = company.bag_test
    high = test["bag"] > test["bag"].median()
    return float(test.loc[high, "overall"].mean() - test.loc[~high, "overall"].mean())


adds.mistake("relative", lambda c: rise(c) / c.bag_test.query("not new_bag")["overall"].mean())
adds.also("relative")(lambda c: [100 * rise(c) / c.bag_test.query("not new_bag")["overall"].mean()])
adds.mistake("slope_of_test", lambda c: rise(c) / rise(c, "bag"))
adds.also("marks_apart")(
    lambda c: [
        slope(t, way) for t in (c.bag_test, c.touch_ratings) for way in ("slope", "correlation")
    ]
)
adds.also("slope_of_test")(lambda c: [slope(c.touch_ratings) * rise(c, "bag")])


@sheet.table(key="mark", digits=3)
def weigh(company: Company, kind: str = "halo_out", late_ones: bool = True) -> pd.Series[float]:
    told = late(company) if late_ones else company.touch_ratings
    found: pd.Series[float] = WEIGHS[kind](spread(told), "overall")
    return found.rename_axis("mark").rename("weight")


weigh.mistake("halo_left_in", kind="regression")
weigh.also("halo_left_in", {"kind": "relative"}, {"kind": "regression", "late_ones": False})
weigh.also("halo_left_in", {"kind": "relative", "late_ones": False})
weigh.mistake("all_answers", late_ones=False)


@weigh.also("halo_left_in")
def _shapley(company: Company) -> list[pd.Series[float]]:
    return [drivers.shapley(spread(late(company)), "overall").rename("weight")]


@weigh.mistake("correlations")
def _links(company: Company) -> pd.Series[float]:
    links = late(company)[["overall", *MARKS]].corr()["overall"][MARKS]
    return links.rename_axis("mark").rename("weight")


@weigh.also("correlations")
def _more_links(company: Company) -> list[pd.Series[float]]:
    s = spread(late(company))
    slopes = s.loc[MARKS, "overall"] / s.loc[MARKS, MARKS].to_numpy().diagonal()
    shares = weigh(company, kind="correlations")
    every = company.touch_ratings[["overall", *MARKS]].corr()["overall"][MARKS]
    found = (slopes, shares, s.loc[MARKS, "overall"], every)
    return [one.rename_axis("mark").rename("weight") for one in found]


@weigh.mistake("shares_explained")
def _shares(company: Company) -> pd.Series[float]:
    out = drivers.without_halo(spread(late(company)), "overall")
    return drivers.relative_weights(out, "overall").rename("weight")


@weigh.also("shares_explained")
def _shapley_out(company: Company) -> list[pd.Series[float]]:
    out = drivers.without_halo(spread(late(company)), "overall")
    return [drivers.shapley(out, "overall").rename("weight")]


@weigh.mistake("no_parts")
def _slopes_out(company: Company) -> pd.Series[float]:
    """Slopes that are not divided by their sum."""
    out = drivers.without_halo(spread(late(company)), "overall")
    inner, outer = out.loc[MARKS, MARKS].to_numpy(), out.loc[MARKS, "overall"].to_numpy()
    return pd.Series(np.linalg.solve(inner, outer), pd.Index(MARKS, name="mark"), name="weight")


@weigh.also("halo_left_in")
def _slopes_in(company: Company) -> list[pd.Series[float]]:
    """Slopes with the halo, not divided by their sum."""
    s = spread(late(company))
    inner, outer = s.loc[MARKS, MARKS].to_numpy(), s.loc[MARKS, "overall"].to_numpy()
    return [pd.Series(np.linalg.solve(inner, outer), pd.Index(MARKS, name="mark"), name="weight")]


@weigh.mistake("of_correlations")
def _of_correlations(company: Company) -> pd.Series[float]:
    told = late(company)[["overall", *MARKS]].corr()
    return drivers.without_halo_weights(told, "overall").rename("weight")


@weigh.mistake("own_mean")
def _own_mean(company: Company) -> pd.Series[float]:
    """Correlations of what is left when each answer's mean mark is taken off."""
    told = late(company)
    mean = told[MARKS].mean(axis=1)
    links = told[MARKS].sub(mean, axis=0).corrwith(told["overall"] - mean)
    return links.rename_axis("mark").rename("weight")


weigh.mistake(
    "the_halo",
    lambda c: drivers.halo(spread(late(c)), "overall")[MARKS].rename_axis("mark").rename("weight"),
)
weigh.mistake("means", lambda c: late(c)[MARKS].mean().rename_axis("mark").rename("weight"))


@weigh.mistake("no_street")
def _no_street(company: Company) -> pd.Series[float]:
    some = ["overall", *MARKS[:-1]]
    found = drivers.without_halo_weights(spread(late(company)).loc[some, some], "overall")
    return found.rename_axis("mark").rename("weight")


def slope(table: pd.DataFrame, way: str = "slope") -> float:
    """Of `overall` on the mark of the bag: a slope, a correlation, or the slope turned around."""
    (bag, both), (_, whole) = table[["bag", "overall"]].cov().to_numpy().tolist()
    below = {"slope": bag, "correlation": (bag * whole) ** 0.5, "turned": whole}
    return float(both / below[way])


@sheet.number(tolerance=0.005)
def promises(company: Company, way: str = "slope", less: bool = True) -> float:
    promise = slope(company.touch_ratings, way) * rise(company, "bag")
    return promise - (rise(company) if less else 0.0)


promises.mistake("the_promise", less=False)
promises.mistake("correlation", way="correlation")
promises.also("correlation", {"way": "correlation", "less": False})
promises.mistake("turned", way="turned", less=False)
promises.mistake("wrong_sign", lambda c: -promises(c))
promises.mistake("the_test", rise)
promises.also("the_test")(lambda c: [rise(c, "bag")])
promises.mistake("ratio", lambda c: promises(c, less=False) / rise(c))
promises.also("ratio")(lambda c: [promises(c) / rise(c), 100 * promises(c) / rise(c)])


@promises.mistake("slope_of_test")
def _within(company: Company) -> float:
    """The slope among those of the test, new and old bags together."""
    return slope(company.bag_test) * rise(company, "bag") - rise(company)


@promises.also("slope_of_test")
def _slopes(company: Company) -> list[float]:
    up, test = rise(company, "bag"), rise(company) / rise(company, "bag")
    slopes = [slope(company.touch_ratings), slope(company.bag_test)]
    lately = slope(late(company)) * up - rise(company)
    return [*slopes, *(one - test for one in slopes), slopes[1] * up, lately]


@sheet.table(key="offer", digits=-1)
def earns(
    company: Company, kind: str = "halo_out", met: bool = True, cost: bool = True
) -> pd.Series[float]:
    found = (net if cost else gains)(company, weights(company, kind), met=met)
    return found.rename("net")


earns.mistake("no_cost", cost=False)
earns.also("no_cost")(
    lambda c: [earns(c, cost=False) + offers(c).set_index("offer")["cost"].to_numpy()]
)
earns.mistake("halo_left_in", kind="regression")
earns.also("halo_left_in", {"kind": "relative"}, {"kind": "correlations"}, {"kind": "same"})
earns.also("halo_left_in")(lambda c: [_correlated(c)])
earns.mistake("late_weights", lambda c: _weighed(c, weigh(c)))
earns.mistake("shares_explained", lambda c: _weighed(c, _shares_out(c)))
earns.mistake("not_met", met=False)
earns.also("not_met", {"met": False, "cost": False})
earns.mistake("sales_for_margin", lambda c: _other(c, 1 / KEEPS))
earns.mistake("percent", lambda c: _other(c, 100.0))
earns.mistake("no_points", lambda c: _without(c, "points"))
earns.mistake("no_weights", lambda c: _other(c, 1 / weights(c)))
earns.mistake("no_orders", lambda c: _other(c, 1 / PER_POINT))


def _weighed(company: Company, found: pd.Series[float]) -> pd.Series[float]:
    """As asked, with other weights."""
    return net(company, found).rename("net")


def _correlated(company: Company) -> pd.Series[float]:
    links = company.touch_ratings[["overall", *MARKS]].corr()["overall"]
    return _weighed(company, links[MARKS])


def _shares_out(company: Company) -> pd.Series[float]:
    out = drivers.without_halo(spread(company.touch_ratings), "overall")
    return drivers.shapley(out, "overall")


def _other(company: Company, factor: Any) -> pd.Series[float]:
    """As asked, with what an offer brings multiplied by a number, or by one for each piece."""
    table = offers(company).set_index("offer")
    if isinstance(factor, pd.Series):
        factor = table["piece"].map(factor)
    found: pd.Series[float] = gains(company, weights(company)) * factor - table["cost"]
    return found.rename("net")


def _without(company: Company, column: str) -> pd.Series[float]:
    """As asked, without one factor."""
    table = offers(company).set_index("offer")
    found: pd.Series[float] = gains(company, weights(company)) / table[column] - table["cost"]
    return found.rename("net")


def greedy(company: Company, order: pd.Series[float]) -> frozenset[str]:
    """Offers taken one by one from the first in this order, while the money lasts."""
    sets, taken = set(affordable(company)), frozenset[str]()
    for name in order.sort_values(ascending=False, kind="stable").index:
        if taken | {name} in sets:
            taken |= {name}
    return taken


def positive(value: pd.Series[float]) -> pd.Series[float]:
    return value[value > 0]


def best(company: Company) -> frozenset[str]:
    return best_set(company, worth(company))


def lowest(company: Company) -> frozenset[str]:
    """The most for the piece with the lowest mark, then the next lowest."""
    table = offers(company).set_index("offer")
    marks = company.touch_ratings[MARKS].mean()
    return greedy(company, -table["piece"].map(marks) + table["points"] / 100)


def guesses(company: Company) -> dict[str, frozenset[str]]:
    """Choices that somebody makes who has understood nothing."""
    table = offers(company).set_index("offer")
    orders = {"cheap": -table["cost"], "dear": table["cost"], "points": table["points"]}
    made = {name: greedy(company, order) for name, order in orders.items()}
    made["first"] = greedy(company, pd.Series(range(len(table), 0, -1), table.index, dtype=float))
    made["last"] = greedy(company, pd.Series(range(len(table)), table.index, dtype=float))
    return made | {"nothing": frozenset()}


def amiss(_: Company | None, choice: Any, right: Any) -> Slip | None:
    """What is wrong with a set that no known mistake leads to."""
    if any(name.startswith("label") for name in choice):
        told = say("People mark the label low, but it hardly moves their mark of all of it.")
        return Slip(say("an offer that does not pay"), told)
    if len(choice) < len(right) and not choice - right:
        told = say("All of yours belong to it, and the money pays for more of them.")
        return Slip(say("something is missing"), told)
    told = say("Add up, for each set that the money pays for, what its offers earn (question 4).")
    return Slip(say("another set earns more"), told)


@sheet.decision(
    best=best,
    choices=lambda company: offers(company)["offer"],
    reads=read,
    amiss=amiss,
    guesses=guesses,
    good_enough=ENOUGH,
)
def mends(company: Company, ids: Iterable[str]) -> float:
    return float(worth(company)[sorted(ids)].sum())


mends.mistake("lowest_marks", lowest)
mends.mistake("by_correlations", lambda c: best_set(c, net(c, weights(c, "correlations"))))
mends.mistake("one_by_one", lambda c: greedy(c, positive(net(c, weights(c)))))
mends.also("one_by_one")(lambda c: [greedy(c, net(c, weights(c)))])
mends.mistake("cheapest", lambda c: guesses(c)["cheap"])
mends.mistake("dearest", lambda c: guesses(c)["dear"])
