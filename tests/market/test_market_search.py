"""Claims about search: a bill to the cent, a test that tells what came by itself, and its truth."""

from dataclasses import replace

import numpy as np
import pytest
from declared import assert_declared

import mktlab
from mktlab.market.observed import media, messages, sales, search
from mktlab.market.run import past
from mktlab.plan.mix import BASE

WASTED = (
    0.10,
    0.40,
)  # of the clicks on generic words: assumption, written before they were counted
BRAND_CONVERTS = (1.3, 5.0)  # times as often as generic words: assumption, as above


@pytest.fixture(scope="module")
def worlds():
    return [past(people=6000, weeks=110, seed=seed) for seed in range(4)]


@pytest.fixture(scope="module")
def reports(worlds):
    return [search.search_terms(history) for history in worlds]


def test_tables_are_as_declared(worlds, reports):
    for history, terms in zip(worlds, reports, strict=True):
        assert_declared("search_terms", terms)
        assert_declared("search_lift", search.search_lift(history))
        assert_declared("search_positions", search.search_positions(history))
        assert_declared("content", search.content(history))
        assert (terms["clicks"] <= terms["impressions"]).all()
        assert (terms["orders"] <= terms["clicks"]).all()
        assert terms["week"].nunique() == search.WEEKS


def test_the_bill_adds_up_to_ad_spend_to_the_cent(worlds, reports):
    for history, terms in zip(worlds, reports, strict=True):
        billed = media.ad_spend(history)
        billed = billed[billed["week"] >= terms["week"].min()]
        for column, other in (("cost", "spend"), ("clicks", "clicks")):
            ours = terms.groupby(["week", "campaign"])[column].sum()
            theirs = billed.groupby(["week", "channel"])[other].sum()
            gap = ours - theirs.reindex(ours.index).astype(float)
            assert gap.abs().max() < 0.005, column


def test_words_are_as_real_as_they_were_meant(reports):
    """As in docs/realism.md, the mean of the markets is judged; one of them wastes 40.2%."""
    wasted, converts = [], []
    for terms in reports:
        each = terms.groupby(["campaign", "ad_group", "search_term"])[["clicks", "orders"]].sum()
        generic = each.loc["search_generic"]
        never = generic[generic["orders"] < 0.01 * generic["clicks"]]["clicks"].sum()
        wasted.append(never / generic["clicks"].sum())
        rates = each.groupby("campaign").sum()
        rates = rates["orders"] / rates["clicks"]
        converts.append(rates["search_brand"] / rates["search_generic"])
    assert WASTED[0] < np.mean(wasted) < WASTED[1]
    assert BRAND_CONVERTS[0] < np.mean(converts) < BRAND_CONVERTS[1]


def test_the_lift_test_gives_back_what_is_extra(worlds, reports):
    miss = []
    for history, terms in zip(worlds, reports, strict=True):
        sides = (
            search.search_lift(history).groupby(["ad_group", "held_out"])["orders"].sum().unstack()
        )
        truth = search.terms_truth(history).groupby("ad_group")["extra_orders"].sum()
        counted = terms.groupby("ad_group")["orders"].sum()
        extra = sides[False] - sides[True]
        miss += list((extra - truth) / np.sqrt(sides.sum(axis=1)))
        assert (counted <= sides[False]).all()
    assert abs(np.mean(miss)) < 0.7  # 20 of them, standard normal
    assert 0.6 < np.std(miss) < 1.4


def test_brand_words_look_best_and_bring_least(worlds, reports):
    for history, terms in zip(worlds, reports, strict=True):
        sums = terms.groupby("ad_group")[["cost", "orders"]].sum()
        assert (sums["cost"] / sums["orders"]).idxmin() == "brand"
        truth = search.terms_truth(history).groupby("ad_group")[["cost", "extra_margin"]].sum()
        assert (truth["extra_margin"] / truth["cost"]).idxmin() in ("brand", "rivals")
        assert truth.loc["brand", "extra_margin"] < 0.6 * truth.loc["brand", "cost"]
        assert truth.loc["beans", "extra_margin"] > truth.loc["beans", "cost"]


def test_truth_is_of_the_size_of_the_channels():
    """A replay of the year knows of later orders of newcomers, too: so only the size agrees."""
    company = mktlab.load("solane")
    truth = company.truth.search_terms.assign(brand=lambda t: t["ad_group"] == "brand")
    truth = truth.groupby("brand")[["clicks", "cost", "extra_margin"]].sum()
    channels = company.truth.channels.set_index("channel")
    brought = (channels["profit"] + channels["spend"]) / channels["spend"]
    ours = truth["extra_margin"] / truth["cost"]
    assert ours[True] - brought["search_brand"] == pytest.approx(0, abs=0.25)
    assert 0.6 < ours[False] / brought["search_generic"] < 1.5


def test_each_query_gains_and_the_mean_place_gets_worse(worlds):
    for history in worlds:
        table = search.search_positions(history)
        late = table["week"] > table["week"].unique()[12]
        table = table.assign(places=table["position"] * table["impressions"])
        sums = table.groupby([late, "query"])[["places", "impressions"]].sum()
        place = (sums["places"] / sums["impressions"]).unstack()
        assert (place.loc[True] < place.loc[False]).mean() > 0.8
        whole = sums.groupby(level=0).sum()
        whole = whole["places"] / whole["impressions"]
        assert whole[True] > whole[False] + 0.5


def test_pages_that_buyers_read_have_orders_and_bring_none(worlds):
    for history in worlds:
        told = search.content(history).set_index("page")
        assert told["orders"].idxmax().startswith("/help")
        truth = search.content_truth(history).set_index("page")["extra_orders"]
        assert truth.idxmax().startswith(("/gifts", "/guides"))
        assert (truth <= told["orders_of_new"] * 2 + 5).all()
        assert (told["orders_of_new"] <= told["orders"]).all()


def test_later_weeks_change_no_earlier_row():
    long, short = (past(people=1500, weeks=w, seed=3) for w in (60, 58))
    for table in (search.search_terms, search.search_lift):
        one, other = table(long), table(short)
        both = sorted(set(one["week"]) & set(other["week"]))
        assert len(both) == search.WEEKS - 2
        rows = [t[t["week"].isin(both)].reset_index(drop=True) for t in (one, other)]
        assert rows[0].equals(rows[1])


def test_a_market_without_ads_and_mail_has_tables_without_rows():
    dark = replace(BASE.promotion, search_brand=0.0, search_generic=0.0, emails_per_week=0.0)
    plan = replace(BASE, promotion=dark)
    history = past(people=500, weeks=30, seed=1, decide=lambda _: plan)
    assert search.search_terms(history).empty and search.search_lift(history).empty
    assert messages.subject_tests(history).empty
    assert messages.lines_truth(history).notna().all(axis=None)
    assert search.terms_truth(history).empty


def test_a_small_market_has_search_too():
    history = past(people=100, weeks=13, seed=1)
    for name in ("search_terms", "search_lift", "search_positions", "content"):
        assert_declared(name, getattr(search, name)(history))
    assert search.terms_truth(history).notna().all(axis=None)
    assert sales.products()["product_id"].is_unique
