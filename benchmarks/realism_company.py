"""Realism of the company, as an analyst would measure it: prices, cafés, advertising, service.

A function has the name that `realism.toml` gives the quantity; the sentence `measured` there says
what it does. A few numbers that no analyst has come from the truth.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from benchmarks.worlds.realism import NotThereYet, World
from mktlab.orders import purchases
from mktlab.plan import costs

YEAR = pd.Timedelta(weeks=52)
REVENUE = ["shop_sales", "cafe_sales", "boxes", "shipping_fees"]


# Prices


def _elasticity(world: World, level: str) -> pd.Series:
    return world.truth("elasticity").query("level == @level")["elasticity"]


def sku_elasticity(world: World) -> float:
    return _elasticity(world, "sku").mean()


def family_elasticity_least(world: World) -> float:
    return _elasticity(world, "category").max()


def family_elasticity_most(world: World) -> float:
    return _elasticity(world, "category").min()


def cross_elasticity(world: World) -> float:
    return world.company.truth.parameters["cross_price"]


def _regular_prices(world: World) -> pd.DataFrame:
    """Regular price on the shelf: a row per week, a column per zone and product; gaps are empty."""
    prices = world.table("prices")
    shown = "shelf_price" if "shelf_price" in prices else "price"
    kept = prices[~prices["on_promotion"] & (prices["price_test"] == "no test")]
    table = kept.pivot(index="week", columns=["zone", "product_id"], values=shown)
    return table.reindex(sorted(prices["week"].unique()))


def regular_price_changes(world: World) -> float:
    months = _regular_prices(world).ffill().resample("MS").first()
    before = months.shift()
    known = months.notna() & before.notna()
    return float((months.ne(before) & known).to_numpy().sum() / known.to_numpy().sum())


def price_endings(world: World) -> float:
    prices = _regular_prices(world).to_numpy()
    cents = np.rint(100 * prices[~np.isnan(prices)])
    return float(np.isin(cents % 10, (0, 5, 9)).mean())


def price_span(world: World) -> float:
    prices = _regular_prices(world)
    return float((prices.max() / prices.min()).median())


def promotion_weeks(world: World) -> float:
    family = world.table("prices").merge(world.table("products")[["product_id", "category"]])
    return float(family.groupby(["week", "category"])["on_promotion"].any().mean())


# Cafés


def _cafes(world: World) -> pd.DataFrame:
    sheet = world.table("store_weeks")
    return sheet.rename(columns={"tickets": "sales"})


def cafe_hours(world: World) -> float:
    return _cafes(world)["open_hours"].mean()


def cafe_customers(world: World) -> float:
    return _cafes(world)["sales"].mean() / 7


def _over_cafe_sales(world: World, account: str) -> float:
    books = world.truth("profit")
    return -books[account].sum() / books["cafe_sales"].sum()


def cafe_labor(world: World) -> float:
    return _over_cafe_sales(world, "baristas")


def cafe_rent(world: World) -> float:
    return _over_cafe_sales(world, "rent")


def cafe_value(world: World) -> float:
    sheet = _cafes(world)
    return sheet["revenue"].sum() / sheet["sales"].sum()


def cafe_buyers(world: World) -> float:
    sheet = _cafes(world)
    calm = sheet[sheet["wait_minutes"] <= sheet["wait_minutes"].quantile(0.1)]
    return calm["sales"].sum() / calm["visits"].sum()


def cafe_peak(world: World) -> float:
    if not hasattr(costs, "PEAK_GUESTS"):
        raise NotThereYet("share of visits at peak")
    return costs.PEAK_GUESTS


def cafe_wait(world: World) -> float:
    return _cafes(world)["wait_minutes"].mean()


# Advertising


def _revenue(world: World) -> float:
    return world.truth("profit")[REVENUE].sum().sum()


def ad_share(world: World) -> float:
    return -world.truth("profit")["advertising"].sum() / _revenue(world)


def profit_share(world: World) -> float:
    return world.truth("profit")["expected_profit"].sum() / _revenue(world)


def _ads(world: World, channel: str, per: str) -> pd.Series:
    """Sums of one channel where its views or clicks are known."""
    bought = world.table("ad_spend").query("channel == @channel").dropna(subset=[per])
    return bought[["impressions", "clicks", "spend"]].sum()


def search_clicks(world: World) -> float:
    total = _ads(world, "search_generic", "impressions")
    return total["clicks"] / total["impressions"]


def search_price(world: World) -> float:
    total = _ads(world, "search_generic", "clicks")
    return total["spend"] / total["clicks"]


def social_price(world: World) -> float:
    total = _ads(world, "social", "impressions")
    return 1000 * total["spend"] / total["impressions"]


def post_engagement(world: World) -> float:
    posts = world.table("social_posts").query("network == 'Instagram'")
    return (posts[["likes", "shares", "comments"]].sum(axis=1) / posts["followers"]).median()


# Web and e-mail


def _robots(world: World) -> pd.Series:
    flaws = world.truth("flaws")
    of_robots = flaws[(flaws["table"] == "sessions") & (flaws["flaw"] == "bots")]
    return world.table("sessions")["session_id"].isin(of_robots["key"])


def robots(world: World) -> float:
    return _robots(world).mean()


def conversion(world: World) -> float:
    return world.table("sessions")["purchased"][~_robots(world)].mean()


def cart_abandonment(world: World) -> float:
    visits = world.table("sessions")
    return 1 - visits["purchased"][visits["added_to_cart"]].mean()


def _of_sent(world: World, what: str) -> float:
    emails = world.table("emails")
    return emails[what][~emails["held_out"]].mean()


def email_opens(world: World) -> float:
    return _of_sent(world, "opened")


def email_clicks(world: World) -> float:
    return _of_sent(world, "clicked")


def unsubscribes(world: World) -> float:
    return _of_sent(world, "unsubscribed")


def tests_won(world: World) -> float:
    return (world.truth("experiments")["true_lift"] >= 0.01).mean()


# Satisfaction and service


def nps(world: World) -> float:
    answers = world.table("survey_responses")
    score = answers["nps"][answers["responded_date"] >= world.company.today - YEAR]
    return 100 * float((score >= 9).mean() - (score <= 6).mean())


def nps_answers(world: World) -> float:
    return world.truth("nps")["answers"].tail(4).mean()


def _answers(world: World) -> pd.Series:
    """How often each answer from 0 to 10 was given."""
    return world.table("survey_responses")["nps"].value_counts().reindex(range(11), fill_value=0)


def nps_fives(world: World) -> float:
    number = _answers(world)
    return 2 * number[5] / max(number[4] + number[6], 1)


def nps_zeros(world: World) -> float:
    return _answers(world)[0] / max(_answers(world)[1], 1)


def nps_tens(world: World) -> float:
    return _answers(world)[10] / _answers(world).sum()


def late_parcels(world: World) -> float:
    return world.truth("operations")["late_share"].mean()


def requests(world: World) -> float:
    return len(world.table("tickets")) / len(purchases(world.table("orders")))


def settling(world: World) -> float:
    asked = world.table("tickets")
    closed = asked["closed_at"].fillna(asked["opened_at"].max())
    return (closed - asked["opened_at"]).dt.total_seconds().mean() / 3600
