"""The questions of lesson 23: a margin, a survey, an elasticity, a price for another pack."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mktlab import price
from mktlab.course.checking.answers import number_between
from mktlab.course.checking.sheet import Sheet
from mktlab.course.questions.given_23 import FAMILY, panel_of, slope, waves_of, weeks_of

if TYPE_CHECKING:
    from mktlab.company import Company
    from mktlab.price.elasticity import Elasticity

PRODUCT = "CAP-01"
DEARER = 4.35
"""What a pack of the new maker costs in all, as a multiple of today's goods."""
LOWEST, HIGHEST = 2.0, 15.0

sheet = Sheet("23_price", dearer=DEARER, lowest=LOWEST, highest=HIGHEST)


def _shelf(company: Company, weeks: int = 13) -> float:
    """The mean net price of a pack in the last weeks."""
    prices = company.prices.query("product_id == @PRODUCT")
    late = prices["week"] >= company.today - pd.Timedelta(weeks=weeks)
    return float(prices.loc[late, "price"].mean())


def _tax(company: Company) -> float:
    return float(company.products.set_index("product_id")["vat_rate"][PRODUCT])


def _cost(company: Company) -> float:
    """What the goods of a pack cost today."""
    costs = company.product_costs.query("product_id == @PRODUCT").sort_values("week")
    return float(costs["unit_cost"].iloc[-1])


@sheet.share(digits=3)
def margin_rate(
    company: Company,
    taxed: bool = False,
    on_cost: bool = False,
    weeks: int = 13,
) -> float:
    """Margin of a pack as a part of its net price."""
    asked = _shelf(company, weeks) * (1 + _tax(company) * taxed)
    cost = _cost(company)
    return (asked - cost) / (cost if on_cost else asked)


margin_rate.mistake("taxed", taxed=True)
margin_rate.mistake("on_cost", on_cost=True)
margin_rate.also("on_cost", {"on_cost": True, "taxed": True})
margin_rate.mistake("all_weeks", weeks=1000)


@margin_rate.also("taxed")
def _tax_in_the_margin_alone(company: Company) -> list[float]:
    net, cost, packs = (
        _shelf(company),
        _cost(company),
        company.prices.query("product_id == @PRODUCT"),
    )
    late = packs["week"] >= company.today - pd.Timedelta(weeks=13)
    shelf = float(packs.loc[late, "shelf_price"].mean())
    return [(shelf - cost) / net, (net - cost) / shelf]


@margin_rate.mistake("cost_share")
def _cost_share(company: Company) -> float:
    return _cost(company) / _shelf(company)


@sheet.share(digits=3)
def too_dear(
    company: Company,
    question: str = "too_expensive",
    at: str = "pme",
    everybody: bool = False,
    stays: bool = False,
    taxed: bool = True,
) -> float:
    """Share of respondents for whom a point of the survey is too dear, or as dear as asked."""
    survey = company.price_survey
    rises = (survey[list(price.survey.QUESTIONS)].diff(axis=1).iloc[:, 1:] >= 0).all(axis=1)
    limit = getattr(price.van_westendorp(survey), at)
    limit = limit if taxed else limit / (1 + _tax(company))
    dear = survey.loc[rises | everybody, question] <= limit
    return float((dear ^ stays).mean())


too_dear.mistake("everybody", everybody=True)
too_dear.mistake("expensive", question="expensive")
too_dear.mistake("who_stays", stays=True)
too_dear.mistake("at_optimal", at="opp")
too_dear.also("at_optimal", {"at": "ipp"}, {"at": "pmc"})
too_dear.mistake("without_tax", taxed=False)
too_dear.also("everybody", {"everybody": True, "stays": True}, {"everybody": True, "taxed": False})


@too_dear.mistake("over_everybody")
def _over_everybody(company: Company) -> float:
    survey = company.price_survey
    rises = (survey[list(price.survey.QUESTIONS)].diff(axis=1).iloc[:, 1:] >= 0).all(axis=1)
    return float(too_dear(company) * rises.mean())


def _would_buy(survey: pd.DataFrame) -> float:
    limit = price.van_westendorp(survey).pme
    return float(((survey["too_cheap"] <= limit) & (limit < survey["too_expensive"])).mean())


@too_dear.mistake("would_buy")
def _everybody_would_buy(company: Company) -> float:
    return _would_buy(company.price_survey)


@too_dear.also("would_buy")
def _would_or_would_not_buy(company: Company) -> list[float]:
    survey = company.price_survey
    rises = (survey[list(price.survey.QUESTIONS)].diff(axis=1).iloc[:, 1:] >= 0).all(axis=1)
    some = _would_buy(survey[rises])
    return [1 - _would_buy(survey), some, 1 - some]


@sheet.number(tolerance=0.006)
def capsule_elasticity(company: Company, family: str = FAMILY, money: bool = False) -> Elasticity:
    panel = panel_of(company, family)
    return price.zone_test(panel.assign(pieces=panel["pieces"] * panel["price"] ** money))


@capsule_elasticity.mistake("weeks")
def _of_weeks(company: Company) -> Elasticity:
    return price.elasticity(weeks_of(company))


@capsule_elasticity.mistake("controls")
def _controlled(company: Company) -> Elasticity:
    return price.elasticity(weeks_of(company), controls=["on_promotion", "competitor", "month"])


@capsule_elasticity.also("weeks")
def _of_other_weeks(company: Company) -> list[float]:
    panel = panel_of(company)
    some = panel["price_test"].isin(["higher", "lower", "same"])
    columns = {"pieces": ("pieces", "sum"), "price": ("price", "mean")}
    parts = [rows.groupby("week").agg(**columns) for rows in (panel[some], panel[~some])]
    return [slope(rows) for rows in (panel, *parts)]


@capsule_elasticity.also("controls")
def _controlled_by_some(company: Company) -> list[Elasticity]:
    some = [["on_promotion"], ["month"], ["on_promotion", "month"], ["competitor"]]
    return [price.elasticity(weeks_of(company), controls=names) for names in some]


@capsule_elasticity.mistake("each_zone_alike")
def _each_zone_alike(company: Company) -> float:
    cells = waves_of(company)
    rest = cells[["pieces", "price"]].clip(lower=0.5).apply(np.log)
    for group in ("wave", "zone"):
        rest = rest - rest.groupby(group).transform("mean")
    return float(np.polyfit(rest["price"], rest["pieces"], 1)[0])


@capsule_elasticity.mistake("zones_as_they_are")
def _zones_as_they_are(company: Company) -> float:
    return slope(waves_of(company))


@capsule_elasticity.also("zones_as_they_are")
def _groups_as_they_are(company: Company) -> list[float]:
    panel, cells = panel_of(company), waves_of(company)
    sums, means = cells.groupby("group")["pieces"].sum(), cells.groupby("group")["pieces"].mean()
    rows = panel[panel["price_test"].isin(["higher", "lower", "same"])]
    by_groups = [np.log(n["higher"] / n["lower"]) / np.log(1.08 / 0.92) for n in (sums, means)]
    return [slope(rows), *by_groups, (means["higher"] / means["same"] - 1) / 0.08]


@capsule_elasticity.mistake("instrument")
def _by_instrument(company: Company) -> Elasticity:
    weeks = weeks_of(company).dropna(subset="green_before")
    return price.elasticity(weeks, instrument="green_before")


@capsule_elasticity.also("instrument")
def _by_other_instruments(company: Company) -> list[Elasticity]:
    weeks = weeks_of(company)
    late, green = weeks.dropna(subset="green_before"), "green_before"
    closed = price.elasticity(late, instrument=green, controls=["log_competitor"])
    return [closed, price.elasticity(weeks, instrument="green_coffee")]


@capsule_elasticity.mistake("no_sign")
def _no_sign(company: Company) -> float:
    return -float(capsule_elasticity(company).value)


capsule_elasticity.mistake("of_revenue", money=True)
capsule_elasticity.mistake("of_beans", family="beans")


@capsule_elasticity.also("of_beans")
def _of_weeks_of_beans(company: Company) -> list[Elasticity]:
    weeks, names = weeks_of(company, "beans"), ["on_promotion", "competitor", "month"]
    return [price.elasticity(weeks), price.elasticity(weeks, controls=names)]


def _usual(company: Company) -> float:
    """The mean net price of a pack over all weeks."""
    return float(company.prices.query("product_id == @PRODUCT")["price"].mean())


def _packs(company: Company) -> float:
    """What the family sold in the last 52 weeks, counted in packs at today's price."""
    panel = panel_of(company)
    year = panel[panel["week"] >= company.today - pd.Timedelta(weeks=52)]
    return float((year["pieces"] * year["price"]).sum() / _shelf(company))


def _truly_lost(company: Company) -> float:
    """The part of the buyers whom each euro more loses in truth, everything included."""
    truth = company.truth.price_response.set_index("category")["elasticity"]
    return float(-truth[FAMILY] / _shelf(company, weeks=52))


def _told(company: Company) -> float:
    """The best price as far as the tables can tell it: by the zone test."""
    lost = -float(capsule_elasticity(company).value) / _usual(company)
    return float(DEARER * _cost(company) + 1 / lost)


def _near(choice: float, other: float) -> bool:
    """Prices at most 1% apart."""
    return abs(choice / other - 1) <= 0.01


def _guesses(company: Company) -> dict[str, float]:
    """Prices that need no elasticity."""
    cost, now = DEARER * _cost(company), _shelf(company)
    return {
        "twice_the_new_cost": 2 * cost,
        "the_same_margin_rate": min(DEARER * now, HIGHEST),
        "today_price": now,
        "today_price_a_tenth_up": 1.1 * now,
        "a_margin_of_a_half_on_the_cost": 1.5 * cost,
        "today_euros_on_the_new_cost": now + cost - _cost(company),
    }


@sheet.decision(
    best=_told,
    choices=lambda company: (LOWEST, HIGHEST),
    reads=number_between,
    alike=_near,
    good_enough=0.97,
    guesses=_guesses,
)
def dear_maker(company: Company, asked: float) -> float:
    """A year's margin at a net price and the new cost, as the market truly answers."""
    kept = np.exp(-_truly_lost(company) * (asked - _shelf(company)))
    return float(_packs(company) * kept * (asked - DEARER * _cost(company)))


dear_maker.mistake("as_it_is", _shelf)


@dear_maker.also("as_it_is")
def _nearly_as_it_is(company: Company) -> list[float]:
    now = _shelf(company)
    return [now * (1 + _tax(company)), 1.1 * now, _usual(company)]


@dear_maker.mistake("cost_alone")
def _at_cost(company: Company) -> float:
    return DEARER * _cost(company)


@dear_maker.also("cost_alone")
def _sign_turned(company: Company) -> list[float]:
    return [DEARER * _cost(company) + _usual(company) / float(capsule_elasticity(company).value)]


@dear_maker.mistake("markup")
def _twice_the_cost(company: Company) -> float:
    return 2 * DEARER * _cost(company)


@dear_maker.also("markup")
def _other_markups(company: Company) -> list[float]:
    cost, now = DEARER * _cost(company), _shelf(company)
    return [1.5 * cost, now + cost - _cost(company)]


@dear_maker.mistake("old_cost")
def _old_cost(company: Company) -> float:
    return _cost(company) + _usual(company) / -float(capsule_elasticity(company).value)


@dear_maker.mistake("same_elasticity")
def _same_elasticity(company: Company) -> float:
    found = min(float(capsule_elasticity(company).value), -1.01)  # else the rule has no best price
    return min(DEARER * _cost(company) * found / (1 + found), HIGHEST)


@dear_maker.mistake("straight_line")
def _straight_line(company: Company) -> float:
    euros = _usual(company) / -float(capsule_elasticity(company).value)
    return (_shelf(company) + euros + DEARER * _cost(company)) / 2


@dear_maker.mistake("not_divided")
def _not_divided(company: Company) -> float:
    return DEARER * _cost(company) + -float(capsule_elasticity(company).value) / _usual(company)


@dear_maker.mistake("of_beans")
def _as_for_beans(company: Company) -> float:
    found = float(capsule_elasticity(company, family="beans").value)
    return DEARER * _cost(company) + _usual(company) / -found
