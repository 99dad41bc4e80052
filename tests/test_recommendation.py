"""Claims about recommendations: pairs, lists, hits, weights, holdouts."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mktlab import recommendation as rec
from mktlab.schema import MktlabError


def bought_by(*baskets):
    """Counts of customers who each bought the products of a text such as 'tea tea box'."""
    rows = [pd.Series(b.split(), dtype="str").value_counts() for b in baskets]
    return pd.DataFrame(rows, index=[f"C{n}" for n in range(len(rows))]).fillna(0).astype(int)


def test_lift_says_what_common_customers_hide():
    # Everybody buys milk; tea and cups go together. 100 of 1,000 buy tea, 100 cups, 80 both.
    counts = bought_by(
        *["milk tea cup"] * 80, *["milk tea"] * 20, *["milk cup"] * 20, *["milk"] * 880
    )
    found = rec.pairs(counts).set_index(["item", "other"])
    assert found.loc[("tea", "milk"), "both"] > found.loc[("tea", "cup"), "both"]
    assert found.loc[("tea", "milk"), "lift"] == pytest.approx(1)
    assert found.loc[("tea", "cup"), "lift"] == pytest.approx(0.8 / 0.1)
    assert found.loc[("tea", "cup"), "cosine"] == pytest.approx(0.8)
    assert rec.cosine(counts).loc["tea"].idxmax() == "cup"


@given(st.lists(st.text("abcd", min_size=1, max_size=6), min_size=1, max_size=30))
def test_cosine_is_symmetric_between_0_and_1_and_the_same_in_both_functions(baskets):
    counts = bought_by("a b", *(" ".join(basket) for basket in baskets))
    square = rec.cosine(counts)
    assert np.allclose(square, square.T)
    assert ((square >= 0) & (square <= 1 + 1e-12)).all(axis=None)
    for row in rec.pairs(counts).itertuples():
        assert square.loc[row.item, row.other] == pytest.approx(row.cosine)


def test_each_rule_suggests_what_it_says():
    counts = bought_by("tea tea tea cup", "milk", "milk milk cup", "milk tea")
    said = {rule: rec.top(rec.scores(counts, rule), k=1) for rule in rec.RULES}
    assert set(said["popular"]["product_id"]) == {"milk"}
    assert said["again"]["product_id"].tolist() == ["tea", "milk", "milk", "milk"]  # a tie: popular
    first = said["related"].set_index("customer_id")["product_id"]
    assert not any(counts.loc[who, product] for who, product in first.items())


def test_who_knows_everything_gets_nothing_new():
    counts = bought_by("tea cup", "tea")
    assert rec.top(rec.scores(counts, "related"), k=3)["customer_id"].tolist() == ["C1"]


@given(st.permutations(["box", "cup", "milk", "tea"]))
def test_equal_scores_go_by_name_in_whatever_order_the_columns_stand(names):
    scored = pd.DataFrame(1.0, index=["C1"], columns=names)
    assert rec.top(scored, k=2)["product_id"].tolist() == ["box", "cup"]


def test_a_hit_is_a_customer_who_bought_and_not_a_product():
    suggested = pd.DataFrame(
        {"customer_id": ["A", "A", "B", "B", "C", "C"], "product_id": ["tea", "cup"] * 3}
    )
    bought = pd.DataFrame(
        {
            "customer_id": ["A", "A", "A", "B", "D"],
            "product_id": ["tea", "cup", "tea", "box", "tea"],
        }
    )
    found = rec.hit_rate(suggested, bought)
    assert (found.share, found.rows) == (0.5, 2)  # A and B; C bought nothing, D had no suggestion


def test_the_interval_of_a_hit_rate_is_that_of_wilson():
    # Newcombe (1998), Statistics in Medicine 17, table I: 81 of 263, 0.2553 to 0.3662.
    who = pd.DataFrame({"customer_id": range(263), "product_id": "tea"})
    bought = who.assign(product_id=np.where(np.arange(263) < 81, "tea", "box"))
    found = rec.hit_rate(who, bought)
    assert (round(found.low, 4), round(found.high, 4)) == (0.2553, 0.3662)


def test_days_count_from_the_day_of_the_box_and_end_before_the_last():
    day = pd.Timestamp("2025-03-01")
    log = pd.DataFrame({"customer_id": "A", "product_id": "tea", "date": [day] * 4})
    log.index = [7, 5, 3, 1]
    for days, followed in ((-1, False), (0, True), (55, True), (56, False)):
        bought = log.head(1).assign(order_date=day + pd.Timedelta(days=days))
        assert rec.followed(log, bought, days=56).tolist() == [followed] * 4


def logged(seed, people=4000):
    """Picks that go by taste, with their chances; half of them shown, which doubles purchases."""
    rng = np.random.default_rng(seed)
    taste = rng.dirichlet([0.5] * 5, people)
    picked = 0.2 / 5 + 0.8 * taste
    product = (rng.random(people)[:, None] > picked.cumsum(axis=1)[:, :-1]).sum(axis=1)
    row = np.arange(people)
    held_out = rng.random(people) < 0.5
    chance = 0.3 * taste
    return chance, pd.DataFrame(
        {
            "customer_id": row,
            "rule": np.where(product == 0, "first", "others"),
            "probability": picked[row, product],
            "held_out": held_out,
            "bought": rng.random(people) < chance[row, product] * np.where(held_out, 1, 2),
        }
    )


def test_inverse_propensity_finds_what_a_plain_mean_overstates():
    worlds = [logged(seed) for seed in range(12)]
    weighed = [rec.inverse_propensity(log, "bought").share for _, log in worlds]
    plain = [log["bought"].mean() for _, log in worlds]
    truth = np.mean([1.5 * chance.mean() for chance, _ in worlds])  # half are shown
    assert np.mean(weighed) == pytest.approx(truth, rel=0.05)
    assert np.mean(plain) > 1.5 * truth


def test_a_limit_to_the_weights_buys_certainty_with_truth():
    _, log = logged(1)
    free, clipped = (rec.inverse_propensity(log, "bought", clip=c) for c in (np.inf, 4))
    assert clipped.effective > free.effective
    assert free.share < clipped.share < log["bought"].mean()
    even = rec.inverse_propensity(log.assign(probability=0.2), "bought")
    assert even.effective == pytest.approx(len(log))
    assert even.share == pytest.approx(log["bought"].mean())


def test_extra_is_what_the_draw_tells_and_its_interval_is_that_of_two_means_of_strangers():
    _, log = logged(2)
    found = rec.extra(log, "bought", per=1)
    for rule, rows in log.groupby("rule"):
        sides = rows.groupby("held_out")["bought"].agg(["mean", "var", "size"])
        error = (sides["var"] / sides["size"]).sum() ** 0.5
        assert found.loc[rule, "extra"] == pytest.approx(sides["mean"][False] - sides["mean"][True])
        half = (found.loc[rule, "high"] - found.loc[rule, "low"]) / 2
        assert half == pytest.approx(1.96 * error, rel=0.01)


def test_rows_of_one_person_count_as_one():
    _, log = logged(3, people=400)
    repeated = pd.concat([log] * 9, ignore_index=True)
    for found in (rec.extra(log, "bought"), rec.extra(repeated, "bought")):
        assert (found["high"] - found["low"]).tolist() == pytest.approx(
            (rec.extra(log, "bought")["high"] - rec.extra(log, "bought")["low"]).tolist()
        )
    wide, same = (rec.inverse_propensity(t, "bought") for t in (log, repeated))
    assert same.high - same.low == pytest.approx(wide.high - wide.low)


def test_a_group_that_nobody_held_out_has_no_extra():
    _, log = logged(4, people=50)
    assert rec.extra(log.assign(held_out=False), "bought").empty
    one = log.assign(held_out=[True] + [False] * 49, rule="one")
    assert rec.extra(one, "bought")["low"].isna().all()


EMPTY = pd.DataFrame({"customer_id": [], "product_id": []})


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda: rec.cosine(pd.DataFrame()), "counts is empty"),
        (lambda: rec.scores(bought_by("tea cup"), "best"), "rule is best"),
        (lambda: rec.pairs(bought_by("tea")), "two are needed"),
        (lambda: rec.hit_rate(EMPTY, EMPTY), "longer"),
        (
            lambda: rec.inverse_propensity(logged(1)[1].assign(probability=0.0), "bought"),
            "above 0",
        ),
    ],
)
def test_bad_input_gets_a_sentence(call, told):
    with pytest.raises(MktlabError, match=told):
        call()
