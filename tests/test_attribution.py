"""Credits: published examples to the ninth digit, and what every model must keep."""

from itertools import pairwise
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from mktlab.attribution import MODELS, attribute, paths
from mktlab.schema import MktlabError


def table(*given):
    """Paths such as ("a > b", conversions, paths without): a row per contact."""
    rows, number = [], 0
    for path, conversions, nulls in given:
        for converts, weight in ((1, conversions), (0, nulls)):
            if weight:
                steps = path.split(" > ")
                for place, channel in enumerate(steps):
                    rows.append(
                        (number, channel, len(steps) - 1.0 - place, converts, float(weight))
                    )
                number += 1
    columns = ["path_id", "channel", "days_before", "conversions", "weight"]
    return pd.DataFrame(rows, columns=columns)


def credits_of(frame, model, **more):
    return attribute(frame, model=model, **more).set_index("channel")["credit"].to_dict()


def test_removal_effects_equal_published_ones():
    three = table(("c1 > c2 > c3", 1, 0), ("c1", 0, 1), ("c2 > c3", 0, 1))
    assert credits_of(three, "markov") == pytest.approx({"c1": 0.2, "c2": 0.4, "c3": 0.4}, abs=1e-9)
    two = table(("google", 2, 1), ("mailing", 1, 0), ("google > mailing", 1, 0))
    assert credits_of(two, "markov") == pytest.approx({"google": 2.4, "mailing": 1.6}, abs=1e-9)


def test_removal_effects_equal_those_of_solving_without_each_channel():
    rng = np.random.default_rng(4)
    given = [
        (" > ".join(rng.choice(list("abcd"), rng.integers(1, 6))), int(rng.integers(0, 3)), 1)
        for _ in range(60)
    ]
    frame = table(*given)
    effects = {c: 1 - _converts(frame, without=c) / _converts(frame) for c in "abcd"}
    total = sum(conversions for _, conversions, _ in given)
    expected = {c: total * e / sum(effects.values()) for c, e in effects.items()}
    assert credits_of(frame, "markov") == pytest.approx(expected, abs=1e-9)


def _converts(frame, without=None):
    """The chance that a walk of the chain converts, by following it for a thousand steps."""
    states = [*sorted(frame["channel"].unique()), "start", "yes", "no"]
    moves = pd.DataFrame(0.0, index=states, columns=states)
    for _, path in frame.groupby("path_id"):
        walk = ["start", *path["channel"], "yes" if path["conversions"].iloc[0] else "no"]
        for here, there in pairwise(walk):
            moves.loc[here, there] += path["weight"].iloc[0]
    moves = moves.div(moves.sum(axis=1), axis=0).fillna(0.0)
    moves.loc["yes", "yes"] = moves.loc["no", "no"] = 1.0
    if without:
        moves["no"] += moves[without]
        moves[without] = 0.0
    where = pd.Series(0.0, index=states)
    where["start"] = 1.0
    for _ in range(1_000):
        where = where @ moves
    return where["yes"]


def test_shapley_values_equal_published_ones():
    given = ["A", "A > B", "A > B > C", "B", "B > A", "B > C > A", "C", "C > A", "C > B > A"]
    frame = table(*((path, 3, 0) for path in given))
    assert credits_of(frame, "shapley") == pytest.approx({"A": 10.5, "B": 9.0, "C": 7.5}, abs=1e-9)


def test_rules_give_a_conversion_to_whom_they_say():
    frame = table(("a > b > c > b", 1, 0))
    assert credits_of(frame, "first") == {"a": 1, "b": 0, "c": 0}
    assert credits_of(frame, "last") == {"a": 0, "b": 1, "c": 0}
    assert credits_of(frame, "linear") == {"a": 0.25, "b": 0.5, "c": 0.25}
    assert credits_of(frame, "position") == pytest.approx({"a": 0.4, "b": 0.5, "c": 0.1})
    halved = {"a": 1 / 15, "b": 10 / 15, "c": 4 / 15}  # weights 1, 2, 4 and 8
    assert credits_of(frame, "decay", half_life=1.0) == pytest.approx(halved)


def test_position_with_two_contacts_and_with_one():
    assert credits_of(table(("a > b", 1, 0)), "position") == {"a": 0.5, "b": 0.5}
    assert credits_of(table(("a", 1, 0)), "position") == {"a": 1.0}


@pytest.mark.parametrize("model", MODELS)
def test_credits_add_up_to_the_conversions(model):
    rng = np.random.default_rng(2)
    given = [
        (" > ".join(rng.choice(list("abcde"), rng.integers(1, 7))), *rng.integers(0, 4, 2))
        for _ in range(200)
    ]
    found = attribute(table(*given), model=model)
    assert found["credit"].sum() == pytest.approx(sum(c for _, c, _ in given), rel=1e-12)
    assert (found["credit"] >= 0).all()
    assert found["share"].sum() == pytest.approx(1.0)


def test_a_sample_of_paths_without_an_order_counts_as_the_whole():
    whole = table(("a > b", 3, 0), ("a", 0, 40), ("b", 1, 8))
    drawn = table(("a > b", 3, 0), ("b", 1, 0), *[("a", 0, 1)] * 5, ("b", 0, 1))
    scaled = drawn.assign(weight=drawn["weight"].where(drawn["conversions"] == 1, 8.0))
    assert credits_of(scaled, "markov") == pytest.approx(credits_of(whole, "markov"))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda f: {"paths": f, "model": "best"}, "one of first"),
        (lambda f: {"paths": f.drop(columns="channel")}, "no column channel"),
        (lambda f: {"paths": f, "half_life": 0}, "above 0"),
        (lambda f: {"paths": f.iloc[[0, 2, 1]]}, "one after the other"),
        (lambda f: {"paths": f.assign(conversions=0)}, "nothing to share out"),
    ],
)
def test_what_cannot_be_shared_out_gets_one_sentence(change, said):
    frame = table(("a > b", 1, 0), ("c", 1, 0))
    with pytest.raises(MktlabError, match=said):
        attribute(**change(frame))


def test_a_company_without_touchpoints_gets_one_sentence():
    from types import SimpleNamespace

    with pytest.raises(MktlabError, match="touchpoints"):
        paths(SimpleNamespace(tables={}, samples={}))


@pytest.mark.parametrize("column", [{}, {"order_id": None}, {"order_id": ""}])
def test_contacts_that_led_to_no_order_are_told_in_a_sentence(column):
    touches = pd.DataFrame({"visitor_id": ["V1"], "channel": ["social"], **column})
    touches["touched_at"] = pd.Timestamp("2025-03-01")
    with pytest.raises(MktlabError, match="no row has an order_id"):
        paths(SimpleNamespace(tables={"touchpoints": touches}))
