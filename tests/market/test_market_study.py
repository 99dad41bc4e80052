"""Claims about the market study: one town, two samples, a panel by taste, and what is true."""

import numpy as np
import pandas as pd
import pytest
from declared import assert_declared

from mktlab.market import flaws, rivals, simulate
from mktlab.market.observed import market_study, panel, panel_tastes
from mktlab.market.observed.town import ratings, town
from mktlab.market.run import past

TABLES = {
    "population": market_study.population,
    "market_survey": market_study.market_survey,
    "newsletter_survey": market_study.newsletter_survey,
    "brand_ratings": market_study.brand_ratings,
    "panel_tastes": panel_tastes.panel_tastes,
}


@pytest.fixture(scope="module")
def history():
    return past(people=6000, weeks=80, seed=5)


@pytest.fixture(scope="module")
def tables(history):
    return {name: table(history) for name, table in TABLES.items()}


def test_every_table_is_as_declared_and_small(tables):
    for name, table in tables.items():
        assert_declared(name, table)
        assert len(table) and len(table.to_csv(index=False)) < 1_000_000
    survey = tables["market_survey"]
    assert abs(len(survey) - 600) <= 4  # rounded quotas
    assert set(tables["brand_ratings"]["respondent_id"]) <= set(survey["respondent_id"])


def test_the_town_spends_and_buys_as_the_market_says(history):
    there = town(history)
    standing = rivals.standing(history, len(history.weeks) - 52)
    assert len(there.person) == history.people.residents
    assert there.ours.sum() / there.spend.sum() == pytest.approx(standing["market_share"])
    assert there.bought[:, 0].mean() == pytest.approx(standing["penetration"])
    assert (there.knows | ~there.bought).all()
    assert there.ever[there.reads].all()


def test_all_of_the_town_rate_a_brand_as_its_position_says(history):
    truth = market_study.images(history)
    assert (truth["agree"] - truth["position"]).abs().max() < 0.04
    apart = truth["buyers"] - truth["others"]
    assert apart[truth["others"].between(0.2, 0.8)].mean() > 0.1  # the halo
    there = town(history)
    assert ratings(history, there).shape == (len(there.person), 6, 6)


def raked(survey, people):
    weight = pd.Series(1.0, index=survey.index)
    for _ in range(30):
        for name in ("age", "sex", "zone"):
            wanted = people.groupby(name)["persons"].sum() / people["persons"].sum()
            has = weight.groupby(survey[name]).sum() / weight.sum()
            weight *= survey[name].map(wanted / has)
    return weight / weight.sum()


def test_raking_leaves_the_quota_sample_near_the_census_and_the_larger_sample_far(tables, history):
    truth = market_study.census(history).set_index(["question", "answer"])["all"]
    people = tables["population"]
    true = truth["bought_us", "yes"]
    told = {
        name: (tables[name]["bought_us"] * raked(tables[name], people)).sum()
        for name in ("market_survey", "newsletter_survey")
    }
    error = np.sqrt(true * (1 - true) / 600)
    assert abs(told["market_survey"] - true) < 4 * error + 0.25 * 0.2  # some misremember
    assert told["newsletter_survey"] - true > 0.2


def test_the_two_wordings_are_drawn_by_lot_and_one_leads(tables, history):
    truth = market_study.census(history).set_index(["question", "answer"])["all"]["pays_more"]
    assert truth["B"] - truth["A"] > 0.1
    for name in ("market_survey", "newsletter_survey"):
        told = tables[name].groupby("wording")["pays_more"].agg(["mean", "size"])
        assert abs(told["size"]["A"] / told["size"].sum() - 0.5) < 0.08
        error = np.sqrt(0.25 / told["size"])
        assert ((told["mean"] - truth).abs() < 4 * error).all()


def test_the_quotas_hold_too_few_of_the_oldest_who_also_answer_least(tables):
    people, survey = tables["population"], tables["market_survey"]
    persons = people.groupby("age")["persons"].sum()
    done = survey.groupby("age").size()
    assert (done / persons).idxmin() == "65+"
    assert (done / people.groupby("age")["contacted"].sum()).idxmin() == "65+"


def test_the_panel_by_taste_adds_up_to_the_panel(tables, history):
    whole = panel.market_panel(history)
    told = tables["panel_tastes"]
    brand = told["brand"].replace(panel_tastes.LAUNCHED, rivals.OTHERS)
    sums = told.groupby(["quarter", brand])[["buyers", "sales"]].sum().reset_index()
    both = whole.merge(sums, on=["quarter", "brand"], suffixes=("", "_told"))
    assert len(both) == len(whole)
    assert (both["buyers"] == both["buyers_told"]).all()
    assert (both["sales"] - both["sales_told"]).abs().max() <= 4  # each is rounded


def test_the_true_tastes_add_up_to_the_true_market_and_two_things_are_news(history):
    truth = panel_tastes.tastes(history)
    assert truth["sales"].sum() == pytest.approx(rivals.market(history)["sales"].sum())
    assert set(truth["event"]) == {"launch", "new_taste", "none"}
    share = truth.groupby(["quarter", "taste"])["sales"].sum().unstack()
    light = share["fruity"] / share.sum(axis=1)
    begins = truth.loc[truth["event"] == "new_taste", "quarter"].min()
    assert light[light.index >= begins].is_monotonic_increasing
    new = truth[truth["event"] == "launch"].groupby("quarter")["sales"].sum()
    assert 3 <= len(new) <= 5
    assert new.index.max() == truth["quarter"].max()


def test_the_panels_sales_by_taste_lie_within_their_error_of_the_truth(history, tables):
    both = tables["panel_tastes"].merge(
        panel_tastes.tastes(history), on=["quarter", "brand", "taste"], suffixes=("", "_true")
    )
    assert len(both) == len(tables["panel_tastes"])
    often = both[both["buyers"] >= 30]
    apart = (often["sales"] - often["sales_true"]) / often["sales_error"]
    assert (apart.abs() < 1.96).mean() > 0.85


def test_careless_answers_are_on_record(tables):
    names = ("speeders", "answered_twice", "year_for_month")
    told, log = flaws.plant(tables, flaws=names, seed=3)
    by = log.groupby("flaw").size()
    assert set(by.index) == set(names)
    assert len(told["newsletter_survey"]) - by["answered_twice"] == len(tables["newsletter_survey"])
    survey, was = told["market_survey"], tables["market_survey"]
    year = survey["spend_month"] != was["spend_month"]
    assert year.sum() == by["year_for_month"]
    assert (survey["spend_month"][year] == 12 * was["spend_month"][year]).all()
    for name in TABLES:
        assert_declared(name, told[name])


def test_worlds_differ_and_small_ones_hold():
    company = simulate(people=100, weeks=13, seed=2)
    for name in TABLES:
        assert_declared(name, company.tables[name])
    one, other = (past(people=400, weeks=13, seed=seed) for seed in (1, 2))
    for table in TABLES.values():
        assert not table(one).equals(table(other))
