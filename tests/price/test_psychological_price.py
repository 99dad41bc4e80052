"""The psychological price: whom it suits, and why most buyers is not most money."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib import pyplot as plt

from mktlab.price import psychological_price
from mktlab.schema import MktlabError

amounts = st.integers(1, 400).map(lambda dimes: dimes / 10)
people = st.lists(st.tuples(amounts, amounts), min_size=1, max_size=30)


def survey(*rows):
    return pd.DataFrame(rows, columns=["too_cheap", "too_expensive"], dtype=float)


# Who accepts: at 4 the first, at 6 the first three, at 8 two, at 9 one, at 10 two, at 16 none.
FOUR = survey((4, 8), (6, 9), (6, 16), (10, 16))


def test_the_shares_are_those_counted_by_hand():
    found = psychological_price(FOUR, unit_cost=4)
    assert found.curves["price"].tolist() == [4, 6, 8, 9, 10, 16]
    assert (4 * found.curves["accepted"]).tolist() == [1, 3, 2, 1, 2, 0]
    assert (found.most_accepted, found.most_revenue, found.most_margin) == (6, 10, 10)


@given(people, amounts)
def test_no_price_that_somebody_named_beats_an_optimum(rows, cost):
    table = survey(*rows)
    kept = table[table["too_cheap"] <= table["too_expensive"]]
    if not (kept["too_cheap"] < kept["too_expensive"]).any():
        return
    found = psychological_price(table)
    assert found.most_margin is None
    accepts = {
        price: ((kept["too_cheap"] <= price) & (kept["too_expensive"] > price)).mean()
        for price in found.curves["price"]
    }
    assert accepts[found.most_accepted] == max(accepts.values())
    most = max(price * share for price, share in accepts.items())
    assert found.most_revenue * accepts[found.most_revenue] == pytest.approx(most)
    assert found.most_revenue >= found.most_accepted
    if max(share * (price > cost) for price, share in accepts.items()):
        assert psychological_price(table, unit_cost=cost).most_margin >= found.most_revenue


def test_in_many_surveys_the_optima_are_those_of_the_people_asked():
    """Doubt ends at 6 and patience at 14, give or take 2: half doubt or refuse there, few at 10."""
    rng = np.random.default_rng(4)
    found = []
    for _ in range(40):
        table = survey(*np.column_stack([rng.normal(6, 2, 500), rng.normal(14, 2, 500)]).clip(0.1))
        found.append(psychological_price(table.round(1)).most_accepted)
    assert np.mean(found) == pytest.approx(10, abs=0.3)


def test_who_finds_cheap_dear_and_who_is_silent_is_counted_and_left_out():
    more = pd.concat([FOUR, survey((9, 3), (2, np.nan))])
    alone, told = psychological_price(FOUR), psychological_price(more)
    assert (told.respondents, told.inconsistent, told.incomplete) == (4, 1, 1)
    assert told.curves.equals(alone.curves)


def test_it_draws_the_share_and_its_optima():
    ax = psychological_price(FOUR, unit_cost=4).plot()
    drawn = {text.get_text() for text in ax.texts}
    assert {"most buyers €6.00", "most revenue €10.00", "most margin €10.00"} <= drawn
    margin = next(line for line in ax.lines if line.get_label() == "margin (most = 100%)")
    assert dict(margin.get_xydata().tolist()) == pytest.approx(
        {6: 1 / 2, 8: 2 / 3, 9: 1.25 / 3, 10: 1}  # at 4, the cost, there is none
    )
    plt.close(ax.figure)


@pytest.mark.parametrize(
    ("table", "cost", "words"),
    [
        (FOUR[["too_cheap"]], None, "no column too_expensive"),
        (FOUR.astype(str), None, "too_cheap holds str, not numbers"),
        (survey((9, 3)), None, "check that the columns are not mixed up"),
        (FOUR, 0, "unit_cost is 0; give a number above 0"),
        (FOUR, 16, "no price that somebody accepts is above the cost of 16.00"),
    ],
)
def test_what_no_price_follows_from_is_refused_in_one_sentence(table, cost, words):
    with pytest.raises(MktlabError, match=words):
        psychological_price(table, unit_cost=cost)
