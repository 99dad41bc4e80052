"""What exercise 34 hands out: families by week, forecasts that were tested, and those to come.

Forecasts are made every four weeks of the last year. The first six times are tested; of the seven
after them only the forecasts are handed out, and what was then sold prices the decision.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mktlab import forecast
from mktlab.course.checking.compare import difference, pairs
from mktlab.course.checking.plain import Unreadable
from mktlab.course.checking.slips import Slip
from mktlab.orders import purchases
from mktlab.show.words import say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mktlab.company import Company

SHORT, LEFT = 4.5, 0.5
TESTED = 6
LEFT_OUT = "gift"
SIMPLE, BEST = "recent", "regression"
NAMES = ("last_year", SIMPLE, "smoothing", BEST)


@lru_cache(maxsize=4)
def sold(company: Company) -> pd.DataFrame:
    """Pieces of each family by week; gifts, which sell once a year, are left out."""
    bought = purchases(company.orders)[["order_id", "order_date"]]
    lines = company.order_lines.merge(bought, on="order_id")
    lines = lines.merge(company.products[["product_id", "category"]], on="product_id")
    lines = lines[lines["category"] != LEFT_OUT]
    return forecast.weekly(lines, today=company.today, by="category", count="quantity")


def plan(company: Company) -> pd.DataFrame:
    return forecast.planned(company.offers, pd.DatetimeIndex(sold(company).index))


@lru_cache(maxsize=4)
def told(company: Company) -> pd.DataFrame:
    """Thirteen forecasts of four weeks by each method, and what was then sold."""
    methods = {name: forecast.METHODS[name] for name in NAMES}
    return forecast.backtest(sold(company), plan(company), methods)


@lru_cache(maxsize=4)
def tested(company: Company) -> pd.DataFrame:
    rows: pd.DataFrame = told(company)
    origins = rows["origin"].drop_duplicates().sort_values()
    return pd.DataFrame(rows[rows["origin"] <= origins.iloc[TESTED - 1]]).reset_index(drop=True)


@lru_cache(maxsize=4)
def later(company: Company) -> pd.DataFrame:
    """The forecasts after those, with a name for each batch, and what was then sold."""
    rows: pd.DataFrame = told(company)
    rows = rows[rows["origin"] > tested(company)["origin"].max()].reset_index(drop=True)
    batch = rows["week"].dt.strftime("%Y-%m-%d") + " " + rows["series"]
    return rows.assign(batch=batch)


@lru_cache(maxsize=4)
def changes(company: Company) -> pd.DataFrame:
    """What the system forecast and the manager made of it, beside what was sold."""
    actual = sold(company).melt(ignore_index=False, var_name="category", value_name="sold")
    return company.forecast_adjustments.merge(actual.reset_index(), on=["week", "category"])


def of(rows: pd.DataFrame, method: str) -> pd.DataFrame:
    return rows[rows["method"] == method]


def batches(company: Company, method: str = BEST, quantile: float | None = None) -> Any:
    """Pieces of each batch: the forecast itself, or a quantile of what may come."""
    rows = of(later(company), method)
    if quantile is None:
        return rows.set_index("batch")["forecast"].rename("pieces")
    past = of(tested(company), method)
    wished = forecast.stock(past, rows, short=quantile, left=1 - quantile)
    return wished.set_index("batch")["pieces"]


def cost(company: Company, pieces: pd.Series[float]) -> float:
    """Margin that is missed where too few are there, and what is left where too many are."""
    actual = of(later(company), BEST).set_index("batch")["actual"]
    more = pieces.reindex(actual.index) - actual
    return float(SHORT * (-more).clip(lower=0).sum() + LEFT * more.clip(lower=0).sum())


def given(company: Company) -> Mapping[str, Any]:
    """What the questions hand out."""
    columns = ["batch", "week", "series", "method", "forecast"]
    return {
        "sold": sold(company),
        "tested": tested(company),
        "ahead": later(company)[columns],
        "changes": changes(company),
    }


def read(answer: Any, known: Any) -> pd.Series[float]:
    """A number of pieces for each batch, by its name or in the order of `ahead`."""
    asked = say(
        "Give a number of pieces for each of the {n:count} batches: a table with the columns "
        "batch and pieces.",
        n=len(known),
    )
    names = sorted(known)  # by week, then family, as in `ahead`
    form = pd.Series(np.arange(1.0, len(known) + 1), pd.Index(names, name="batch"), name="pieces")
    if isinstance(answer, str | int | float | np.number | set):
        raise Unreadable(asked)
    if type(answer) is dict:
        answer = pd.Series(answer, dtype=object)
    if isinstance(answer, pd.DataFrame) and {"batch", "pieces"} <= set(answer.columns):
        answer = answer[["batch", "pieces"]]
    found = pairs(answer, form) if hasattr(answer, "shape") or hasattr(answer, "columns") else {}
    if found:
        (one,) = found.values()
        values = np.asarray(one.mine, dtype=float)[np.argsort(one.theirs)]
    else:
        try:
            values = np.asarray(answer, dtype=float)
        except (TypeError, ValueError):
            raise Unreadable(difference(answer, form) or asked) from None
    if values.shape != (len(known),) or not np.isfinite(values).all():
        raise Unreadable(asked)
    if values.min() < 0:
        raise Unreadable(say("A batch has 0 pieces or more."))
    return pd.Series(values, form.index, name="pieces")


def near(mine: pd.Series[float], other: pd.Series[float]) -> bool:
    """The same batches, to 2% in all of them."""
    return bool(((mine - other).abs() <= 0.02 * other + 1).all())


def amiss(company: Company, chosen: pd.Series[float], _: pd.Series[float]) -> Slip:
    """On which side most is lost."""
    actual = of(later(company), BEST).set_index("batch")["actual"]
    more = chosen - actual
    missing, over = SHORT * (-more).clip(lower=0).sum(), LEFT * more.clip(lower=0).sum()
    if missing > 2 * over:
        why = say(
            "Most is lost on coffee that was asked for and not there. How often may a batch be "
            "sold out, at these two costs?"
        )
        return Slip(say("too few pieces"), why)
    if over > 2 * missing:
        why = say("Most is lost on coffee that was left over. Is it wanted as seldom as that?")
        return Slip(say("too many pieces"), why)
    why = say(
        "Pieces are missing in some weeks and left over in others: a forecast that is less far "
        "off mends both."
    )
    return Slip(say("the forecast is far off"), why)
