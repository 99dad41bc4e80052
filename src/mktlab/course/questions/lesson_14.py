"""The questions of lesson 14: a pair, hits, clicks by weight, extra purchases, whose box."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from mktlab import recommendation as rec
from mktlab.course.checking.answers import ids_among
from mktlab.course.checking.sheet import Sheet
from mktlab.course.questions.given_14 import (
    BOXES,
    JUDGED,
    boxes,
    counts,
    first_of,
    given,
    lines,
    offers,
    pair,
    ranks,
    simple_lists,
    true_margin,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mktlab.company import Company

sheet = Sheet("14_next_offer", given=given, boxes=BOXES)


@sheet.number(tolerance=0.005)
def lift_of_pair(company: Company, column: str = "lift", each: str = "customer_id") -> float:
    item, other = pair(company)
    found = rec.pairs(counts(lines(company), each))
    row = found[(found["item"] == item) & (found["other"] == other)]
    return float(row[column].iloc[0])


lift_of_pair.mistake("share", column="share")
lift_of_pair.mistake("cosine", column="cosine")
lift_of_pair.mistake("both", column="both")


@lift_of_pair.mistake("by_orders")
def _by_orders(company: Company) -> float:
    found = float(lift_of_pair(company, each="order_id"))
    clear = abs(found - lift_of_pair(company)) > 0.02
    return found if clear else float(lift_of_pair(company, "share", "order_id"))


@lift_of_pair.also("share")
def _other_shares(company: Company) -> list[float]:
    """The share of all customers, and the share the other way round."""
    has = counts(lines(company)) > 0
    item, other = pair(company)
    both = float((has[item] & has[other]).sum())
    return [float(has[other].mean()), both / float(has[other].sum()), both / len(has)]


@lift_of_pair.mistake("difference")
def _difference(company: Company) -> float:
    has = counts(lines(company)) > 0
    return float(lift_of_pair(company, "share")) - float(has[pair(company)[1]].mean())


@lift_of_pair.mistake("other_measure")
def _against_the_others(company: Company) -> float:
    """The share among its customers over that among those who did not buy it."""
    has = counts(lines(company)) > 0
    item, other = pair(company)
    mine = float(has.loc[has[item], other].mean())
    return mine / float(has.loc[~has[item], other].mean())


@lift_of_pair.also("other_measure")
def _other_measures(company: Company) -> list[float]:
    """Jaccard's share and two correlations."""
    table = counts(lines(company))
    of, with_it = (table[name] for name in pair(company))
    both, either = ((of > 0) & (with_it > 0)).sum(), ((of > 0) | (with_it > 0)).sum()
    return [both / either, (of > 0).corr(with_it > 0), of.corr(with_it)]


lift_of_pair.also("difference")(lambda c: [lift_of_pair(c) - 1, 100 * (lift_of_pair(c) - 1)])


@sheet.share(digits=3)
def hits(
    company: Company, rule: str = "again", k: int = 2, days: int = JUDGED, learned: bool = False
) -> float:
    table, since = lines(company), company.today - pd.Timedelta(days=days)
    known = table if learned else table[table["order_date"] < since]
    after = table[table["order_date"] >= since]
    return rec.hit_rate(rec.top(rec.scores(counts(known), rule), k), after).share


hits.mistake("learned_days", learned=True)


@hits.also("learned_days")
def _other_leaks(company: Company) -> list[float]:
    """Learned from the days that judge alone; judged on all days."""
    table, since = lines(company), company.today - pd.Timedelta(days=JUDGED)
    before, after = table[table["order_date"] < since], table[table["order_date"] >= since]
    return [
        rec.hit_rate(rec.top(rec.scores(counts(known), "again"), 2), judges).share
        for known, judges in ((after, after), (before, table), (table, table))
    ]


@hits.mistake("ends")
def _ends(company: Company) -> float:
    made, after = _parts(company)
    return rec.hit_rate(made, after).low


hits.also("ends")(lambda c: [rec.hit_rate(*_parts(c)).high])
hits.mistake("other_rule", rule="popular")
hits.also("other_rule", {"rule": "related"})
hits.mistake("other_k", k=1)
hits.also("other_k", {"k": 3}, {"k": 5}, {"k": 10})
hits.mistake("other_days", days=56)
hits.also("other_days", {"days": 28}, {"days": 182}, {"days": 13}, {"days": 365})


def _parts(company: Company) -> tuple[pd.DataFrame, pd.DataFrame]:
    table, since = lines(company), company.today - pd.Timedelta(days=JUDGED)
    made = rec.top(rec.scores(counts(table[table["order_date"] < since]), "again"), 2)
    after = table[table["order_date"] >= since][["customer_id", "product_id"]].drop_duplicates()
    return made, after


@hits.mistake("all_customers")
def _of_all(company: Company) -> float:
    made, after = _parts(company)
    return float(made.merge(after)["customer_id"].nunique() / made["customer_id"].nunique())


@hits.also("all_customers")
def _of_others(company: Company) -> list[float]:
    """Of all who are known, and of all who bought afterwards, newcomers among them."""
    made, after = _parts(company)
    hit = made.merge(after)["customer_id"].nunique()
    return [hit / len(company.customers), hit / after["customer_id"].nunique()]


@hits.mistake("per_suggestion")
def _precision(company: Company) -> float:
    made, after = _parts(company)
    made = made[made["customer_id"].isin(after["customer_id"])]
    return len(made.merge(after)) / len(made)


@hits.also("per_suggestion")
def _recall(company: Company) -> list[float]:
    made, after = _parts(company)
    made = made[made["customer_id"].isin(after["customer_id"])]
    after = after[after["customer_id"].isin(made["customer_id"])]
    return [len(made.merge(after)) / len(after)]


def _shown(company: Company) -> pd.DataFrame:
    log = boxes(company)
    left: pd.DataFrame = log[~log["held_out"]]
    return left


@sheet.share(digits=4)
def weighted_clicks(company: Company, outcome: str = "clicked", all_boxes: bool = False) -> float:
    rows = boxes(company) if all_boxes else _shown(company)
    return rec.inverse_propensity(rows, outcome).share


weighted_clicks.mistake("plain", lambda c: _shown(c)["clicked"].mean())
weighted_clicks.also("plain")(lambda c: [boxes(c)["clicked"].mean(), _mean_of_rules(c)])
weighted_clicks.mistake("held_out_in", all_boxes=True)
weighted_clicks.mistake("ends", lambda c: rec.inverse_propensity(_shown(c), "clicked").low)
weighted_clicks.also("ends")(lambda c: [rec.inverse_propensity(_shown(c), "clicked").high])


def _mean_of_rules(company: Company) -> float:
    return float(_shown(company).groupby("rule")["clicked"].mean().mean())


@weighted_clicks.mistake("bought")
def _bought(company: Company) -> float:
    found = float(weighted_clicks(company, "bought"))
    clear = abs(found - weighted_clicks(company)) > 0.0002
    return found if clear else float(_shown(company)["bought"].mean())


@weighted_clicks.mistake("drawn")
def _drawn(company: Company) -> float:
    found = float(_shown(company).query("rule == 'drawn'")["clicked"].mean())
    return found if abs(found - weighted_clicks(company)) > 0.0002 else found / 2


weighted_clicks.mistake("clipped", lambda c: _clipped(c, 30))
weighted_clicks.also("clipped")(lambda c: [_clipped(c, most) for most in (10, 20, 40, 50)])


def _clipped(company: Company, most: float) -> float:
    return rec.inverse_propensity(_shown(company), "clicked", clip=most).share


@weighted_clicks.mistake("not_divided")
def _not_divided(company: Company) -> float:
    """Divided by the boxes and the products, which is nearly the sum of the weights."""
    rows, products = _shown(company), company.products["product_id"].nunique()
    found = float((rows["clicked"] / rows["probability"]).mean() / products)
    return found if abs(found - weighted_clicks(company)) > 0.0002 else found / 2


@weighted_clicks.mistake("not_inverse")
def _not_inverse(company: Company) -> float:
    rows = _shown(company)
    return float((rows["clicked"] * rows["probability"]).sum() / rows["probability"].sum())


@sheet.table(key="knows", digits=1)
def extra_by_knows(company: Company, column: str = "extra", per: int = 1_000) -> pd.Series[float]:
    found: pd.Series[float] = rec.extra(boxes(company), "bought", by="knows", per=per)[column]
    return found.rename("extra")


extra_by_knows.mistake("shown", column="shown")
extra_by_knows.mistake("held_out", column="held_out")
extra_by_knows.mistake("ends", column="low")
extra_by_knows.also("ends", {"column": "high"})


extra_by_knows.mistake("other_thousand", per=100)
extra_by_knows.mistake(
    "both_sides",
    lambda c: (1_000 * boxes(c).groupby("knows")["bought"].mean()).rename("extra"),
)
extra_by_knows.also("both_sides")(lambda c: [boxes(c).groupby("knows")["bought"].mean()])


@extra_by_knows.mistake("relative")
def _relative(company: Company) -> pd.Series[float]:
    found = rec.extra(boxes(company), "bought", by="knows")
    return (100 * found["extra"] / found["held_out"]).rename("extra")


@extra_by_knows.also("relative")
def _ratios(company: Company) -> list[pd.Series[float]]:
    found = rec.extra(boxes(company), "bought", by="knows")
    return [(found["shown"] / found["held_out"]).rename("extra"), _relative(company) / 100]


@extra_by_knows.mistake("clicks")
def _clicks(company: Company) -> pd.Series[float]:
    return rec.extra(boxes(company), "clicked", by="knows")["extra"]


@sheet.decision(
    best=lambda company: first_of(true_margin(company)),
    choices=lambda company: offers(company)["offer_id"],
    reads=lambda answer, choices: ids_among(answer, choices, exactly=BOXES),
    good_enough=0.8,
    guesses=simple_lists,
)
def chosen(company: Company, ids: Iterable[str]) -> float:
    return float(true_margin(company)[sorted(ids)].sum())


def _list(company: Company, score: str, of: str = "") -> set[str]:
    """The offers that are first by an expression of their columns; those of a condition lead."""
    rows: Any = ranks(company)
    value = rows.eval(score).astype(float)
    return first_of(value + (1e6 * rows.eval(of) if of else 0))


def _never_right(*lists: tuple[str, str]) -> Any:
    """Further lists of a mistake: those that are no good decision here."""

    def listed(company: Company) -> list[set[str]]:
        enough = 0.8 * chosen(company, first_of(true_margin(company)))
        made = [_list(company, score, of) for score, of in lists]
        return [some for some in made if chosen(company, some) < enough]

    return listed


ALL, OWN, NEW, NONE = "", "knows=='product'", "knows!='product'", "knows=='nothing'"
chosen.mistake("bought_anyway", lambda c: _list(c, "chance*margin"))
chosen.also("bought_anyway")(
    _never_right(
        *((score, ALL) for score in ("chance", "share", "share*margin")),
        ("chance", "knows!='nothing'"),
        ("chance*margin", "knows!='nothing'"),
    )
)
chosen.mistake("again", lambda c: _list(c, "chance", OWN))
chosen.also("again")(
    _never_right(
        *(
            (score, of)
            for score in ("0*margin", "purchases", "purchases*margin", "margin", "chance")
            for of in (OWN, "rule=='again'")
        )
    )
)
chosen.mistake("by_rule", lambda c: _list(c, "purchases*margin", "rule=='related'"))
chosen.also("by_rule")(
    _never_right(
        *(
            (score, "rule=='related'")
            for score in ("0*margin", "purchases", "margin", "chance", "chance*margin")
        )
    )
)
chosen.mistake("popular", lambda c: _list(c, "chance", "rule=='popular'"))
chosen.also("popular")(
    _never_right(*((s, "rule=='popular'") for s in ("0*margin", "margin", "purchases")))
)
chosen.mistake("dearest", lambda c: _list(c, "margin"))
chosen.mistake("frequent", lambda c: _list(c, "purchases"))
chosen.also("frequent")(_never_right(("purchases*margin", ALL)))
chosen.mistake("new_alone", lambda c: _list(c, "0*margin", NEW))
chosen.also("new_alone")(
    _never_right(*((s, NEW) for s in ("margin", "purchases", "chance*margin", "purchases*margin")))
)
chosen.mistake("nothing_known", lambda c: _list(c, "chance*margin", NONE))
chosen.also("nothing_known")(_never_right(("margin", NONE), ("chance", NONE), ("purchases", NONE)))
