"""Realism of customers, as an analyst would measure it: who buys, how often, what and where.

A function has the name that `realism.toml` gives the quantity; the sentence `measured` there says
what it does.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from benchmarks.worlds.realism import World
from mktlab.orders import purchases
from mktlab.segmentation import rfm

YEAR = pd.Timedelta(weeks=52)
QUARTER = pd.Timedelta(weeks=13)


# Customers


def _bought(world: World) -> pd.DataFrame:
    bought = purchases(world.table("orders")).dropna(subset=["customer_id"])
    return bought.assign(net=bought["revenue"] - bought["refunded"])


def _last_year(world: World) -> pd.DataFrame:
    bought = _bought(world)
    return bought[bought["order_date"] >= world.company.today - YEAR]


def newcomers(world: World) -> float:
    since = (world.company.today - world.table("customers")["joined_date"]) // YEAR
    years = since[since.between(0, 2)].value_counts()
    return years.max() / years.min()


def _joiners(world: World) -> pd.DataFrame:
    """Who joined in the market and more than a year ago: orders of the first year, first deal."""
    today = world.company.today
    joined = world.table("customers").set_index("customer_id")["joined_date"]
    bought = _bought(world).sort_values("order_date", kind="stable")
    first = bought.groupby("customer_id").agg(
        day=("order_date", "first"), discount=("discount", "first")
    )
    old = joined.reindex(first.index).between(world.table("orders")["order_date"].min(), today)
    first = first[old & (first["day"] < today - YEAR)]
    since = bought["order_date"] - bought["customer_id"].map(first["day"])
    early = bought[since < YEAR]  # nobody else has a first day
    return first.assign(orders=early.groupby("customer_id").size())


def repeat_share(world: World) -> float:
    return (_joiners(world)["orders"] > 1).mean()


def deal_customers(world: World) -> float:
    joiners = _joiners(world)
    again = (joiners["orders"] > 1).groupby(joiners["discount"] > 0).mean()
    return again[True] / again[False]


def referred(world: World) -> float:
    joiners = _joiners(world)
    friends = joiners.index.isin(world.table("referrals")["customer_id"])
    return joiners["orders"][friends].mean() / joiners["orders"][~friends].mean()


def _counts(world: World) -> pd.Series:
    return _last_year(world).groupby("customer_id").size()


def once_only(world: World) -> float:
    return (_counts(world) == 1).mean()


def purchase_frequency(world: World) -> float:
    return _counts(world).mean()


def dispersion(world: World) -> float:
    return _counts(world).var() / _counts(world).mean()


def top_fifth(world: World) -> float:
    money = _last_year(world).groupby("customer_id")["net"].sum().sort_values(ascending=False)
    return money.head(len(money) // 5).sum() / money.sum()


def at_risk(world: World) -> float:
    bought, today = _bought(world), world.company.today
    back = people = 0
    for quarters in range(1, 6):
        day = today - quarters * QUARTER
        lists = rfm(bought, as_of=day).query("segment == 'at risk'")
        later = bought[bought["order_date"].between(day, day + QUARTER, inclusive="left")]
        back += lists["customer_id"].isin(later["customer_id"]).sum()
        people += len(lists)
    return back / people


def loyalty(world: World) -> float:
    return world.truth("answers").set_index("quantity")["value"]["loyalty_members"]


def _box_ends(world: World, reason: str | None = None) -> float:
    boxes, today = world.table("subscriptions"), world.company.today
    since = today - 2 * YEAR
    end = boxes["ended_date"].fillna(today).clip(upper=today)
    at_risk = (end - boxes["started_date"].clip(lower=since)).dt.days.clip(lower=0).sum() / 7
    ended = boxes[boxes["ended_date"].between(since, today, inclusive="left")]
    if reason:
        ended = ended[ended["cancel_reason"] == reason]
    return len(ended) / at_risk * 52 / 12


def box_churn(world: World) -> float:
    return _box_ends(world)


def box_failures(world: World) -> float:
    return _box_ends(world, "payment failure")


def box_cancels(world: World) -> float:
    return world.table("box_price_test").groupby("price")["canceled"].mean()[23.0]


def box_price_answer(world: World) -> float:
    share = world.table("box_price_test").groupby("price")["canceled"].mean()
    return share[31.0] / share[23.0]


def _rewarded(world: World) -> pd.Series:
    return world.table("reward_test").groupby("reward")["margin"].mean()


def reward_gift(world: World) -> float:
    margin = _rewarded(world)
    return margin["gift"] / margin["none"]


def reward_anyway(world: World) -> float:
    margin = _rewarded(world)
    return margin["none"] / margin["discount"]


# Orders and products


def order_value(world: World) -> float:
    return _last_year(world)["revenue"].mean()


def cancellations(world: World) -> float:
    return (world.table("orders")["status"] == "cancelled").mean()


def refunds(world: World) -> float:
    paid = world.table("orders").query("status == 'paid'")
    return paid["refunded"].sum() / paid["revenue"].sum()


def _lines(world: World, bought: pd.DataFrame) -> pd.DataFrame:
    lines = world.table("order_lines")
    lines = lines[lines["quantity"] > 0].merge(
        bought[["order_id", "customer_id", "order_date"]], on="order_id"
    )
    return lines.merge(world.table("products")[["product_id", "category"]], on="product_id")


def zipf(world: World) -> float:
    units = _lines(world, _bought(world)).groupby("product_id")["quantity"].sum()
    units = units.sort_values(ascending=False)
    return float(np.polyfit(np.log(1 + np.arange(len(units))), np.log(units), 1)[0])


def _duplication(world: World) -> np.ndarray:
    """Coefficient of each product: share of others' buyers who buy it over its share of all."""
    lines = _lines(world, _last_year(world))
    buys = pd.crosstab(lines["customer_id"], lines["product_id"]).to_numpy() > 0
    both = buys.T.astype(float) @ buys
    of_buyers = both / np.diag(both)[:, None]  # row: whose buyers; column: what they also buy
    np.fill_diagonal(of_buyers, np.nan)
    return np.nanmean(of_buyers, axis=0) / buys.mean(axis=0)


def duplication(world: World) -> float:
    return _duplication(world).mean()


def duplication_spread(world: World) -> float:
    found = _duplication(world)
    return found.std() / found.mean()


def double_jeopardy(world: World) -> float:
    lines = _lines(world, _last_year(world)).drop_duplicates(["order_id", "product_id"])
    sold = lines.groupby("product_id")["customer_id"].agg(["size", "nunique"])
    return float(np.corrcoef(sold["nunique"], sold["size"] / sold["nunique"])[0, 1])


def _year_end(world: World, families: tuple[str, ...] | None = None) -> float:
    lines = _lines(world, _bought(world))
    if families:
        lines = lines[lines["category"].isin(families)]
    late = lines["order_date"].dt.month >= 11
    return lines["amount"][late].sum() / lines["amount"].sum()


def gift_season(world: World) -> float:
    return _year_end(world, ("gift",))


def all_season(world: World) -> float:
    return _year_end(world)


# The market around it


def _year(world: World) -> pd.DataFrame:
    """The panel's last four quarters."""
    panel = world.table("market_panel")
    return panel[panel["quarter"] >= panel["quarter"].max() - pd.DateOffset(months=9)]


def market_share(world: World) -> float:
    panel = _year(world)
    return panel["sales"][panel["brand"] == world.company.name].sum() / panel["sales"].sum()


def _buyers(world: World) -> int:
    bought = purchases(world.company.orders)
    return bought["customer_id"][bought["order_date"] >= world.company.today - YEAR].nunique()


def penetration(world: World) -> float:
    return _buyers(world) / world.people


def requirements(world: World) -> float:
    panel = _year(world)
    ours = panel["sales"][panel["brand"] == world.company.name].sum()
    return ours / _buyers(world) / (panel["sales"].sum() / world.people)


# Shelf, audiences and opinions


def page_halves(world: World) -> float:
    drawn = world.table("listings").query("order_drawn")
    return (
        drawn.query("position <= 12")["clicks"].sum() / drawn.query("position > 12")["clicks"].sum()
    )


def _lift(world: World, audience: str) -> float:
    return world.truth("audiences").set_index("audience")["lift"][audience]


def lift_visitors(world: World) -> float:
    return _lift(world, "site_visitors")


def lift_buyers(world: World) -> float:
    return _lift(world, "past_buyers")


def _stars(world: World) -> pd.Series:
    return world.table("reviews").query("verified")["stars"]


def reviews_of_five(world: World) -> float:
    return (_stars(world) == 5).mean()


def reviews_of_three(world: World) -> float:
    return (_stars(world) == 3).sum() / (_stars(world) == 1).sum()


def reviewed(world: World) -> float:
    return world.truth("reviews").set_index("about")["chance"]["all"]


def reviews_answered(world: World) -> float:
    return 1 - world.table("review_replies")["held_out"].mean()


def _brought_back(world: World, stars: list[int]) -> float:
    told = world.truth("review_replies").set_index("stars").loc[stars]
    return (told["extra"] * told["reviews"]).sum() / told["reviews"].sum() / 100


def answer_unhappy(world: World) -> float:
    return _brought_back(world, [1, 2])


def answer_happy(world: World) -> float:
    return _brought_back(world, [4, 5])


def csat(world: World) -> float:
    return (world.table("ticket_answers")["csat"] >= 4).mean()


def csat_answers(world: World) -> float:
    return len(world.table("ticket_answers")) / world.table("tickets")["closed_at"].notna().sum()


# Market study


def _census(world: World) -> pd.Series:
    return world.truth("market_study").set_index(["question", "answer"])["all"]


def study_coffee(world: World) -> float:
    return _census(world)["drinks_coffee", "yes"]


def study_capsules(world: World) -> float:
    told = _census(world)["form"]
    return told["capsules"] / (1 - told["none"])


def study_wording(world: World) -> float:
    told = _census(world)["pays_more"]
    return told["B"] - told["A"]


def study_oldest(world: World) -> float:
    survey, town = world.table("market_survey"), world.table("population")
    oldest = town["persons"][town["age"] == "65+"].sum() / town["persons"].sum()
    return (survey["age"] == "65+").mean() / oldest


def study_design_effect(world: World) -> float:
    survey, town = world.table("market_survey"), world.table("population")
    weight = pd.Series(1.0, index=survey.index)
    for _ in range(30):
        for name in ("age", "sex", "zone"):
            wanted = town.groupby(name)["persons"].sum() / town["persons"].sum()
            has = weight.groupby(survey[name]).sum() / weight.sum()
            weight *= survey[name].map(wanted / has)
    return len(weight) * (weight**2).sum() / weight.sum() ** 2


def study_readers(world: World) -> float:
    return world.table("newsletter_survey")["bought_us"].mean()


def study_halo(world: World) -> float:
    told = world.table("brand_ratings").drop(columns=["respondent_id", "bought"])
    apart = [part.drop(columns="brand").corr().to_numpy() for _, part in told.groupby("brand")]
    return float(np.mean([one[np.triu_indices(6, 1)] for one in apart]))


def panel_launch(world: World) -> float:
    panel = world.table("panel_tastes")
    new = ~panel["brand"].isin(world.table("market_panel")["brand"])
    last = panel["quarter"] == panel["quarter"].max()
    return panel["sales"][last & new].sum() / panel["sales"][last].sum()


def _touches(world: World) -> pd.DataFrame:
    told = world.table("touch_ratings")
    return told[["overall", "bag", "label", "parcel", "photos", "cafe", "street"]].corr()


def touch_halo(world: World) -> float:
    pieces = _touches(world).drop(index="overall", columns="overall").to_numpy()
    return pieces[np.triu_indices(len(pieces), 1)].mean()


def touch_overall(world: World) -> float:
    return _touches(world)["overall"].drop("overall").max()


def touch_words(world: World) -> float:
    return world.table("touch_ratings")["comment"].notna().mean()
