"""Subject lines: thirty of them, one drawn for each reader of each newsletter.

`subject_lines` lists the lines, `subject_tests` who got which and who opened it; what was ordered
is in `orders`. The tables only observe: the line that a reader got is drawn *given* what she opened
and bought (Bayes' rule), with the chances of a market in which the lines had been drawn first. So
the law of all together is that of a randomized test, and no other table changes. `lines_truth` and
`promises_truth` are its truth. The words are in `messages.toml`.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from mktlab.market.crm import EMAIL_EFFECT, newsletter, open_chance
from mktlab.market.draws import Flags, Floats, Ints, choices, uniforms
from mktlab.market.message import LINES, MOVES, effects, order_of, ratios
from mktlab.market.observed.relations import CLICKS
from mktlab.market.observed.sales import bought, customer_ids, days, labels, numbered
from mktlab.market.state import History
from mktlab.market.world import COST_CENTS, SEGMENTS

MAILINGS, WITHIN = 13, 7  # the newsletters tested, and days in which an order counts
CLAIMS = ("none", "label", "price", "contents", "rank", "green")
_OFTEN = (1, 2, 4, 8)  # orders in the last half year
_LATELY = 182


class _Sent(NamedTuple):
    """One entry per mail."""

    person: Ints
    day: Ints
    opened: Flags
    clicked: Flags
    orders: Ints  # in time
    alike: Ints  # readers who bought as often lately


def _sent(history: History) -> _Sent:
    """Who got the newsletters of the last weeks, and what was ordered in time."""
    people, rows = history.people, []
    orders, _ = bought(history)
    paid = ~orders.cancelled
    last = len(history.weeks) - 1
    for week in range(max(last - MAILINGS, 0), last):
        mail = newsletter(history.seed, week, people, history.state, history.weeks[week].mix)
        who, day = np.flatnonzero(mail.sent), 7 * week + 1
        lot = uniforms(history.seed, f"mail {0}", 2 * len(people), week=week).reshape(-1, 2)[who]
        soon = paid & (orders.day >= day) & (orders.day < day + WITHIN)
        before = paid & (orders.day < day) & (orders.day >= day - _LATELY)
        count = np.bincount(orders.person[before], minlength=len(people))[who]
        rows.append(
            _Sent(
                person=who,
                day=np.full(len(who), day),
                opened=mail.opened[who],
                clicked=mail.opened[who] & (lot[:, 1] < CLICKS),
                orders=np.bincount(orders.person[soon], minlength=len(people))[who],
                alike=np.searchsorted(_OFTEN, count, side="right"),
            )
        )
    return _Sent._make(map(np.concatenate, zip(*rows, strict=True)))


def _chance(sent: _Sent) -> Floats:
    """Chance to order in time, as among those who ordered as often lately."""
    size = np.maximum(np.bincount(sent.alike), 1)
    return np.asarray((np.bincount(sent.alike, weights=sent.orders > 0) / size)[sent.alike])


def subject_lines(history: History) -> pd.DataFrame:
    """The lines: their words, author, promise and tone, and what they claim."""
    lines = LINES.iloc[order_of(history.seed)].reset_index(drop=True)
    named = lines[["text", "author", "promise", "tone", "claim"]].astype("str")
    return pd.DataFrame({"line_id": _ids(np.arange(len(lines))), **named})


def _ids(line: Ints) -> pd.Series[str]:
    return numbered("L", line + 1, 2)


def subject_tests(history: History) -> pd.DataFrame:
    """A row per mail: who got which line, and who opened it."""
    sent, (opens, orders) = _sent(history), effects(history.seed)
    reads = open_chance(history.people.email_taste[sent.person])[:, None]
    gain = orders.T[history.people.segment[sent.person]]
    chance = np.minimum(_chance(sent)[:, None], 0.6)
    like = np.where(sent.opened[:, None], opens, (1 - opens * reads) / (1 - reads))
    like = like * np.where(sent.orders[:, None] > 0, gain, (1 - chance * gain) / (1 - chance))
    luck = np.empty(len(sent.day))
    for week in np.unique(sent.day // 7):
        now = sent.day // 7 == week
        lot = uniforms(history.seed, "subject_tests", len(history.people), week=int(week))
        luck[now] = lot[sent.person[now]]
    return pd.DataFrame(
        {
            "customer_id": customer_ids(sent.person),
            "date": days(sent.day),
            "line_id": labels(tuple(_ids(np.arange(len(opens)))), choices(luck, like)),
            "opened": sent.opened,
            "clicked": sent.clicked,
        }
    )


def margin_of_order(history: History) -> float:
    """Euros that an order of the last half year earned on average, refunds taken off."""
    orders, lines = bought(history)
    late = ~orders.cancelled & (orders.day >= 7 * len(history.weeks) - _LATELY)
    value = lines.quantity * (lines.unit_cents - COST_CENTS[lines.product])
    revenue = np.bincount(lines.order, lines.quantity * lines.unit_cents, len(late))
    earned = np.bincount(lines.order, value, len(late)) - orders.refund_share * revenue
    return float(earned[late].mean() / 100) if late.any() else 0.0


def _by_segment(history: History) -> Floats:
    """Orders in time of a mail to each segment, and how many mails each got: (2, segments)."""
    sent = _sent(history)
    segment = history.people.segment[sent.person]
    size = np.bincount(segment, minlength=len(SEGMENTS))
    orders = np.bincount(segment, sent.orders, len(SEGMENTS)) / np.maximum(size, 1)
    return np.array([orders, size / max(size.sum(), 1)])


def lines_truth(history: History) -> pd.DataFrame:
    """What each line does to 1,000 readers as they are, over the mean of all thirty."""
    opens, gain = effects(history.seed)
    orders, share = _by_segment(history)
    sent = _sent(history)
    reads = open_chance(history.people.email_taste[sent.person])
    usual = float(reads.mean()) if len(reads) else 0.0
    read = EMAIL_EFFECT * usual * (opens - 1)  # who opens orders a little more
    extra = 1000 * (gain - 1 + read[:, None]) @ (orders * share)
    holds = LINES["holds"].to_numpy()[order_of(history.seed)]
    return pd.DataFrame(
        {
            "line_id": _ids(np.arange(len(opens))),
            "opens": 1000 * usual * opens,
            "extra_orders": extra,
            "extra_margin": extra * margin_of_order(history),
            "claim_holds": holds,
        }
    )


def promises_truth(history: History) -> pd.DataFrame:
    """What a promise does to the orders of a segment, over the mean of all thirty lines."""
    moves, (orders, _) = ratios(history.seed), _by_segment(history)
    rows = [
        (s.name, name, moves.loc[name, s.name] - 1, 1000 * orders[k])
        for k, s in enumerate(SEGMENTS)
        for name in MOVES.index
    ]
    table = pd.DataFrame(rows, columns=["segment", "promise", "lift", "orders"])
    return table.assign(
        extra_orders=table["lift"] * table["orders"],
        extra_margin=table["lift"] * table["orders"] * margin_of_order(history),
    ).drop(columns="orders")
