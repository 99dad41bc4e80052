"""Claims about comments: they tell of what happened, in the tone of the score, as people type."""

import re
import unicodedata
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from mktlab.market.observed import comments, relations, sales, service, surveys
from mktlab.market.run import past
from mktlab.market.world import CATEGORIES, CATEGORY_OF, PRODUCTS, ZONES
from mktlab.plan.mix import BASE
from mktlab.resources import declared

WORDS = declared("market/observed/comments.toml")
# Few hands and bold promises: queues are long, requests stay unanswered and parcels come late.
BUSY = replace(
    BASE,
    people=replace(BASE.people, support_hours=7.0, baristas=1.0),
    place=replace(BASE.place, delivery_days=2.0),
)


@pytest.fixture(scope="module", params=[BASE, BUSY], ids=["as usual", "few hands"])
def history(request):
    return past(people=12_000, weeks=52, seed=3, decide=lambda week: request.param)


@pytest.fixture(scope="module")
def said(history):
    """The answers with a comment, and what the truth says of it."""
    topics = surveys.comment_topics(history)
    return surveys.survey_responses(history).merge(topics, on="response_id")


@pytest.fixture(scope="module")
def purchases(history):
    """Lines of the orders that were kept, and the day on which each was in the customer's hands."""
    orders, lines = sales.orders_and_lines(history)
    orders = orders[orders["status"] == "paid"]
    return lines.merge(orders, on="order_id").assign(
        at=lambda t: t["delivered_date"].where(t["outlet"] == "web", t["order_date"])
    )


def with_event(said, events):
    """Pairs of a comment and an event (on the day `at`) of the person in the quarter before."""
    pairs = said.reset_index(names="comment_no").merge(events, on="customer_id")
    monday = pairs["responded_date"] - pd.to_timedelta(pairs["responded_date"].dt.day_of_week, "D")
    since = monday - pd.Timedelta(weeks=comments.QUARTER - 1)
    return pairs[pairs["at"].between(since, pairs["responded_date"])]


def plain(text):
    """Words in any case, without accents, the letters of each in order: typos do not show."""
    bare = unicodedata.normalize("NFD", text.lower()).encode("ascii", "ignore").decode()
    return " ".join("".join(sorted(word)) for word in re.findall(r"\w+", bare))


def about(said, topic):
    some = said[said["topic"] == topic]
    assert len(some), topic
    return some


def assert_all_met(some, events):
    assert set(some.index) <= set(with_event(some, events)["comment_no"])


def test_who_writes_of_a_late_parcel_got_one(history, said, purchases):
    promised = pd.Timedelta(days=history.weeks[0].mix.place.delivery_days)
    late = purchases[purchases["at"] - purchases["order_date"] > promised]
    assert_all_met(about(said, "late parcel"), late)
    signs = ["retard", "date prevue", "date annoncee", "plus longtemps que prevu", "late"]
    signs += ["plus de temps que prevu", "delai", "than promised", "promised date"]
    tells = said["comment"].map(
        lambda text: any(f" {plain(s)} " in f" {plain(text)} " for s in signs)
    )
    assert tells.any()
    assert (said.loc[tells, "topic"] == "late parcel").all()


@pytest.fixture(scope="module")
def requests(history):
    return service.tickets(history).assign(
        at=lambda t: t["opened_at"].dt.tz_localize(None),
        days=lambda t: (t["closed_at"] - t["opened_at"]).dt.days.fillna(99),
    )


def test_who_writes_of_customer_service_asked_it_and_tells_how_long_it_took(said, requests):
    asks = about(said, "customer service")
    slow = asks["tone"] != "positive"
    assert_all_met(asks[slow], requests[requests["days"] >= 3])
    assert_all_met(asks[~slow], requests[requests["days"] < 2])


def test_a_request_is_slow_or_quick_for_everybody_as_the_tables_say(history, requests):
    number = len(history.weeks) - 1
    who = np.flatnonzero(history.weeks[number].customers)
    day, lot = np.full(len(who), 7 * number + 3), np.zeros((len(who), 3))
    met = comments.happened(history, number, who, day, minutes=comments.waits(history), lot=lot)
    everybody = pd.DataFrame(
        {"customer_id": sales.customer_ids(who), "responded_date": sales.days(day)}
    )
    assert (met.slow if history.weeks[0].mix == BUSY else met.quick).any()
    assert_all_met(everybody[met.slow], requests[requests["days"] >= 3])
    assert_all_met(everybody[met.quick], requests[requests["days"] < 2])


def test_who_writes_of_a_wait_bought_at_their_cafe_in_a_week_of_long_waits(
    history, said, purchases
):
    people, weeks = history.people, service.store_weeks(history)
    crowded = weeks[weeks["wait_minutes"] >= comments.LONG_WAIT]
    at_counter = purchases[purchases["outlet"] == "cafe"].assign(
        week=lambda t: t["order_date"] - pd.to_timedelta(t["order_date"].dt.day_of_week, "D"),
        zone=lambda t: [ZONES[people.zone[int(c[1:]) - 1]] for c in t["customer_id"]],
    )
    assert_all_met(about(said, "wait"), at_counter.merge(crowded, on=["week", "zone"]))


NAMES = {
    product.product_id: [
        plain(name)
        for language in ("fr", "en")
        for name in comments.named(place, WORDS[language])[0].strip("[]").split("|")
    ]
    for place, product in enumerate(PRODUCTS)
}
"""What each product is called in comments."""


@pytest.mark.parametrize("topic", ["product", "price rise"])
def test_a_product_that_is_named_was_bought(said, purchases, topic):
    pairs = with_event(about(said, topic), purchases)
    named = [
        any(name in text for name in NAMES[product])
        for text, product in zip(pairs["comment"].map(plain), pairs["product_id"], strict=True)
    ]
    assert set(pairs.loc[named, "comment_no"]) == set(about(said, topic).index)


def test_who_writes_of_a_promotion_bought_on_one(said, purchases):
    assert_all_met(about(said, "promotion"), purchases[purchases["discount_x"] > 0])


def test_who_writes_of_a_price_rise_bought_what_rose(history, said, purchases):
    some = about(said, "price rise")
    pairs = with_event(some, purchases)
    now = ((pairs["responded_date"] - pd.Timestamp("2023-01-02")).dt.days // 7).to_numpy()
    zone = history.people.zone[pairs["customer_id"].str[1:].astype(int) - 1]
    product = pairs["product_id"].map({p.product_id: n for n, p in enumerate(PRODUCTS)})
    regular = np.array([week.prices.regular for week in history.weeks])
    before = regular[np.maximum(now - comments.QUARTER, 0), zone, product]
    rose = regular[now, zone, product] / before >= comments.DEARER
    assert set(pairs.loc[rose, "comment_no"]) == set(some.index)


def test_who_writes_of_the_subscription_has_one(history, said):
    boxes = relations.subscriptions(history).rename(columns={"started_date": "at"})
    pairs = about(said, "subscription").reset_index(names="comment_no")
    pairs = pairs.merge(boxes, on="customer_id")
    runs = ~(pairs["ended_date"] <= pairs["responded_date"])  # most have no end
    runs &= pairs["at"] <= pairs["responded_date"]
    assert set(pairs.loc[runs, "comment_no"]) == set(pairs["comment_no"])


def test_nobody_judges_a_parcel_or_a_cafe_that_they_did_not_meet(said, purchases):
    assert_all_met(about(said, "delivery"), purchases[purchases["outlet"] == "web"])
    for topic in ("service", "ambience"):
        assert_all_met(about(said, topic), purchases[purchases["outlet"] == "cafe"])


def test_the_tone_fits_the_score(said):
    lowest, highest = (said.groupby("tone")["nps"].agg(end) for end in ("min", "max"))
    assert highest["negative"] <= 6
    assert lowest["mixed"] >= 5
    assert lowest["positive"] >= 7


def test_a_third_comments_and_the_unhappy_a_little_more(history, said):
    answers = surveys.survey_responses(history)
    writes = answers["comment"].notna()
    assert 0.31 < writes.mean() < 0.40
    assert writes[answers["nps"] <= 6].mean() > writes[answers["nps"] > 6].mean()
    assert writes.sum() == len(said)


def test_each_person_has_a_language_and_seven_in_ten_write_french(said):
    assert said.groupby("customer_id")["language"].nunique().eq(1).all()
    assert (said["language"] == "fr").mean() == pytest.approx(0.70, abs=0.06)


def test_hundreds_of_sentences_of_many_lengths_are_typed_with_and_without_care(said):
    length = said["comment"].str.split().str.len()
    assert length.between(3, 25).all()
    assert length.quantile(0.9) > 2 * length.quantile(0.1)
    assert said["comment"].nunique() > 0.85 * len(said) > 300
    french = said.loc[said["language"] == "fr", "comment"]
    assert 0.08 < said["comment"].str[0].str.islower().mean() < 0.30
    assert 0.5 < french.str.contains("[àâçéèêô]").mean() < 0.9
    assert said["comment"].str.contains(r"[A-Za-zÀ-ÿ0-9 ,.:!'-]+").all()


def test_a_comment_is_the_persons_own_whoever_else_writes(history):
    """The same words when a market is played once more, and in one that is played on."""
    again = past(people=12_000, weeks=26, seed=3, decide=lambda week: history.weeks[week].mix)
    first = surveys.survey_responses(again)
    pd.testing.assert_frame_equal(first, surveys.survey_responses(history).iloc[: len(first)])


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_pattern_can_be_told(language):
    words = WORDS[language]
    for product in range(len(PRODUCTS)):
        name, kind = comments.named(product, words)
        assert re.fullmatch(r"\[[^\[\]|]+\|[^\[\]|]+\]", name)
        assert kind in {topic.split()[1] for topic in words["bad"] if topic.startswith("product ")}
        if language == "fr":  # le, du
            assert not re.match(r"(?i)[aeiouyâàéèêôœ]|h(?!ouse)", name[1:])
    clauses = [p for side in ("bad", "good") for some in words[side].values() for p in some]
    joins = [p for some in words["joins"].values() for p in some]
    for pattern in clauses + joins:
        told = pattern.format(product="x", city="y", good="good", bad="bad", also="also")
        for end in (0.0, 0.999):
            assert not set(comments.fill(told, iter([end] * 9))) & set("[]|{}"), pattern
    assert {CATEGORIES[c].name for c in CATEGORY_OF} == set(words["families"])
    for topic in comments.RATINGS:
        assert words["bad"][topic] and words["good"][topic]
