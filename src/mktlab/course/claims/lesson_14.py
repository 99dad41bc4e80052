"""What lesson 14 claims: hits flatter, are no extra sales, and what is popular is shown most."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from mktlab import recommendation as rec
from mktlab.course.claims import Claim
from mktlab.orders import purchases

if TYPE_CHECKING:
    from mktlab.company import Company

DAYS, K, POINTS = 56, 3, 0.15


def lines_of(company: Company) -> pd.DataFrame:
    """The lines of all purchases, with customer and day."""
    bought = purchases(company.orders)[["order_id", "customer_id", "order_date"]]
    return company.order_lines.merge(bought, on="order_id")


def counts_of(lines: pd.DataFrame) -> pd.DataFrame:
    return pd.crosstab(lines["customer_id"], lines["product_id"])


def learned_days_flatter(company: Company) -> bool:
    """Judged on days it has learned from, buying again seems to hit far more often."""
    lines = lines_of(company)
    since = company.today - pd.Timedelta(days=DAYS)
    after = lines[lines["order_date"] >= since]
    rates = [
        rec.hit_rate(rec.top(rec.scores(counts_of(known), "again"), K), after).share
        for known in (lines[lines["order_date"] < since], lines)
    ]
    return rates[1] - rates[0] >= POINTS


def together_is_popular(company: Company) -> bool:
    """Of most products the companion bought most is one of the three with the most customers."""
    counts = counts_of(lines_of(company))
    popular = (counts > 0).sum().nlargest(3).index
    first = rec.pairs(counts).drop_duplicates("item")
    return bool(first["other"].isin(popular).mean() >= 2 / 3)


def weights_mend_exposure(company: Company) -> bool:
    """What follows the boxes of drawn products is nearer to the weighted mean than to the plain."""
    log = company.suggestions
    shown = log[~log["held_out"]]
    shown = shown.assign(bought=rec.followed(shown, lines_of(company), days=DAYS))
    true_rates = company.truth.suggestions.set_index("rule")["bought_with"]
    truth = float(true_rates["drawn"]) / 1_000
    weighed = rec.inverse_propensity(shown, "bought").share
    return bool(abs(weighed - truth) < abs(shown["bought"].mean() - truth))


def extra_is_not_hits(company: Company) -> bool:
    """The rule that a holdout chooses by extra margin earns more than the one with most hits."""
    lines = lines_of(company)
    cost = company.products.set_index("product_id")["unit_cost"]
    margin = lines["amount"] - lines["quantity"] * lines["product_id"].map(cost)
    brings = margin.groupby(lines["product_id"]).mean()
    log = company.suggestions
    log = log.assign(bought=rec.followed(log, lines, days=DAYS))
    log = log.assign(margin=log["bought"] * log["product_id"].map(brings))
    by_hits = rec.extra(log, "bought")["shown"].idxmax()
    by_extra = rec.extra(log, "margin")["extra"].idxmax()
    earned = company.truth.suggestions.set_index("rule")["extra_margin"]
    return bool(earned[str(by_extra)] > earned[str(by_hits)])


CLAIMS = (
    Claim(
        "Judged on days it has learned from, 'buy it again' seems to hit at least 15 points more "
        "often.",
        learned_days_flatter,
        at_least=18,
    ),
    Claim(
        "Of two products in three, the one most often bought by the same customers is one of the "
        "three products with the most customers.",
        together_is_popular,
        at_least=16,
    ),
    Claim(
        "Weighted by 1 over the chance of each box, the log says better than its plain mean what "
        "is bought after boxes of drawn products.",
        weights_mend_exposure,
        at_least=18,
    ),
    Claim(
        "The rule that a holdout chooses by extra margin earns more than the one with the most "
        "hits.",
        extra_is_not_hits,
        at_least=18,
    ),
)
