"""The questions of lesson 52: break-even, readers, a day with posts, a visitor, what to pay for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mktlab.course.checking.sheet import Sheet
from mktlab.course.questions.given_52 import (
    AGENCY,
    CALENDAR,
    LAGS,
    bag_margin,
    costs,
    days,
    each_visitor,
    events,
    gains,
    given,
    places_by,
    slope,
    visitors,
)

if TYPE_CHECKING:
    import pandas as pd

    from mktlab.company import Company

TASTING, POSTS, PRESS, ENOUGH = 220.0, 36_500.0, 6_000.0, 0.95
sheet = Sheet(
    "52_daily_content", given=given, tasting=TASTING, posts=POSTS, press=PRESS, enough=ENOUGH
)


@sheet.number(tolerance=0.05)
def break_even(company: Company) -> float:
    return TASTING / bag_margin(company)


@break_even.mistake("orders")
def _orders(company: Company) -> float:
    """By what an order at the partner leaves."""
    rows = days(company)
    return float(TASTING * rows["orders"].sum() / rows["margin"].sum())


@break_even.mistake("what_one_leaves")
def _leaves(company: Company) -> float:
    return bag_margin(company)


@break_even.mistake("share")
def _share(company: Company) -> float:
    return float(break_even(company) / events(company, None)["bags"].mean())


@break_even.also("share")
def _shares(company: Company) -> list[float]:
    return [100 * _share(company), float(break_even(company) / events(company)["bags"].mean())]


@sheet.number(tolerance=0.05)
def readers(company: Company, by: str = CALENDAR, of: str = "orders") -> float:
    return slope(days(company), f"{of}~readers+{by}", "readers")


readers.mistake("no_launch", by="C(weekday)+C(month)")
readers.also("no_launch", {"by": "C(weekday)"}, {"by": "C(month)"})
readers.mistake("alone", by="1")
readers.also("alone", {"by": "launch"})


@readers.mistake("of_the_launch")
def _of_the_launch(company: Company) -> float:
    return slope(days(company), f"orders~readers+{CALENDAR}", "launch")


readers.also("alone", {"of": "margin"})


def _drawn(company: Company, drawn: bool | None = True) -> pd.DataFrame:
    rows = days(company)
    return rows if drawn is None else rows[rows["drawn"] == drawn]


@sheet.number(tolerance=0.05)
def day_with_posts(
    company: Company,
    of: str = "margin",
    drawn: bool | None = True,
    lags: tuple[str, ...] = LAGS,
    told: tuple[str, ...] | None = None,
) -> float:
    formula = f"{of}~{'+'.join(lags)}+{CALENDAR}"
    return slope(_drawn(company, drawn), formula, *(told or lags))


def _farthest(right: float, wrong: list[float]) -> float:
    """Of ways to make a mistake, the one that no luck brings close to the right answer."""
    return max(wrong, key=lambda value: abs(value - right))


def _same_days(company: Company) -> list[float]:
    return [day_with_posts(company, **turned) for turned in ({"told": ("on",)}, {"lags": ("on",)})]


def _not_drawn(company: Company) -> list[float]:
    return [day_with_posts(company, drawn=drawn) for drawn in (None, False)]


day_with_posts.mistake("same_day", lambda c: _farthest(day_with_posts(c), _same_days(c)))
day_with_posts.also("same_day")(_same_days)
day_with_posts.mistake("not_drawn", lambda c: _farthest(day_with_posts(c), _not_drawn(c)))
day_with_posts.also("not_drawn")(_not_drawn)


@day_with_posts.mistake("less_cost")
def _less_cost(company: Company) -> float:
    rows = _drawn(company)
    return float(day_with_posts(company) - rows.loc[rows["on"] == 1, "cost"].mean())


day_with_posts.also("less_cost")(lambda c: [day_with_posts(c, of="orders")])


@sheet.share(digits=4)
def a_visitor(company: Company, drawn: bool | None = True, over: str = "visitors") -> float:
    return each_visitor(company, drawn, over)


a_visitor.mistake("not_drawn", drawn=None)
a_visitor.also("not_drawn", {"drawn": False})


@a_visitor.mistake("all_bags")
def _all_bags(company: Company) -> float:
    """Bags with a tasting over visitors: those that would have sold anyway are in it."""
    rows = events(company)
    rows = rows[rows["tasting"]]
    return float(rows["bags"].mean() / rows["visitors"].mean())


@a_visitor.mistake("a_tasting")
def _a_tasting(company: Company) -> float:
    bags = events(company).groupby("tasting")["bags"].mean()
    return float(bags[True] - bags[False])


@a_visitor.also("a_tasting")
def _lift(company: Company) -> list[float]:
    bags = events(company).groupby("tasting")["bags"].mean()
    return [float(bags[True] / bags[False] - 1)]


def best_list(company: Company) -> set[str]:
    euros = gains(company)
    return set(euros.index[euros > 0])


def lists(company: Company) -> dict[str, Any]:
    """Lists of someone who has understood nothing."""
    names = sorted(costs(company).index)
    cheap = costs(company).sort_values(kind="stable").index[:20]
    return {
        "all_places": names,
        "first_half": names[:20],
        "cheapest": list(cheap),
        "one": names[:1],
        "the_lesson": [
            *visitors(company).index[
                visitors(company) * each_visitor(company) * bag_margin(company) > TASTING
            ]
        ],
    }


@sheet.decision(
    best=best_list,
    choices=lambda company: {*AGENCY, *costs(company).index},
    good_enough=ENOUGH,
    guesses=lists,
)
def pay_for(company: Company, chosen: set[str]) -> float:
    return float(gains(company)[sorted(chosen)].sum())


def _right_places(company: Company) -> set[str]:
    return places_by(company, each_visitor(company))


pay_for.mistake("by_reach", lambda c: {*AGENCY, *_right_places(c)})
pay_for.mistake("by_ave", lambda c: {"press", *_right_places(c)})
pay_for.mistake("everything", lambda c: {*AGENCY, *costs(c).index})
pay_for.mistake("not_drawn", lambda c: places_by(c, each_visitor(c, drawn=False)))


@pay_for.mistake("by_bags")
def _by_bags(company: Company) -> set[str]:
    """As if a tasting brought the same share more of what a place sells."""
    rows = events(company)
    bags = rows.groupby("tasting")["bags"].mean()
    usual = rows[~rows["tasting"]].groupby("place")["bags"].mean()
    brings = usual * (bags[True] / bags[False] - 1) * bag_margin(company)
    return set(brings.index[brings > costs(company)])
