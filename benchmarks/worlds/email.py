"""Mails to people who differ in how often they order, one in four held out; and complaints."""

from __future__ import annotations

import numpy as np
import pandas as pd
from statsmodels.stats.proportion import proportion_confint

from mktlab import email
from mktlab.recommendation import extra

Row = tuple[float, float, float, float]
PEOPLE, HELD_OUT, RATIO, RATE = 1_500, 0.25, 1.6, 0.09
MARGIN, SKEW, VOUCHER, USED = 20.0, 0.8, 4.0, 0.8
DELIVERED, COMPLAINS = 2_600, 0.0065
DAY = pd.Timestamp("2025-03-03")


def trial(seed: int) -> dict[str, Row]:
    """Orders and margin that the mails of one world add, and the complaints of one provider."""
    rng = np.random.default_rng([16, seed])
    often = rng.gamma(0.8, 1 / 0.8, PEOPLE)
    who = np.repeat(np.arange(PEOPLE), rng.integers(1, 4, PEOPLE))
    turn = pd.Series(who).groupby(who).cumcount()
    held_out = rng.random(len(who)) < HELD_OUT
    count = rng.poisson(RATE * often[who] * np.where(held_out, 1, RATIO))
    day = DAY + pd.to_timedelta(28 * turn, unit="D")
    used = (count > 0) & ~held_out & (rng.random(len(who)) < USED)
    log = pd.DataFrame({"customer_id": who, "date": day, "flow": "x", "held_out": held_out})
    row = np.repeat(np.arange(len(who)), count)
    orders = pd.DataFrame(
        {
            "customer_id": who[row],
            "order_date": day.to_numpy()[row]
            + pd.to_timedelta(rng.integers(14, size=len(row)), "D"),
            "margin": MARGIN * rng.lognormal(-(SKEW**2) / 2, SKEW, len(row)),
        }
    )
    log = email.after(log, orders, 14)
    log = log.assign(net=log["margin"] - VOUCHER * used)
    orders_added = 1_000 * RATE * (RATIO - 1)
    buys = 1 - (1 + RATE * RATIO / 0.8) ** -0.8  # of those with a mail; order rates are gamma
    net_added = MARGIN * orders_added - 1_000 * VOUCHER * USED * buys
    found = {}
    for outcome, truth in (("orders", orders_added), ("net", net_added)):
        one = extra(log, outcome, by="flow").loc["x"]
        found[outcome] = (float(one["extra"]), float(one["low"]), float(one["high"]), truth)
    complaints = int(rng.binomial(DELIVERED, COMPLAINS))
    low, high = proportion_confint(complaints, DELIVERED, method="wilson")
    return {
        "orders that mails add, sent less held out": found["orders"],
        "margin less vouchers that mails add": found["net"],
        "complaints of one provider": (complaints / DELIVERED, low, high, COMPLAINS),
    }
