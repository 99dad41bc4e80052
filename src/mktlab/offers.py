"""Offers: what a promotion sold because it ran, what it took elsewhere, and what it must sell.

`weekly` puts sales by week and family side by side with the family's deals, `baseline` says what
would have been sold without, and `sources` tells the uplift apart. `break_even` and `prior_price`
are arithmetic: what a cut must add, and what it may be called a cut of; `sheet` puts the first
beside what was seen. `against_none` and `worth`
read a test in which a draw decided who got which offer.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from mktlab.schema import MktlabError
from mktlab.show.words import say

AFTER = 4  # weeks after a deal in which the family sells less, where buyers stocked up
PRIOR_DAYS = 30
"""Days before a cut whose lowest price is the prior price (Code de la consommation, L112-1-1)."""
FOOD_CAP, FOOD_CAP_UNTIL = 0.34, pd.Timestamp("2028-04-15")
"""Largest promotion on food, as part of its price, and until when (loi 2025-337 of 14 April 2025).

Whether this and the rule above bind a given seller and offer is to be checked by a jurist.
"""


def weekly(lines: pd.DataFrame) -> pd.DataFrame:
    """Sales by week and product family, and whether the family was on deal.

    Parameters
    ----------
    lines
        A row per line sold: `order_date`, `category`, `amount` (paid for it), `discount` (taken
        off), and `new`, whether it belongs to a customer's first order.

    Returns
    -------
    A row for each week (its Monday) and family: `sales`, `new` (sales to newcomers), `deal` (most
    of what was sold had a discount), `after` (no deal, but one in the `AFTER` weeks before) and
    `others`, the number of other families on deal.

    Raises
    ------
    MktlabError
        When a column is missing, or there is no deal at all.

    Examples
    --------
    >>> day = pd.to_datetime(["2025-03-03", "2025-03-09", "2025-03-10"])
    >>> lines = pd.DataFrame({"order_date": day, "category": "tea", "amount": [8.0, 8.0, 10.0]})
    >>> weekly(lines.assign(discount=[2.0, 2.0, 0.0], new=False))[["sales", "deal", "after"]].values
    array([[16.0, True, False],
           [10.0, False, True]], dtype=object)
    """
    _need(lines, "lines", "order_date", "category", "amount", "discount", "new")
    day = lines["order_date"].dt.normalize()
    rows = pd.DataFrame(
        {
            "week": day - pd.to_timedelta(day.dt.day_of_week, unit="D"),
            "category": lines["category"],
            "sales": lines["amount"],
            "new": lines["amount"].where(lines["new"], 0.0),
            "off": lines["amount"].where(lines["discount"] > 0, 0.0),
        }
    )
    names = sorted(rows["category"].unique())
    weeks = pd.date_range(rows["week"].min(), rows["week"].max(), freq="7D", name="week")
    every = pd.MultiIndex.from_product([weeks, names], names=["week", "category"])
    table = rows.groupby(["week", "category"]).sum().reindex(every, fill_value=0.0)
    deal = (table["off"] > 0.5 * table["sales"]).unstack()
    if not deal.any(axis=None):
        raise MktlabError(
            say(
                "No family was ever on deal: in no week had most of what it sold a discount. Give "
                "order lines with what was taken off each, in a column discount."
            )
        )
    lately = deal.astype(float).rolling(AFTER + 1, min_periods=1).max().astype(bool)
    others = (-deal.astype(int)).add(deal.sum(axis=1), axis=0)
    marks = {"deal": deal, "after": lately & ~deal, "others": others}
    for name, mark in marks.items():
        table[name] = mark.stack().reindex(every)
    return table.drop(columns="off").reset_index()


def baseline(weeks: pd.DataFrame) -> pd.DataFrame:
    """What each family would have sold without its deal, and what deals changed elsewhere.

    A regression of log sales: a level for each family and month of the year, a trend, a lift of
    each family by its own deal, and, the same for all, what changes in the weeks after one and with
    each other family on deal. The baseline is the sales over the lift.

    Parameters
    ----------
    weeks
        As `weekly` gives it.

    Returns
    -------
    `weeks` with `baseline`; `later`, sales more (or less, below 0) because of an own deal in the
    weeks before; `elsewhere`, the same because of one other family on deal.

    Raises
    ------
    MktlabError
        When there is no deal at all, or less than a year of weeks.
    """
    _need(weeks, "weeks", "week", "category", "sales", "deal", "after", "others")
    if not weeks["deal"].any() or weeks["week"].nunique() < 52:
        raise MktlabError(
            say(
                "A baseline needs a year of weeks and at least one deal: weeks in which most of "
                "what a family sold had a discount. Give order lines with their discount."
            )
        )
    sold = weeks["sales"] > 0
    family, month = weeks["category"].astype("str"), weeks["week"].dt.month.astype("str")
    deal = pd.get_dummies(family, dtype=float).mul(weeks["deal"].astype(float), axis=0)
    years = (weeks["week"] - weeks["week"].min()).dt.days / 364
    common = weeks[["after", "others"]].astype(float).assign(trend=years)
    level = pd.get_dummies(family + " " + month, dtype=float)
    design = np.hstack([deal, common, level])[sold]
    effects = np.linalg.lstsq(design, np.log(weeks.loc[sold, "sales"]), rcond=None)[0]
    size = deal.shape[1]
    lift = deal.to_numpy() @ effects[:size]
    later, elsewhere = effects[size], effects[size + 1]
    return weeks.assign(
        baseline=weeks["sales"] * np.exp(-lift),
        later=weeks["sales"] * -np.expm1(-later * weeks["after"].astype(float)),
        elsewhere=weeks["sales"] * -np.expm1(-elsewhere),
    )


def sources(weeks: pd.DataFrame) -> pd.DataFrame:
    """The uplift of the deals, told apart; the parts add up to it.

    Parameters
    ----------
    weeks
        As `baseline` gives it, or those of its weeks that are asked about.

    Returns
    -------
    For each family with a deal: `on_deal` (sales in the weeks of its deals), `anyway` (the
    baseline), `uplift`, and its parts: `new` (newcomers beyond their usual share), `stockpiled`
    (missing in the weeks after), `taken` (missing at other families in the same weeks) and `more`,
    the rest. A part below 0 was lost, or won, the other way round.

    Examples
    --------
    >>> table = pd.DataFrame({"week": [1, 2], "category": "tea", "sales": [90.0, 45.0],
    ...     "new": [9.0, 0.0], "deal": [True, False], "baseline": [60.0, 45.0],
    ...     "later": [0.0, -5.0], "elsewhere": 0.0})
    >>> sources(table).loc["tea", ["uplift", "new", "stockpiled", "taken", "more"]].tolist()
    [30.0, 9.0, 5.0, 0.0, 16.0]
    """
    _need(weeks, "weeks", "deal", "baseline", "later", "elsewhere")
    on = weeks[weeks["deal"]]
    parts = on.groupby("category")[["sales", "baseline", "new"]].sum()
    usual = weeks[~weeks["deal"]].groupby("category")[["sales", "new"]].sum()
    share = (usual["new"] / usual["sales"]).reindex(parts.index).fillna(0.0)
    lost = -weeks.groupby("week")["elsewhere"].sum()
    own = on.groupby("category")["elsewhere"].sum()
    table = pd.DataFrame({"on_deal": parts["sales"], "anyway": parts["baseline"]})
    table["uplift"] = table["on_deal"] - table["anyway"]
    table["new"] = parts["new"] - share * parts["baseline"]
    table["stockpiled"] = -weeks.groupby("category")["later"].sum().reindex(table.index)
    table["taken"] = on["week"].map(lost).groupby(on["category"]).sum() + own
    rest = table[["new", "stockpiled", "taken"]].sum(axis=1)
    return table.assign(more=table["uplift"] - rest)


def break_even(margin: float, cut: float) -> float:
    """How much more must be sold, as a share, so that a cut leaves the margin as it was.

    `margin` and `cut` are shares of the usual net price. Each piece keeps `margin - cut`, so
    margin / (margin - cut) as many pieces bring what one brought before.

    >>> round(break_even(0.5, 0.25), 3)  # half the margin is gone: twice as many
    1.0

    Raises
    ------
    MktlabError
        When nothing is left of the margin.
    """
    if not 0 <= cut < margin <= 1:
        raise MktlabError(
            say(
                "break_even: a cut of {cut} of a margin of {margin} leaves nothing that more "
                "pieces could earn; give shares of the price, the cut below the margin.",
                cut=cut,
                margin=margin,
            )
        )
    return margin / (margin - cut) - 1


def sheet(lines: pd.DataFrame, products: pd.DataFrame, parts: pd.DataFrame) -> pd.DataFrame:
    """What each family's deals had to sell more, and what they sold more.

    Parameters
    ----------
    lines
        As for `weekly`, with `product_id` and `quantity`, of the time that `parts` tells of.
    products
        `product_id` and `unit_cost`.
    parts
        As `sources` gives them.

    Returns
    -------
    By family: `cut` (discount over the usual price, of what was sold with one), `margin` (of the
    usual price), `break_even`, and `seen`: pieces more in the weeks of the deals. Euros rose less
    than pieces, since each was cheaper. A family whose margin is below the cut is left out.
    """
    _need(lines, "lines", "product_id", "category", "quantity", "amount", "discount")
    _need(products, "products", "product_id", "unit_cost")
    cost = products.set_index("product_id")["unit_cost"]
    sold = lines.assign(usual=lines["amount"] + lines["discount"])
    sold = sold.assign(goods=sold["quantity"] * sold["product_id"].map(cost))
    sums = sold.groupby("category")[["usual", "goods"]].sum()
    off = sold[sold["discount"] > 0].groupby("category")[["discount", "usual"]].sum()
    table = pd.DataFrame({"cut": off["discount"] / off["usual"]})
    table = table.assign(margin=1 - sums["goods"] / sums["usual"]).reindex(parts.index)
    table = table[table["margin"] > table["cut"]]
    pairs = zip(table["margin"], table["cut"], strict=True)
    table["break_even"] = [break_even(margin, cut) for margin, cut in pairs]
    rise = 1 + parts["uplift"] / parts["anyway"]
    return table.assign(seen=rise / (1 - table["cut"]) - 1)


def prior_price(prices: pd.DataFrame, offers: pd.DataFrame) -> pd.DataFrame:
    """The prior price of each deal, and what its price is off it.

    Parameters
    ----------
    prices
        A row per `week`, `zone`, `product_id`: `shelf_price`, tax included; and `category`.
    offers
        A row per deal: `offer_id`, `category`, `start_date` (a Monday), `depth`.

    Returns
    -------
    A row per deal, zone and product that has prices before it: `prior`, the lowest shelf price of
    the `PRIOR_DAYS` days before; `last`, that of the last week before; `shown`, that of its first
    week; `off`, what `shown` is below `prior`, and `off_last`, below `last`, as shares.
    """
    _need(prices, "prices", "week", "zone", "product_id", "category", "shelf_price")
    _need(offers, "offers", "offer_id", "category", "start_date", "depth")
    keys = ["offer_id", "depth", "zone", "product_id"]
    both = offers[["offer_id", "category", "start_date", "depth"]].merge(prices, on="category")
    days = (both["start_date"] - both["week"]).dt.days  # from the Monday of the price's week
    before = both[(days > 0) & (days - 6 <= PRIOR_DAYS)]
    first = both[days == 0].set_index(keys)["shelf_price"]
    last = both[days == 7].set_index(keys)["shelf_price"]
    table = pd.DataFrame({"prior": before.groupby(keys)["shelf_price"].min()})
    table = table.assign(last=last, shown=first).dropna().reset_index()
    return table.assign(
        off=1 - table["shown"] / table["prior"], off_last=1 - table["shown"] / table["last"]
    )


def against_none(test: pd.DataFrame, none: str = "none") -> pd.DataFrame:
    """The log of a test so that `recommendation.extra` can compare each offer with none.

    The rows of those without an offer stand beside each offer, with `held_out` true; `mechanic` is
    the offer.

    >>> test = pd.DataFrame({"mechanic": ["none", "gift", "cut"], "orders": [0, 1, 2]})
    >>> against_none(test)[["mechanic", "held_out"]].values.tolist()
    [['cut', False], ['cut', True], ['gift', False], ['gift', True]]
    """
    _need(test, "test", "mechanic")
    without = test[test["mechanic"] == none]
    if without.empty:
        raise MktlabError(
            say("test: nobody got no offer ({none}), so nothing can be compared.", none=none)
        )
    parts: list[pd.DataFrame] = []
    for name in sorted(set(test["mechanic"]) - {none}):
        parts.append(test[test["mechanic"] == name].assign(held_out=False))
        parts.append(without.assign(mechanic=name, held_out=True))
    return pd.concat(parts, ignore_index=True)


def worth(test: pd.DataFrame, margin: float, none: str = "none") -> pd.DataFrame:
    """What each offer adds to a thousand customers of each group, in one round of a test.

    In its weeks each group is compared with those of it who got no offer. The weeks after change by
    a few orders in a hundred, so their change is taken from all groups together, as a share; one
    that chance alone may bring (two standard errors) counts as none.

    Parameters
    ----------
    test
        A row per customer and round: `buyer` (group), `mechanic`, `during` and `after` (orders in
        the weeks of the offer, and after), `cost` (of the offer, to the company).
    margin
        What an order brings, in the company's currency.

    Returns
    -------
    By group and mechanic, for 1,000 customers: orders `anyway`, `extra` and `later` (more or less,
    after), `cost`, and `net`: margin of the extra orders less the cost.
    """
    _need(test, "test", "buyer", "mechanic", "during", "after", "cost")
    means = 1_000 * test.groupby(["buyer", "mechanic"])[["during", "after", "cost"]].mean()
    if none not in means.index.get_level_values("mechanic"):
        raise MktlabError(
            say("test: nobody got no offer ({none}), so nothing can be compared.", none=none)
        )
    usual = means.xs(none, level="mechanic")
    expected = test["buyer"].map(usual["after"]) / 1_000
    both = test.assign(expected=expected, gap=test["after"] - expected).groupby("mechanic")
    sums, size = both[["after", "expected"]].sum(), both.size()
    error: pd.Series[float] = both["gap"].std() * np.sqrt(1 / size + 1 / size[none])
    change = sums["after"] / sums["expected"] - 1
    change = change.where(both["gap"].mean().abs() > 2 * error, 0.0)
    table = means.drop(index=none, level="mechanic").reset_index()
    group = table["buyer"].map
    table["anyway"] = group(usual["during"])
    table["extra"] = table["during"] - table["anyway"]
    table["later"] = table["mechanic"].map(change) * group(usual["after"])
    table["net"] = margin * (table["extra"] + table["later"]) - table["cost"]
    found: pd.DataFrame = table.set_index(["buyer", "mechanic"])
    return found[["anyway", "extra", "later", "cost", "net"]]


def _need(table: pd.DataFrame, name: str, *columns: str) -> None:
    missing = ", ".join(column for column in columns if column not in table)
    if missing:
        raise MktlabError(say("{table} needs the column {missing}.", table=name, missing=missing))
