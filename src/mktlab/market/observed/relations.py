"""What customer relations keep: newsletters, points, friends, boxes, the retention test.

Each function writes one table from the market's history.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from mktlab.market.crm import END_REASONS, TEST_LASTS, TEST_WEEK, newsletter
from mktlab.market.draws import Ints, uniforms
from mktlab.market.observed.sales import customer_ids, days, labels, numbered
from mktlab.market.prices import START
from mktlab.market.state import NEVER, History

EMAIL_WEEKS = 26
CLICKS = 0.06  # of those who open
POINTS_PER_EURO = 100
POINTS_SPENT = 500
_REASON_GIVEN = ("too expensive", "too much coffee", "taste", "moved", "no reason given")


def emails(history: History) -> pd.DataFrame:
    """Newsletters of the last 26 weeks, with those who were held out by lot."""
    last = len(history.weeks)
    parts = [
        _mailing(history, week, number)
        for week in range(max(0, last - EMAIL_WEEKS), last)
        for number in range(max(1, round(history.weeks[week].mix.promotion.emails_per_week)))
    ]
    return pd.concat(parts, ignore_index=True)


def _mailing(history: History, week: int, number: int) -> pd.DataFrame:
    people, mix = history.people, history.weeks[week].mix
    mail = newsletter(history.seed, week, people, history.state, mix, number=number)
    who = np.flatnonzero(mail.held_out | mail.sent)
    lot = uniforms(history.seed, f"mail {number}", 2 * len(people), week=week).reshape(-1, 2)[who]
    sent, opened = mail.sent[who], mail.opened[who]
    # Tuesday at nine, Friday at nine, Sunday at nine; a few minutes for all of them to leave.
    moment = 86_400 * (7 * week + (1, 4, 6)[number % 3]) + 32_400 + (900 * lot[:, 0]).astype(int)
    return pd.DataFrame(
        {
            "campaign_id": f"N{week + 1:03d}-{number + 1}",
            "customer_id": customer_ids(who),
            "sent_at": instants(moment),
            "held_out": ~sent,
            "opened": opened,
            "clicked": opened & (lot[:, 1] < CLICKS),
            "unsubscribed": mail.unsubscribed[who],
        }
    ).astype({"campaign_id": "str"})


def instants(second: Ints) -> pd.Series[pd.Timestamp]:
    """Moments, UTC, of seconds counted from the start of the market."""
    moments = START.astype("M8[s]") + second
    return pd.Series(moments.astype("M8[us]")).dt.tz_localize("UTC")


def loyalty(history: History, customers: pd.DataFrame, orders: pd.DataFrame) -> pd.DataFrame:
    """Movements of points: a point is a cent; whenever 500 are together they are spent."""
    members = customers[customers["loyalty_member"]]
    earn = np.array([week.mix.promotion.loyalty_earn for week in history.weeks])
    paid = orders[(orders["status"] == "paid") & orders["customer_id"].isin(members["customer_id"])]
    week = (paid["order_date"] - pd.Timestamp(START)).dt.days.to_numpy() // 7
    points = np.rint(paid["revenue"] * POINTS_PER_EURO * earn[week]).astype("int64")
    by_day = paid.assign(points=points).groupby(["customer_id", "order_date"])
    earned = by_day["points"].sum().reset_index()
    total = earned.groupby("customer_id")["points"].cumsum()
    rounds = total // POINTS_SPENT
    before = rounds.groupby(earned["customer_id"]).shift(fill_value=0)
    spent = earned.assign(points=-POINTS_SPENT * (rounds - before))
    movements = [
        members[["customer_id", "joined_date"]].set_axis(["customer_id", "moved_date"], axis=1),
        earned.rename(columns={"order_date": "moved_date"}),
        spent[spent["points"] < 0].rename(columns={"order_date": "moved_date"}),
    ]
    named = [
        part.assign(reason=reason)
        for part, reason in zip(movements, ("joined", "earned", "spent"), strict=True)
    ]
    table = pd.concat(named).fillna({"points": 0}).astype({"points": "int64", "reason": "str"})
    table = table[(table["reason"] != "earned") | (table["points"] > 0)]
    order = ["moved_date", "customer_id", "reason"]
    columns = ["customer_id", "moved_date", "reason", "points"]
    return table[columns].sort_values(order, ignore_index=True)


def referrals(history: History) -> pd.DataFrame:
    """Newcomers whom a customer brought, and the reward."""
    state = history.state
    who = np.flatnonzero(state.referrer >= 0)
    day = state.joined_day[who]
    reward = np.array([week.mix.promotion.referral_reward for week in history.weeks])
    table = pd.DataFrame(
        {
            "customer_id": customer_ids(who),
            "referrer_id": customer_ids(state.referrer[who]),
            "referred_date": days(day),
            "reward": reward[day // 7],
        }
    )
    return table.sort_values(["referred_date", "customer_id"], ignore_index=True)


def subscription_spells(history: History) -> pd.DataFrame:
    """Person, first and last week, reason and box price of every subscription, in order."""
    running = np.flatnonzero(history.first_boxes != NEVER)
    price = history.weeks[0].mix.price.box
    starts = [pd.DataFrame({"person": running, "first": history.first_boxes[running]})]
    starts[0]["box_price"] = price
    ends = []
    for number, week in enumerate(history.weeks):
        boxes = week.boxes
        starts.append(pd.DataFrame({"person": boxes.started, "first": number}))
        starts[-1]["box_price"] = week.mix.price.box
        ends.append(pd.DataFrame({"person": boxes.ended, "last": number, "reason": boxes.reason}))
    started = pd.concat(starts, ignore_index=True).sort_values(["person", "first"])
    ended = pd.concat(ends, ignore_index=True).sort_values(["person", "last"])
    for part in (started, ended):
        part["spell"] = part.groupby("person").cumcount()
    spells = started.merge(ended, on=["person", "spell"], how="left")
    return spells.sort_values(["first", "person"], ignore_index=True)


def subscriptions(history: History) -> pd.DataFrame:
    """Every subscription; those of before the start are known only if they lived to see it."""
    spells = subscription_spells(history)
    running = spells["last"].isna().to_numpy()
    last = spells["last"].fillna(0).to_numpy(dtype=np.int64)
    code = spells["reason"].fillna(0).to_numpy(dtype=np.int64)
    lot = uniforms(history.seed, "cancel reason", len(history.people))[spells["person"]]
    said = labels(_REASON_GIVEN, (lot * len(_REASON_GIVEN)).astype(int))
    reason = labels(END_REASONS, code).mask(code == END_REASONS.index("cancelled"), said)
    return pd.DataFrame(
        {
            "subscription_id": numbered("S", np.arange(1, len(spells) + 1), 5),
            "customer_id": customer_ids(spells["person"].to_numpy()),
            "started_date": days(7 * spells["first"].to_numpy(dtype=np.int64)),
            "ended_date": days(np.where(running, NEVER, 7 * last)),
            "cancel_reason": reason.mask(running),
            "box_price": spells["box_price"],
        }
    )


def retention_campaign(history: History) -> pd.DataFrame | None:
    """The retention test, once its 12 weeks are over."""
    if len(history.weeks) < TEST_WEEK + TEST_LASTS:
        return None
    test = history.weeks[TEST_WEEK].retention
    assert test is not None
    return pd.DataFrame(
        {
            "customer_id": customer_ids(test.person),
            "assigned_date": days(np.full(len(test.person), 7 * TEST_WEEK)),
            "treated": test.treated,
            "clicked_offer": test.clicked,
            "lapsed": test.lapses,
        }
    )
