"""Personas: hands of cards, what luck makes of them, and groups that are not luck."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import adjusted_rand_score

from mktlab import personas
from mktlab.orders import purchases
from mktlab.schema import MktlabError
from mktlab.show.cards import Page

TASTES = np.array([[0.7, 0.2, 0.1], [0.1, 0.7, 0.2], [0.15, 0.15, 0.7]])
PLACES = np.array([[0.8, 0.2], [0.5, 0.5], [0.1, 0.9]])


def world(seed, *, tastes=TASTES, customers=400, season=False):
    """Orders, lines, products of customers of as many types as there are tastes, and the types."""
    rng = np.random.default_rng(seed)
    kind = rng.integers(len(tastes), size=customers)
    often = 1 + rng.poisson(rng.gamma(2.0, 4.0, customers))
    who = np.repeat(np.arange(customers), often)
    day = rng.integers(0, 728, len(who))
    chance = np.cumsum(tastes[kind[who]], axis=1)
    what = (rng.random(len(who))[:, None] > chance).sum(axis=1).clip(0, 2)
    if season:  # everybody buys gifts in winter
        what = np.where((day % 364 > 300) & (rng.random(len(who)) < 0.8), 2, what)
    places = PLACES[: len(tastes)] if len(tastes) > 1 else PLACES[1:2]
    where = rng.random(len(who)) > places[kind[who], 0]
    orders = pd.DataFrame(
        {
            "order_id": [f"O{n}" for n in range(len(who))],
            "customer_id": [f"C{n:04}" for n in who],
            "order_date": pd.Timestamp("2024-01-01") + pd.to_timedelta(day, unit="D"),
            "revenue": rng.lognormal(3, 0.6, len(who)).round(2) + 1,
            "outlet": np.where(where, "shop", "web"),
        }
    )
    lines = pd.DataFrame({"order_id": orders["order_id"], "product_id": what, "amount": 1.0})
    products = pd.DataFrame({"product_id": range(3), "category": ["beans", "capsules", "gift"]})
    types = pd.Series(kind, [f"C{n:04}" for n in range(customers)])
    return orders, lines, products, types


def deck_of(seed, **how):
    orders, lines, products, types = world(seed, **how)
    return personas.deck(orders, lines=lines, products=products), types


def reported(cards):
    """How many personas a lesson would report."""
    marks = personas.luck(cards, deals=10)
    if not personas.telling(marks):
        return 1
    return personas.suggest(personas.gaps(cards, marks, deals=5))


def test_three_types_are_found_as_three_personas():
    for seed in range(3):
        cards, types = deck_of(seed)
        marks = personas.luck(cards)
        assert personas.telling(marks) == ["what", "where"]
        assert personas.suggest(personas.gaps(cards, marks)) == 3
        found = personas.find(cards, 3, marks)
        assert adjusted_rand_score(types[found.of.index], found.of) > 0.7
        assert found.profile["customers"].sum() == len(found.of)
        assert (found.profile["stays"] > 0.85).all()


def test_pure_noise_is_not_reported_as_personas_in_19_of_20_worlds():
    noise = [reported(deck_of(seed, tastes=TASTES[:1])[0]) for seed in range(100, 120)]
    assert noise.count(1) >= 19


def test_a_season_that_all_share_is_not_reported_as_personas_in_9_of_10_worlds():
    noise = [reported(deck_of(seed, tastes=TASTES[:1], season=True)[0]) for seed in range(10)]
    assert noise.count(1) >= 9


def test_a_dealt_deck_has_no_personas():
    cards, _ = deck_of(7)
    dealt = personas.deal(cards, rng=np.random.default_rng(1))
    assert reported(dealt) == 1


def test_dealing_keeps_cards_quarters_and_sizes_of_hands():
    cards, _ = deck_of(3)
    dealt = personas.deal(cards, rng=np.random.default_rng(2))
    assert dealt["what"].equals(cards["what"])
    for keys in (["customer_id"], ["quarter"], ["quarter", "customer_id"]):
        assert dealt.value_counts(keys).sort_index().equals(cards.value_counts(keys).sort_index())
    assert not dealt["customer_id"].equals(cards["customer_id"])


def test_hands_are_shares_of_purchases_by_hand():
    orders, lines, products, _ = world(5)
    cards = personas.deck(orders, lines=lines, products=products)
    hands = personas.hands(cards, ["where"], least=5)
    bought = purchases(orders)
    by_hand = pd.crosstab(bought["customer_id"], bought["outlet"], normalize="index")
    often = bought["customer_id"].value_counts()
    by_hand = by_hand[often.reindex(by_hand.index) >= 5]
    assert np.allclose(hands, by_hand.to_numpy())
    assert list(hands.index) == list(by_hand.index)


def test_a_unit_of_money_changes_nothing():
    orders, lines, products, _ = world(5)
    cents = orders.assign(revenue=orders["revenue"] * 100)
    ours, theirs = (personas.deck(o, lines=lines, products=products) for o in (orders, cents))
    assert ours.equals(theirs)


def test_the_same_names_whatever_the_order_of_rows():
    orders, lines, products, _ = world(5)
    named = []
    for table in (orders, orders.sample(frac=1, random_state=1)):
        cards = personas.deck(table, lines=lines, products=products)
        named.append(personas.find(cards, 3, personas.luck(cards)).of.sort_index())
    assert adjusted_rand_score(*named) > 0.95
    assert set(named[0]) == set(named[1])


def test_of_many_marks_the_rarer_are_other():
    orders, *_ = world(5)
    orders["outlet"] = [f"shop {n % 30}" for n in range(len(orders))]
    cards = personas.deck(orders)
    assert cards["where"].nunique() == 9
    assert "other" in set(cards["where"])
    assert "what" not in cards


def test_hands_that_are_all_alike_in_two_ways_make_two_groups():
    day = pd.Timestamp("2024-01-01")
    rows = [
        (f"C{c:03}", day + pd.Timedelta(days=28 * n + c % 7)) for c in range(80) for n in range(8)
    ]
    orders = pd.DataFrame(rows, columns=["customer_id", "order_date"]).assign(revenue=19.9)
    orders["order_id"] = [f"O{n}" for n in range(len(orders))]
    cards = personas.deck(orders)
    assert personas.kinds_of(cards) == ["day"]
    assert reported(cards) == 2


def test_a_card_says_what_is_most_frequent_and_how_firm():
    cards, _ = deck_of(1)
    found = personas.find(cards, 3, personas.luck(cards))
    page = found.cards()
    assert set(page) == {"customers", "what", "where", "group"}
    assert page["group"].isin(["firm", "fair", "loose"]).all()
    html = Page(page, note="A name is not a fact.")._repr_html_()
    assert html.count('role="listitem"') == 3
    assert "A name is not a fact." in html
    assert repr(Page(page)).startswith(page.index[0])


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda c, m: personas.find(c, 0, m), "groups is 0"),
        (lambda c, m: personas.find(c, True, m), "groups is True"),
        (lambda c, m: personas.counts(c, ["color"]), "The deck has no column color"),
        (lambda c, m: personas.counts(c, []), "Nothing tells purchases apart"),
        (lambda c, m: personas.hands(c, least=10_000), "No customer has 10,000 purchases"),
        (lambda c, m: personas.gaps(c, m.assign(beyond=False)), "nothing to group"),
    ],
)
def test_what_cannot_be_grouped_is_told_in_a_sentence(call, told):
    cards, _ = deck_of(1)
    with pytest.raises(MktlabError, match=told):
        call(cards, personas.luck(cards, deals=2))


def test_orders_without_customers_or_lines_without_columns_are_told():
    orders, lines, products, _ = world(1)
    with pytest.raises(MktlabError, match="customer_id"):
        personas.deck(orders.assign(customer_id=None))
    with pytest.raises(MktlabError, match="lines has no column amount"):
        personas.deck(orders, lines=lines.drop(columns="amount"), products=products)
