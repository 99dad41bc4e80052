"""What lesson 17 claims: the best of thirty wins by luck, opens do not sell, brand words shine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mktlab import messages
from mktlab.course.claims import Claim
from mktlab.satisfaction import shrink

if TYPE_CHECKING:
    import pandas as pd

    from mktlab.company import Company

TOP = 5


def lines(company: Company) -> pd.DataFrame:
    """Each line by orders, with its true lift."""
    tests = company.subject_tests
    tests = tests.assign(ordered=messages.ordered(tests, company.orders))
    found = messages.lifts(tests, "ordered", by="line_id")
    truth = company.truth.subject_lines.set_index("line_id")
    usual = 1_000 * float(tests["ordered"].mean())
    return found.assign(true=truth["extra_orders"] / usual, margin=truth["extra_margin"])


def winner_shrinks(company: Company) -> bool:
    """The line with the most orders keeps less than half of its lift."""
    best = lines(company).iloc[0]
    return bool(best["true"] < best["lift"] / 2)


def shrinking_helps(company: Company) -> bool:
    """Shrunken lifts are nearer to the truth than those measured, over all lines."""
    found = shrink(lines(company), value="lift", error="error")
    missed = [((found[name] - found["true"]) ** 2).mean() for name in ("lift", "shrunk")]
    return bool(missed[1] < missed[0] / 2)


def opens_do_not_sell(company: Company) -> bool:
    """The line that most readers open is not among the five that bring most margin."""
    opens = messages.lifts(company.subject_tests, "opened", by="line_id").index[0]
    return opens not in set(lines(company)["margin"].nlargest(TOP).index)


def brand_shines(company: Company) -> bool:
    """Brand words have the lowest cost per order, and bring less margin than they cost."""
    sums = company.search_terms.groupby("ad_group")[["cost", "orders"]].sum()
    truth = company.truth.search_terms.groupby("ad_group")[["cost", "extra_margin"]].sum()
    cheapest = str((sums["cost"] / sums["orders"]).idxmin())
    return bool(
        cheapest == "brand" and truth["extra_margin"][cheapest] < truth["cost"][cheapest] / 2
    )


CLAIMS = (
    Claim(
        "The best of thirty subject lines keeps less than half of its lift.",
        winner_shrinks,
        at_least=18,
    ),
    Claim(
        "Shrunken lifts miss the truth by less than half as much as those measured (mean square).",
        shrinking_helps,
        at_least=18,
    ),
    Claim(
        "The line that most readers open is not among the five that bring most margin.",
        opens_do_not_sell,
        at_least=18,
    ),
    Claim(
        "The words of the own brand cost least per order, and bring less than half of their cost.",
        brand_shines,
        at_least=18,
    ),
)
