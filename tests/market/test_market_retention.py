"""Claims about the retention offer: the truth of today follows the law of its test."""

import numpy as np
import pandas as pd
import pytest

from mktlab.market import crm
from mktlab.market.run import past
from mktlab.market.truth.customers import retention_offer


@pytest.fixture(scope="module")
def history():
    return past(people=6000, weeks=140, seed=3)


def test_the_chances_of_the_test_are_those_of_its_monday(history):
    before = past(people=6000, weeks=crm.TEST_WEEK, seed=3)
    test = history.weeks[crm.TEST_WEEK].retention
    who, autopilot, untreated, treated = crm.offer_chances(before, crm.TEST_WEEK)
    np.testing.assert_array_equal(who, test.person)
    np.testing.assert_array_equal(autopilot, test.autopilot)
    np.testing.assert_allclose(untreated, test.chance_untreated)
    np.testing.assert_allclose(treated, test.chance_treated)


def test_the_truth_of_today_tells_of_those_who_are_there(history):
    table = retention_offer(history)
    assert table["customer_id"].is_unique
    assert table[["chance_untreated", "chance_treated"]].stack().between(0, 1).all()
    assert len(table) <= history.state.customer.sum()
    effect = table["chance_untreated"] - table["chance_treated"]
    assert 0.005 < effect.mean() < 0.04
    assert 0.08 < (effect < 0).mean() < 0.25  # sleeping dogs


def test_before_the_test_nobody_had_it():
    assert isinstance(retention_offer(past(people=1500, weeks=60, seed=1)), pd.DataFrame)
