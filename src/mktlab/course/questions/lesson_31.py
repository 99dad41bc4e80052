"""The questions of lesson 31: churn, a paired test, an honest score, a value, and parcels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from mktlab import churn
from mktlab.course.checking.sheet import Sheet
from mktlab.course.given import forests_31 as forests
from mktlab.course.given import lists_31 as lists
from mktlab.course.given import returns_31 as returns
from mktlab.course.given import wrong_31 as wrong
from mktlab.course.given.lesson_31 import (
    HORIZON,
    MARGIN_RATE,
    WEEK,
    WEEKS,
    WINDOW,
    at_all_cuts,
    bought_in,
    churn_by_hand,
    latest_cut,
    order_margin,
    recent_today,
    snapshot,
    two_aucs,
    worth_of_saving,
)
from mktlab.course.given.lists_31 import COST, SUCCESS
from mktlab.course.given.returns_31 import DISCOUNT

if TYPE_CHECKING:
    from mktlab.company import Company

sheet = Sheet("31_churn", cost=COST, success=SUCCESS, margin_rate=MARGIN_RATE)


@sheet.share()
def churned(
    company: Company, window: int = WINDOW, weeks_ago: int = HORIZON, stayed: bool = False
) -> float:
    share = float(snapshot(company, weeks_ago, window)["churned"].mean())
    return 1 - share if stayed else share


churned.mistake("lesson_window", window=26)
churned.also("lesson_window", {"window": 52}, {"window": 13}, {"window": 26, "weeks_ago": 26})
churned.mistake("earlier_cut", weeks_ago=26)
churned.mistake("who_stayed", stayed=True)


@churned.also("earlier_cut")
def _of_all_cuts(company: Company) -> list[float]:
    rows = at_all_cuts(company)
    by_cut = rows.groupby("cut_date")["churned"].mean()
    then, weeks = company.today - 26 * WEEK, WEEKS | {"horizon_weeks": 26}
    longer = churn.snapshots(company, then, **weeks, features=["purchases"])
    shares = rows["churned"].mean(), by_cut.mean(), by_cut.iloc[0], longer["churned"].mean()
    return [float(share) for share in shares]


@churned.mistake("over_the_others")
def _over_the_others(company: Company) -> float:
    share = float(churned(company))
    return share / (1 - share)


@churned.mistake("everybody")
def _of_all_who_ever_bought(company: Company) -> float:
    return churn_by_hand(bought_in(company), latest_cut(company))


@churned.also("everybody")
def _of_all_in_the_file(company: Company) -> list[float]:
    bought = bought_in(company)
    came = bought.loc[bought["order_date"] >= latest_cut(company), "customer_id"].nunique()
    return [churn_by_hand(company.orders, latest_cut(company)), 1 - came / len(company.customers)]


@churned.mistake("orders")
def _by_all_orders(company: Company) -> float:
    return churn_by_hand(company.orders, latest_cut(company), window=WINDOW)


@churned.mistake("day_of_the_cut")
def _after_the_day_of_the_cut(company: Company) -> float:
    return churn_by_hand(bought_in(company), latest_cut(company), window=WINDOW, back=1)


@churned.also("day_of_the_cut")
def _day_of_the_cut_before(company: Company) -> list[float]:
    bought, cut = bought_in(company), latest_cut(company)
    return [churn_by_hand(bought, cut, window=WINDOW, days=1, back=back) for back in (0, 1)]


@churned.mistake("silent")
def _silent(company: Company) -> float:
    return float((snapshot(company, HORIZON)["recency_days"] > 7 * HORIZON).mean())


churned.leads(wrong.shares, "lesson_window", "earlier_cut", "silent")
churned.leads(wrong.shares, "other_horizon", "other_whole", "purchases_counted")


@sheet.number(tolerance=0.00005, part="low")
def sure_lead(
    company: Company,
    end: str = "",
    sign: int = -1,
    turned: bool = False,
    weeks_ago: int = HORIZON,
    window: int = WINDOW,
) -> Any:
    """How far few purchases rank better than long silence, with its interval."""
    table = snapshot(company, weeks_ago, window)
    scores = [sign * table["purchases"], table["recency_days"]]
    one, other = scores[::-1] if turned else scores
    found = churn.auc_difference(one, other, table["churned"])
    return float(getattr(found, end)) if end else found


ENDS = ("low", "difference", "high")
sure_lead.mistake("middle", end="difference")
sure_lead.mistake("upper_end", end="high")
sure_lead.mistake("other_way_round", end="low", turned=True)
sure_lead.also("other_way_round", *({"end": end, "turned": True} for end in ENDS[1:]))
sure_lead.mistake("upside_down", end="low", sign=1)
UPSIDE_DOWN = [{"end": end, "sign": 1, "turned": turned} for end in ENDS for turned in (0, 1)]
sure_lead.also("upside_down", *UPSIDE_DOWN)
sure_lead.mistake("lesson_window", end="low", window=26)
sure_lead.also("lesson_window", {"end": "difference", "window": 26})
sure_lead.mistake("earlier_cut", end="low", weeks_ago=26)


@sure_lead.also("earlier_cut")
def _lead_at_all_cuts(company: Company) -> list[float]:
    rows = at_all_cuts(company)
    found = churn.auc_difference(-rows["purchases"], rows["recency_days"], rows["churned"])
    return [found.low, found.difference, float(sure_lead(company, "difference", weeks_ago=26))]


@sure_lead.mistake("two_intervals")
def _from_two_intervals(company: Company) -> float:
    few, silent = two_aucs(company)
    return float(few.low - silent.high)


@sure_lead.also("two_intervals")
def _otherwise_from_two_intervals(company: Company) -> list[float]:
    few, silent = two_aucs(company)
    half = np.hypot(few.high - few.low, silent.high - silent.low) / 2
    return [float(few.low - silent.low), float(few.auc - silent.auc - half)]


@sure_lead.mistake("width")
def _width(company: Company) -> float:
    found = sure_lead(company)
    return float(found.high - found.low)


@sure_lead.mistake("other_column")
def _by_spend(company: Company, column: str = "spend") -> float:
    measures = [column, "recency_days"]
    table = churn.snapshots(company, latest_cut(company), **WEEKS, features=measures)
    return churn.auc_difference(-table[column], table["recency_days"], table["churned"]).low


sure_lead.also("other_column")(lambda company: [_by_spend(company, "purchases_before")])


@sure_lead.mistake("one_auc")
def _one_auc(company: Company) -> float:
    return float(two_aucs(company)[0].auc)


sure_lead.mistake("other_level", lambda company: wrong.differences(company)["other_level"][0])
sure_lead.leads(
    wrong.differences, "other_level", "other_column", "two_intervals", "one_auc", "width"
)


@sheet.share()
def honest(company: Company, gap: int = HORIZON) -> Any:
    """The AUC of a forest that learned from cuts whose outcome was known `gap` weeks later."""
    rows, cut = forests.every_4_weeks(company), latest_cut(company)
    known = rows[rows["cut_date"] <= cut - gap * WEEK]
    return forests.auc_of_forest(known, rows[rows["cut_date"] == cut])


honest.mistake("no_gap", gap=1)
honest.also("no_gap", {"gap": 8}, {"gap": 12})
honest.mistake("learned_the_test", gap=0)


honest.mistake("shuffled", forests.shuffled)
honest.mistake("shuffled_everywhere", forests.shuffled_everywhere)
honest.also("learned_the_test")(forests.learned_the_test)
honest.mistake("a_part_of_the_rows", forests.learned_from_drawn_rows)
honest.also("a_part_of_the_rows")(forests.other_parts)
honest.mistake("another_score", forests.of_boosting)
honest.also("another_score")(forests.of_other_scores)
honest.mistake("yes_or_no", forests.yes_or_no)
honest.also("yes_or_no")(forests.accuracy)


@honest.mistake("chance_to_stay")
def _chance_to_stay(company: Company) -> float:
    return 1 - float(honest(company).auc)


honest.leads(wrong.aucs, "a_part_of_the_rows", "learned_the_test", "another_score", "shuffled")
honest.leads(wrong.aucs, "chance_to_stay", "yes_or_no")


@sheet.number()
def year_of_a_return(
    company: Company,
    margin_rate: float = MARGIN_RATE,
    silent_days: int = 91,
    periods: int | None = 3,
    first: bool = True,
    discount: float = DISCOUNT,
    column: str = "net",
    quarters: int = 1,
    stayed_away: bool = False,
    retained: str = "returned",
    window: int = WINDOW,
) -> float:
    """What a customer who came back after a quarter of silence brings in a year."""
    margin, again = returns.mean_return(
        company, silent_days, column=column, quarters=quarters, all_=stayed_away, window=window
    )
    if retained == "everybody":
        again = returns.mean_return(company, -1, all_=True)[1]
    margin *= margin_rate
    rest = churn.residual_value(margin, retention=again, discount=discount, periods=periods)
    return margin * first + rest


year_of_a_return.mistake("revenue", margin_rate=1.0)
year_of_a_return.mistake("all_customers", silent_days=-1)
year_of_a_return.mistake("lesson_weeks", silent_days=56)
year_of_a_return.also("lesson_weeks", {"silent_days": 90})
year_of_a_return.mistake("without_end", periods=None)
year_of_a_return.also("without_end", {"periods": None, "first": False})
year_of_a_return.mistake("first_quarter_missing", first=False)
year_of_a_return.mistake("other_quarters", periods=4)
year_of_a_return.also("other_quarters", {"periods": 4, "first": False}, {"periods": 2})
year_of_a_return.mistake("no_discount", discount=0.0)
year_of_a_return.also("no_discount", {"discount": 0.1}, {"discount": 0.25})
year_of_a_return.mistake("lesson_window", window=26)
year_of_a_return.also("lesson_window", {"window": 26, "silent_days": 56})
year_of_a_return.also("lesson_window", {"window": 26, "silent_days": 56, "first": False})
year_of_a_return.mistake("gross", column="orders")
year_of_a_return.also("gross", {"column": "revenue"})
year_of_a_return.mistake("second_quarter_too", quarters=2)
year_of_a_return.mistake("stayed_away_too", stayed_away=True)
year_of_a_return.mistake("retention_of_all", retained="everybody")


@year_of_a_return.also("retention_of_all")
def _retention_from_churn(company: Company) -> list[float]:
    margin, stays = MARGIN_RATE * returns.mean_return(company, 91)[0], 1 - float(churned(company))
    return [margin + churn.residual_value(margin, retention=stays, discount=DISCOUNT, periods=3)]


@year_of_a_return.mistake("parcel")
def _success(company: Company) -> float:
    return SUCCESS * float(year_of_a_return(company))


@year_of_a_return.mistake("first_quarter_alone")
def _first_quarter_alone(company: Company) -> float:
    return MARGIN_RATE * returns.mean_return(company, 91)[0]


@year_of_a_return.mistake("retention", tolerance=0.0005)
def _retention(company: Company) -> float:
    return returns.mean_return(company, 91)[1]


@year_of_a_return.mistake("added_up")
def _added_up(company: Company) -> float:
    return _first_quarter_alone(company) * (1 + 3 * _retention(company))


year_of_a_return.mistake("one_order", order_margin)
year_of_a_return.also("one_order")(returns.other_orders)
year_of_a_return.also("all_customers")(returns.of_all_customers)
year_of_a_return.also("second_quarter_too")(returns.of_other_weeks)
year_of_a_return.also("stayed_away_too")(returns.nothing_from_who_stayed)


@year_of_a_return.also("revenue")
def _revenue_in_a_part(company: Company) -> list[float]:
    first, year = _first_quarter_alone(company), float(year_of_a_return(company))
    more = first / MARGIN_RATE - first
    return [year + more, first + (year - first) / MARGIN_RATE, (year - first) / MARGIN_RATE]


year_of_a_return.leads(wrong.years, "lesson_weeks", "other_quarters", "no_discount", "revenue")
year_of_a_return.leads(
    wrong.years, "retention_of_all", "first_quarter_alone", "added_up", "no_mean"
)
year_of_a_return.leads(wrong.years, "one_order", "second_quarter_too", "first_quarter_missing")
year_of_a_return.leads(wrong.years, "parcel", "lesson_window")


@sheet.decision(
    best=lists.worth_a_parcel,
    choices=lambda company: recent_today(company)["customer_id"],
    good_enough=0.15,
    guesses=lists.guesses,
)
def parcels(company: Company, chosen: set[str]) -> float:
    """Profit of the parcels; who has two records is one person, and gets two parcels."""
    truth = company.truth.customers
    people = lists.person_of(truth)[truth["customer_id"].isin(chosen)].drop_duplicates()
    return float(SUCCESS * worth_of_saving(company)[people].sum() - COST * len(chosen))


parcels.mistake("lesson_list", lists.of_the_lesson, copied=True)
parcels.mistake("everybody", lists.everybody)
parcels.mistake("riskiest", lists.riskiest)
parcels.also("riskiest")(lists.others_of_high_risk)
parcels.mistake("all_others", lists.all_but_the_riskiest)
parcels.mistake("safest", lists.lowest_risk)
parcels.mistake("next_risk", lists.next_highest_risk)
parcels.mistake("spend", lists.spent_most)
parcels.mistake("few_purchases", lists.bought_once)
parcels.also("few_purchases")(lists.bought_twice_at_most)
parcels.also("silent")(lists.otherwise_silent)
parcels.mistake("silent", lists.longest_silent)
parcels.mistake("one_order", lists.above_the_cut_off_of_one_order)
parcels.also("one_order")(lists.above_other_cut_offs)
parcels.leads(wrong.parcels, "riskiest", "safest", "silent", "spend", "one_order", "few_purchases")
parcels.leads(wrong.parcels, "bought_last", "tenure", "in_order", "at_the_cut", "nobody", "middle")
