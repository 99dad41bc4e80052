"""Claims about the category page: its places and its products each do their part of the clicks."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from declared import assert_declared

from mktlab.market import flaws
from mktlab.market.observed import listings, sales
from mktlab.market.run import past

SEEDS = range(4)


@pytest.fixture(scope="module")
def worlds():
    """History, table and truth of some markets."""
    made = []
    for seed in SEEDS:
        history = past(people=6000, weeks=60, seed=seed)
        made.append((history, listings.listings(history), listings.interest(history)))
    return made


def curve(shown):
    """Clicks at each place over those of a product alike at the first, by iterated proportions."""
    sums = shown.groupby(["product_id", "position"])[["clicks", "views"]].sum()
    products = shown["product_id"].unique()  # in the order of the truth
    table = sums.unstack(fill_value=0).reindex(products)
    clicks, views = table["clicks"].to_numpy(), table["views"].to_numpy()
    place = np.ones(clicks.shape[1])
    for _ in range(200):
        product = clicks.sum(axis=1) / (views * place).sum(axis=1)
        place = clicks.sum(axis=0) / (views * product[:, None]).sum(axis=0)
    return place / place[0], product * place[0]


def test_a_row_per_day_and_product_of_the_last_year_as_declared(worlds):
    for _, shown, _ in worlds:
        assert_declared("listings", shown)
        assert len(shown) == 52 * 7 * 24
        by_day = shown.groupby("date")["position"]
        assert by_day.apply(lambda place: sorted(place) == list(range(1, 25))).all()
        assert shown.groupby("date")["views"].nunique().eq(1).all()  # the page shows them all
        assert len(shown.to_csv(index=False)) < 1_000_000


def test_the_shop_sorts_by_what_the_web_sold_in_the_four_weeks_before(worlds):
    history, shown, _ = worlds[0]
    orders, lines = sales.orders_and_lines(history)
    web = orders[(orders["outlet"] == "web") & (orders["status"] == "paid")]
    sold = lines.merge(web[["order_id", "order_date"]])
    for day in shown.loc[~shown["order_drawn"], "date"].iloc[::2400]:
        monday = day - pd.Timedelta(days=day.day_of_week)
        since = monday - pd.Timedelta(weeks=4)
        lately = sold[(sold["order_date"] >= since) & (sold["order_date"] < monday)]
        pieces = lately.groupby("product_id")["quantity"].sum()
        page = shown[shown["date"] == day].sort_values("position")["product_id"]
        ranked = pieces.reindex(page).fillna(0).tolist()
        assert all(above >= below for above, below in pairwise(ranked))


def test_in_four_whole_weeks_the_order_was_drawn_anew_each_day(worlds):
    for _, shown, _ in worlds:
        drawn = shown[shown["order_drawn"]]
        days = drawn["date"].drop_duplicates()
        assert len(days) == 28
        assert set(days.dt.day_of_week.value_counts()) == {4}
        mean = drawn.groupby("product_id")["position"].mean()
        assert abs(mean - 12.5).max() < 4 * np.sqrt((24**2 - 1) / 12 / 28)


def test_the_drawn_weeks_give_the_true_places_and_interests_back(worlds):
    places = listings.places()["looked_at"].to_numpy()
    errors, interests = [], []
    for _, shown, truth in worlds:
        place, product = curve(shown[shown["order_drawn"]])
        errors.append(np.log(place / places)[1:])
        interests.append(np.corrcoef(product, truth["interest"])[0, 1])
    assert np.abs(np.mean(errors)) < 0.10  # the first place is one draw among 24 in each
    assert np.std(errors) < 0.25
    assert min(interests) > 0.9


def test_plain_click_rates_take_the_popular_on_top_for_the_power_of_the_top(worlds):
    half = slice(12, None)
    for _, shown, _ in worlds:
        usual = shown[~shown["order_drawn"]].groupby("position")[["clicks", "views"]].sum()
        rate = (usual["clicks"] / usual["views"]).to_numpy()
        true = listings.places()["looked_at"].to_numpy()
        assert rate[half].mean() / rate[:12].mean() < true[half].mean() / true[:12].mean()


def test_in_every_world_something_is_clicked_only_because_it_is_on_top():
    for seed in range(12):
        truth = listings.interest(past(people=800, weeks=8, seed=seed))
        assert 1 <= truth["only_on_top"].sum() <= 5
        best = truth.nlargest(listings.TOP, "interest")
        assert not best["only_on_top"].any()


def test_robots_lower_the_click_rate_of_the_first_places_alone_and_a_product_is_missing(worlds):
    _, shown, _ = worlds[1]
    names = ("robot_views", "unlisted_days")
    told, log = flaws.plant({"listings": shown}, flaws=names, seed=1)
    told = told["listings"]
    assert len(shown) - len(told) == 5
    uneven = told[told.groupby("date")["views"].transform("nunique") > 1]
    assert uneven["date"].nunique() == 7
    assert uneven["order_drawn"].all()
    assert set(uneven.loc[uneven["views"] > uneven["views"].min() * 1.3, "position"]) >= {1, 8}
    robots = log[log["flaw"] == "robot_views"]
    assert len(robots) == 7 * listings.TOP
    whole = told.merge(shown, on=["date", "product_id"], suffixes=("", "_true"))
    more = whole[whole["views"] > whole["views_true"]]
    assert (more["views_true"].astype(str).tolist()) == robots["true_value"].tolist()
    assert more["position"].max() == listings.TOP


def test_a_market_of_a_few_people_has_a_page_too():
    history = past(people=100, weeks=5, seed=1)
    assert_declared("listings", listings.listings(history))
    assert listings.listings(history)["order_drawn"].sum() == 2 * 7 * 24
