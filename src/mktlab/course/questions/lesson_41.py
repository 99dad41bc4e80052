"""The questions of lesson 41: an order value, views, denominators, advertising, price cuts."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mktlab import kpi
from mktlab.course.checking.sheet import Sheet
from mktlab.orders import purchases

if TYPE_CHECKING:
    from mktlab.company import Company

CANDIDATES = (
    "order_value",
    "average_price",
    "units_per_order",
    "purchase_frequency",
    "revenue_per_customer",
    "retention",
    "refund_rate",
    "margin_rate",
    "marketing_efficiency_ratio",
    "cac",
)
CUTS, RISES = (0.35, 0.45, 0.55), (0.45, 0.95, 0.95, 0.95, 1.25, 1.45)


@lru_cache(maxsize=8)
def _offers(company: Company) -> pd.DataFrame:
    """A price cut for each product, and how many more pieces a test found: in each world others.

    Of three cuts, one pays; of those that do not, most nearly would. Pieces, prices and costs are
    those of the last 13 weeks.
    """
    lines = company.order_lines.merge(_bought(company, 13), on="order_id")
    lines = lines.assign(week=lines["order_date"].dt.to_period("W-SUN").dt.start_time)
    lines = lines.merge(company.product_costs, on=["week", "product_id"])
    lines = lines.assign(goods=lines["quantity"] * lines["unit_cost"])
    sold = lines.groupby("product_id")[["quantity", "amount", "goods"]].sum()
    sold = sold.join(company.products.set_index("product_id")[["vat_rate"]])
    net, cost = (sold[name] / sold["quantity"] for name in ("amount", "goods"))
    rng = np.random.default_rng(len(company.orders))
    cut = ((1 - cost / net) * rng.choice(CUTS, len(sold))).round(2)
    rise = cut / (1 - cost / net - cut) * rng.permutation(np.resize(RISES, len(sold)))
    columns = {
        "pieces": sold["quantity"],
        "shelf_price": (net * (1 + sold["vat_rate"])).round(2),
        "vat_rate": sold["vat_rate"],
        "unit_cost": cost.round(2),
        "cut": cut,
        "rise": rise.round(3),
    }
    return pd.DataFrame(columns).reset_index()


def _bought(company: Company, weeks: int) -> pd.DataFrame:
    kept = purchases(company.orders)
    kept = kept[kept["order_date"] >= company.today - pd.Timedelta(weeks=weeks)]
    kept = kept.assign(net=kept["revenue"] - kept["refunded"])
    return kept[["order_id", "order_date", "customer_id", "outlet", "revenue", "net"]]


sheet = Sheet(
    "41_kpi",
    given=lambda company: {
        "candidates": list(CANDIDATES),
        "offers": _offers(company),
        "weeks": company.truth.without[["week", "revenue", "without_advertising"]],
    },
)


@sheet.number()
def marketplace(
    company: Company, money: str = "net", how: str = "mean", outlets: str = "marketplace"
) -> float:
    bought = _bought(company, 52)
    return float(bought.loc[bought["outlet"].str.contains(outlets), money].agg(how))


marketplace.mistake("gross", money="revenue")
marketplace.mistake("every_outlet", outlets="")
marketplace.mistake("median", how="median")
marketplace.mistake("sum", how="sum")


@marketplace.mistake("mean_of_customers")
def _mean_of_customers(company: Company) -> float:
    bought = _bought(company, 52).query("outlet == 'marketplace'")
    return float(bought.groupby("customer_id")["net"].mean().mean())


@marketplace.mistake("per_customer")
def _per_customer(company: Company) -> float:
    bought = _bought(company, 52).query("outlet == 'marketplace'")
    return float(bought["net"].sum() / bought["customer_id"].nunique())


@sheet.number()
def views(company: Company, weeks: int | None = 52, times: float = 1) -> float:
    start = None if weeks is None else company.today - pd.Timedelta(weeks=weeks)
    return times * float(kpi.compute(company, "cpm", start=start)["value"].iloc[0])


views.mistake("all_weeks", weeks=None)
views.mistake("one_view", tolerance=1e-4, times=1 / 1000)


def _ads(company: Company) -> pd.DataFrame:
    ads = company.ad_spend
    return ads[ads["week"] >= company.today - pd.Timedelta(weeks=52)]


@views.mistake("mean_of_rows")
def _mean_of_rows(company: Company) -> float:
    ads = _ads(company).query("impressions > 0")
    return float((1000 * ads["spend"] / ads["impressions"]).mean())


@views.mistake("mean_of_channels")
def _mean_of_channels(company: Company) -> float:
    sums = _ads(company).groupby("channel")[["spend", "impressions"]].sum()
    return float((1000 * sums["spend"] / sums["impressions"]).mean())


@views.mistake("clicks")
def _clicks(company: Company) -> float:
    sums = _ads(company)[["spend", "clicks"]].sum()
    return float(sums["spend"] / sums["clicks"])


def _two_years(company: Company) -> pd.DataFrame:
    """Each candidate this year and the year before, in values and numerators."""
    middle = company.today - pd.Timedelta(weeks=52)
    names, before = list(CANDIDATES), middle - pd.Timedelta(weeks=52)
    last = kpi.compute(company, names, start=before, end=middle).set_index("kpi")
    this = kpi.compute(company, names, start=middle).set_index("kpi")
    rose, more = (this[part] > last[part] for part in ("value", "numerator"))
    return pd.DataFrame({"rose": rose, "apart": rose != more, "alike": rose == more})


@sheet.ids()
def apart(company: Company, which: str = "apart") -> set[str]:
    table = _two_years(company)
    return set(table.index[table[which]])


apart.mistake("all_that_rose", which="rose")
apart.mistake("moved_alike", which="alike")


@sheet.number(tolerance=0.005)
def advertising(company: Company) -> float:
    weeks = company.truth.without
    return _brought(company, float((weeks["revenue"] - weeks["without_advertising"]).sum()))


def _brought(company: Company, revenue: float) -> float:
    return revenue / _of_the_year(company, "ad_spend")


def _of_the_year(company: Company, name: str) -> float:
    start = company.today - pd.Timedelta(weeks=52)
    return float(kpi.compute(company, name, start=start)["value"].iloc[0])


@advertising.mistake("mer")
def _mer(company: Company) -> float:
    return _of_the_year(company, "marketing_efficiency_ratio")


@advertising.mistake("all_revenue")
def _all_revenue(company: Company) -> float:
    return _brought(company, float(company.truth.without["revenue"].sum()))


@advertising.mistake("claimed")
def _claimed(company: Company) -> float:
    return _of_the_year(company, "order_value") / _of_the_year(company, "cpa")


@advertising.mistake("without")
def _without(company: Company) -> float:
    return _brought(company, float(company.truth.without["without_advertising"].sum()))


@advertising.mistake("less_one")
def _less_one(company: Company) -> float:
    return float(advertising(company)) - 1


@advertising.mistake("not_divided")
def _not_divided(company: Company) -> float:
    return float(advertising(company)) * _of_the_year(company, "ad_spend")


def _net(offers: pd.DataFrame) -> pd.Series[float]:
    return offers["shelf_price"] / (1 + offers["vat_rate"])


def _chosen(offers: pd.DataFrame, enough: pd.Series[bool]) -> set[str]:
    return set(offers.loc[enough, "product_id"])


def _enough(company: Company, base: str, *, tax: bool = False) -> set[str]:
    """The offers that bring more pieces than a margin over the price, or over the cost, asks."""
    offers = _offers(company)
    price = offers["shelf_price"] if tax else _net(offers)
    rate = (price - offers["unit_cost"]) / (price if base == "price" else offers["unit_cost"])
    return _chosen(offers, offers["rise"] > offers["cut"] / (rate - offers["cut"]))


def _guesses(company: Company) -> dict[str, set[str]]:
    """Lists that need no margin."""
    offers = _offers(company)
    made = {"all": set(offers["product_id"])}
    for column in ("cut", "rise", "pieces", "shelf_price", "unit_cost"):
        ranked = offers.sort_values(column)["product_id"]
        for many in range(2, len(ranked), 2):
            made[f"{many}_least_{column}"] = set(ranked.head(many))
            made[f"{many}_most_{column}"] = set(ranked.tail(many))
    for times in (1, 1.5, 2, 2.5, 3):
        enough = offers["rise"] > times * offers["cut"]
        made[f"{times}_times_the_cut"] = _chosen(offers, enough)
    return made


@sheet.decision(
    best=lambda company: _enough(company, "price"),
    choices=lambda company: _offers(company)["product_id"],
    good_enough=0.97,
    guesses=_guesses,
)
def price_cuts(company: Company, chosen: set[str]) -> float:
    """The margin that the cuts add in 13 weeks."""
    offers = _offers(company)
    net, cost = _net(offers), offers["unit_cost"]
    after = (net * (1 - offers["cut"]) - cost) * (1 + offers["rise"])
    added = offers["pieces"] * (after - (net - cost))
    return float(added[offers["product_id"].isin(chosen)].sum())


@price_cuts.mistake("markup")
def _by_markup(company: Company) -> set[str]:
    return _enough(company, "cost")


@price_cuts.mistake("with_tax")
def _with_tax(company: Company) -> set[str]:
    return _enough(company, "price", tax=True)


@price_cuts.mistake("revenue")
def _more_revenue(company: Company) -> set[str]:
    offers = _offers(company)
    return _chosen(offers, (1 - offers["cut"]) * (1 + offers["rise"]) > 1)
