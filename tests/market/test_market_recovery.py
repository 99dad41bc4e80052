"""Claims that the company's own tests find the truth: 60 worlds, 2 standard errors each.

A single world can be unlucky; of 60 at least 54 must cover their truth, and the misses must not
lean to one side.
"""

import functools

import numpy as np
import pytest

from mktlab.market.crm import TEST_WEEK
from mktlab.market.demand import category_elasticity
from mktlab.market.observed.experiments import experiments, lifts
from mktlab.market.observed.relations import emails
from mktlab.market.run import past
from mktlab.market.state import NEVER
from mktlab.market.truth.company import answers
from mktlab.market.truth.response import expected_pieces
from mktlab.market.world import CATEGORY_OF, ZONES

pytestmark = pytest.mark.slow

SEEDS = range(60)


def zone_test(history, category):
    """Own-price elasticity from the price tests: log sales on log price, with two fixed effects.

    One cell per zone and test wave, weighted by its sales; prices are those on the shelf, which end
    in 0, 5 or 9. New customers' first orders are left out, because joining answers prices
    differently. Also the truth of the same weeks.
    """
    waves = 1 + (len(history.weeks) - 17) // 17
    sold, log_price = np.zeros((waves, len(ZONES))), np.zeros((waves, len(ZONES)))
    for week in np.flatnonzero(history.climate.in_test[: 17 * waves]):
        record = history.weeks[week]
        person = record.orders.person[record.lines.order]
        ours = CATEGORY_OF[record.lines.product] == category
        ours &= history.state.joined_day[person] < 7 * week
        sold[week // 17] += np.bincount(history.people.zone[person[ours]], minlength=len(ZONES))
        log_price[week // 17] += record.prices.log[:, category == CATEGORY_OF].mean(axis=1) / 8
    wave, zone = np.indices(sold.shape).reshape(2, -1)
    effects = np.hstack([np.eye(waves)[wave], np.eye(len(ZONES))[zone][:, 1:]])
    root = np.sqrt(sold.ravel())[:, None]
    design = np.column_stack([log_price.ravel(), effects]) * root
    answer = np.log(sold.ravel()) * root[:, 0]
    coefficients, residual, *_ = np.linalg.lstsq(design, answer)
    variance = residual[0] / (len(design) - design.shape[1])
    error = np.sqrt(variance * np.linalg.inv(design.T @ design)[0, 0])
    return coefficients[0], error, true_elasticity(history, category, 17 * waves)


def true_elasticity(history, category, until):
    """Of repeat demand in the weeks of the price tests: it deepens as prices rise."""
    pieces, answer = 0.0, 0.0
    for week in np.flatnonzero(history.climate.in_test[:until]):
        record = history.weeks[week]
        mine = expected_pieces(record)[..., category == CATEGORY_OF].sum(axis=-1)
        index = record.demand.log_price_index
        pieces += mine.sum()
        answer += (mine * category_elasticity(index)[..., category]).sum()
    return answer / pieces


def retention_test(history):
    """Share that left with the offer less without: estimate and standard error."""
    test = history.weeks[TEST_WEEK].retention
    treated, control = test.lapses[test.treated], test.lapses[~test.treated]
    error = np.sqrt(treated.var() / len(treated) + control.var() / len(control))
    return treated.mean() - control.mean(), error


def social_holdout(history):
    """Share of prospects who joined, shown less held out: estimate and standard error."""
    people, state = history.people, history.state
    prospects = ~people.starts_as_customer & (people.arrives_week < len(history.weeks))
    joined = state.joined_day[prospects] != NEVER
    held_out = people.social_holdout[prospects]
    shown, held = joined[~held_out], joined[held_out]
    error = np.sqrt(shown.var() / len(shown) + held.var() / len(held))
    return shown.mean() - held.mean(), error


def newsletter_test(history):
    """Orders in a newsletter's week, sent over held out, less one: estimate, standard error."""
    mail = emails(history)
    week = mail["campaign_id"].str[1:4].astype(int).to_numpy() - 1
    person = mail["customer_id"].str[1:].astype(int).to_numpy() - 1
    ordered = np.zeros(len(mail))
    for number in np.unique(week):
        here = week == number
        count = np.bincount(history.weeks[number].orders.person, minlength=len(history.people))
        ordered[here] = count[person[here]]
    held_out = mail["held_out"].to_numpy()
    sent, held = ordered[~held_out], ordered[held_out]
    ratio = sent.mean() / held.mean()
    spread = sent.var() / len(sent) / sent.mean() ** 2 + held.var() / len(held) / held.mean() ** 2
    return ratio - 1, ratio * np.sqrt(spread)


@functools.cache
def distances(seed):
    """How many standard errors each test's estimate lies from its truth, in one world."""
    history = past(people=12_000, weeks=153, seed=seed)
    truth = answers(history).set_index("quantity")["value"]
    found = {
        "zone test of beans": zone_test(history, 0),
        "retention test": (*retention_test(history), truth["offer_effect"]),
        "social holdout": (
            *social_holdout(history),
            truth["social_shown_joining"] - truth["social_held_out_joining"],
        ),
        "newsletter holdout": (*newsletter_test(history), truth["newsletter_itt"]),
    }
    return {name: (estimate - so) / error for name, (estimate, error, so) in found.items()}


@pytest.mark.parametrize(
    "test", ["zone test of beans", "retention test", "social holdout", "newsletter holdout"]
)
def test_the_company_s_own_test_finds_the_truth(test):
    far = np.array([distances(seed)[test] for seed in SEEDS])
    assert (np.abs(far) < 2).sum() >= 54
    assert abs(far.mean()) < 2 / np.sqrt(len(SEEDS))


def test_page_tests_with_a_fixed_horizon_find_their_lifts():
    far = []
    for seed in SEEDS:
        table, truth = experiments(seed, weeks=156), lifts(seed).set_index("experiment_id")
        count = table.groupby(["experiment_id", "variant"])[["conversions", "visitors"]].sum()
        share = (count["conversions"] / count["visitors"]).unstack()
        error = (share * (1 - share) / count["visitors"].unstack()) / share**2
        log_lift = np.log(share["B"] / share["A"])
        so = np.log1p(truth.loc[share.index, "true_lift"])
        far.extend((log_lift - so) / np.sqrt(error.sum(axis=1)))
    assert len(far) == 24 * len(SEEDS)
    assert 0.90 <= (np.abs(far) < 2).mean() <= 0.99
    assert abs(np.mean(far)) < 2 / np.sqrt(len(far))
