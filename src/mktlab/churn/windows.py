"""Snapshots: what was known of each customer on a cut day, and what followed.

`snapshots` checks what it is asked for, measures each cut by itself and adds the label.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from mktlab.churn.features import FEATURES, MEASURES, NEEDS, Ints, Purchases
from mktlab.schema import MktlabError
from mktlab.show.words import say
from mktlab.spelling import need_columns
from mktlab.tables import TABLES, HasTables

UNDATED: dict[str, str] = {
    "ltv_total": "customers.ltv_total was added up on the day of the export",
    "email_opt_in": "customers.email_opt_in is as it stood on the day of the export",
    "loyalty_member": "customers.loyalty_member is as it stood on the day of the export",
    "ended_date": "subscriptions.ended_date tells who left: use subscribed",
    "cancel_reason": "subscriptions.cancel_reason is filled in only when somebody leaves",
    "lapsed": "retention_campaign.lapsed is an outcome",
}
"""Columns that know what came after a cut -> why."""


def snapshots(
    company: HasTables,
    dates: date | str | Iterable[date | str],
    *,
    window_weeks: int,
    horizon_weeks: int | None,
    features: Sequence[str] | None = None,
    extra: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """One row per customer at risk and cut date: what was known that day, and what followed.

    At risk is who made a purchase in the `window_weeks` before the cut day. Features (`FEATURES`)
    use only rows dated before it. `churned` says that no purchase followed in the `horizon_weeks`
    from the cut day on. A purchase is what `mktlab.orders.purchases` says.

    Three things have no date of their own and count as known from the order or e-mail on: `status`,
    `refunded` and `opened`. A feature is empty where its table begins more than a week after the
    window does: not known is not zero.

    Parameters
    ----------
    company
        Its tables and present day. `orders` is needed; other tables add features.
    dates
        One cut day or several, as days or as text `YYYY-MM-DD`.
    window_weeks
        Weeks looked back on, 1 to 520.
    horizon_weeks
        Weeks looked ahead for the label, 1 to 520; None leaves the label out, to score today.
    features
        Names of `FEATURES` to compute; by default all that the tables allow.
    extra
        Features of your own: `customer_id, cut_date`, the `known_date` on which they were known,
        which must be before the cut, and one column per feature.

    Returns
    -------
    DataFrame sorted by cut date and customer: `cut_date, customer_id`, the features, `churned`.

    Raises
    ------
    MktlabError
        When a label is not observed yet, the window begins before the orders do, nobody is at
        risk, or something asked for knows what came after the cut.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> orders = pd.DataFrame({
    ...     "order_id": ["1", "2", "3", "4"],
    ...     "customer_id": ["Ana", "Ben", "Ana", "Ana"],
    ...     "order_date": pd.to_datetime(["2025-01-01", "2025-01-10", "2025-01-25", "2025-02-03"]),
    ...     "revenue": [20.0, 15.0, 30.0, 10.0],
    ... })
    >>> shop = SimpleNamespace(tables={"orders": orders}, today=pd.Timestamp("2025-03-01"))
    >>> table = snapshots(shop, "2025-01-29", window_weeks=4, horizon_weeks=4)
    >>> table[["customer_id", "recency_days", "purchases", "spend", "churned"]]
      customer_id  recency_days  purchases  spend  churned
    0         Ana           4.0        2.0   50.0    False
    1         Ben          19.0        1.0   15.0     True
    """
    window = 7 * weeks_of("window_weeks", window_weeks)
    horizon = 0 if horizon_weeks is None else 7 * weeks_of("horizon_weeks", horizon_weeks)
    tables, today = company_tables(company)
    cuts = _cuts(dates, number_of(today), horizon)
    wanted = _wanted(tables, features)
    bought = Purchases(tables, today)
    others = {name: MEASURES[name](tables, bought) for name in wanted if name in MEASURES}
    parts = []
    for cut in cuts:
        at_risk = _at_risk(bought, cut, window)
        measures = bought.measures(cut, window)
        measures |= {name: measure(cut, window) for name, measure in others.items()}
        part = pd.DataFrame({name: measures[name][at_risk] for name in wanted})
        part.insert(0, "cut_date", _day(cut))
        part.insert(1, "customer_id", bought.ids[at_risk])
        if horizon:
            part["churned"] = ~np.isin(at_risk, bought.code[bought.between(cut, cut + horizon)])
        parts.append(part)
    table = pd.concat(parts, ignore_index=True)
    return table if extra is None else _with_extra(table, extra)


def _at_risk(bought: Purchases, cut: int, window: int) -> Ints:
    """Who made a purchase in the window, as positions in `bought.ids`."""
    first = int(bought.day[0])
    if cut - window < first:
        raise MktlabError(
            say(
                "The {window} weeks before the cut {cut:%Y-%m-%d} begin before the first purchase "
                "({first:%Y-%m-%d}): take cuts from {earliest:%Y-%m-%d} on, or a smaller "
                "window_weeks.",
                window=window // 7,
                cut=_day(cut),
                first=_day(first),
                earliest=_day(first + window),
            )
        )
    at_risk: Ints = np.unique(bought.code[bought.between(cut - window, cut)])
    if not len(at_risk):
        raise MktlabError(
            say(
                "Nobody bought in the {window} weeks before the cut {cut:%Y-%m-%d}: take a larger "
                "window_weeks or another cut.",
                window=window // 7,
                cut=_day(cut),
            )
        )
    return at_risk


def company_tables(company: HasTables) -> tuple[Mapping[str, pd.DataFrame], pd.Timestamp]:
    if not (hasattr(company, "tables") and hasattr(company, "today")):
        raise MktlabError(
            say(
                'company is a {name}: give a company, such as mktlab.load("solane").',
                name=type(company).__name__,
            )
        )
    samples = getattr(company, "samples", {})  # they say nothing of a customer who is not in them
    tables = {name: table for name, table in company.tables.items() if name not in samples}
    return tables, pd.Timestamp(company.today)


def weeks_of(name: str, weeks: object) -> int:
    if isinstance(weeks, bool) or not isinstance(weeks, int) or not 1 <= weeks <= 520:
        raise MktlabError(
            say(
                "{name} is {weeks!r}: give a whole number of weeks from 1 to 520.",
                name=name,
                weeks=weeks,
            )
        )
    return weeks


def _cuts(dates: Any, today: int, horizon: int) -> list[int]:
    """The cut days in order, none after today or too late for its label to be observed."""
    several = isinstance(dates, Iterable) and not isinstance(dates, str)
    cuts = sorted(_cut(one) for one in (list(dates) if several else [dates]))
    if not cuts:
        raise MktlabError(say("dates is empty: give a cut day, such as '2025-06-30', or several."))
    if len(set(cuts)) < len(cuts):
        raise MktlabError(say("dates holds a cut day twice: give each day once."))
    if cuts[-1] + horizon > today:
        cut, now, latest = _day(cuts[-1]), _day(today), _day(today - horizon)
        if not horizon:
            raise MktlabError(
                say(
                    "The cut {cut:%Y-%m-%d} is too late: today is {today:%Y-%m-%d}. Take cuts up "
                    "to {latest:%Y-%m-%d}.",
                    cut=cut,
                    today=now,
                    latest=latest,
                )
            )
        raise MktlabError(
            say(
                "The cut {cut:%Y-%m-%d} is too late: the {weeks} weeks after it end on "
                "{end:%Y-%m-%d}, and today is {today:%Y-%m-%d}. Take cuts up to {latest:%Y-%m-%d}, "
                "or horizon_weeks=None to leave the label out.",
                cut=cut,
                weeks=horizon // 7,
                end=_day(cuts[-1] + horizon),
                today=now,
                latest=latest,
            )
        )
    return cuts


def _cut(one: Any) -> int:
    with suppress(ValueError, TypeError, AttributeError):  # NaT is a date without days
        if isinstance(one, str):
            return number_of(pd.Timestamp(date.fromisoformat(one)))
        if isinstance(one, date | np.datetime64):
            day = pd.Timestamp(one)
            if day.tz is None and day == day.normalize():
                return number_of(day)
    raise MktlabError(
        say(
            "dates holds {one!r}: give days such as company.today or '2025-06-30' (YYYY-MM-DD).",
            one=one,
        )
    )


def _wanted(tables: Mapping[str, pd.DataFrame], features: Sequence[str] | None) -> list[str]:
    """The features to compute, in the order of `FEATURES`."""
    possible = [name for name in FEATURES if not _lacking(tables, name)]
    if features is None:
        return possible
    asked = [features] if isinstance(features, str) else list(features)
    for name in asked:
        _refuse_undated(name)
        if name not in FEATURES:
            raise MktlabError(
                say(
                    "features holds {name!r}: choose among {features}.",
                    name=name,
                    features=", ".join(FEATURES),
                )
            )
        if name not in possible:
            raise MktlabError(
                say(
                    "features asks for {name}, which needs {tables}.",
                    name=name,
                    tables=_lacking(tables, name),
                )
            )
    if not asked:
        raise MktlabError(
            say("features is empty: choose among {possible}.", possible=", ".join(possible))
        )
    return [name for name in FEATURES if name in asked]


def _lacking(tables: Mapping[str, pd.DataFrame], feature: str) -> str:
    """What a feature needs and the tables do not have; "" for nothing."""
    table, *columns = NEEDS.get(feature, ("orders",))
    if table not in tables or (table != "orders" and not len(tables[table])):
        whole = say(", the whole of it") if TABLES[table].sample_of else ""
        return say("the table {table}{whole}", table=table, whole=whole)
    missing = [name for name in columns if name not in tables[table]]
    return (
        say("the column {missing} of {table}", missing=", ".join(missing), table=table)
        if missing
        else ""
    )


def _refuse_undated(name: object) -> None:
    column = str(name).rpartition(".")[2]
    if column in UNDATED:
        raise MktlabError(
            say(
                "{name} cannot be a feature, because it may know what came after the cut: "
                "{undated}.",
                name=name,
                undated=UNDATED[column],
            )
        )


def _with_extra(table: pd.DataFrame, extra: pd.DataFrame) -> pd.DataFrame:
    """The snapshots with features of the caller's own, all known before the cut."""
    keys = ["cut_date", "customer_id"]
    told = say("known_date is the day on which the rest of the row was known")
    need_columns((*keys, "known_date"), extra, of="extra", do=told)
    own = [name for name in extra if name not in (*keys, "known_date")]
    for name in own:
        _refuse_undated(name)
    clash = [str(name) for name in own if name in table]
    if clash or not own:
        told = (
            say("has {clash}, as the snapshots do", clash=", ".join(clash))
            if clash
            else say("has no feature")
        )
        raise MktlabError(say("extra {told}: give each feature a name of its own.", told=told))
    for name in ("cut_date", "known_date"):
        if not pd.api.types.is_datetime64_dtype(extra[name]) or extra[name].isna().any():
            raise MktlabError(say("{name} of extra must be a day in every row.", name=name))
    late = extra["known_date"] >= extra["cut_date"]
    if late.any():
        row = int(late.to_numpy().argmax())
        raise MktlabError(
            say(
                "extra has {late:count} rows known on or after their cut, first row {row}, known "
                "on {known:%Y-%m-%d}, cut on {cut:%Y-%m-%d}: on the cut day nobody knew them.",
                late=late.sum(),
                row=row,
                known=extra["known_date"].iloc[row],
                cut=extra["cut_date"].iloc[row],
            )
        )
    if (twice := extra.duplicated(keys)).any():
        raise MktlabError(
            say(
                "extra has {twice:count} rows too many, first row {row}: give one per customer "
                "and cut.",
                twice=twice.sum(),
                row=int(twice.to_numpy().argmax()),
            )
        )
    labels = [name for name in ("churned",) if name in table]
    joined = table.drop(columns=labels).merge(extra[[*keys, *own]], how="left", on=keys)
    return joined.assign(**{name: table[name] for name in labels})


def number_of(day: pd.Timestamp) -> int:
    return day.toordinal() - date(1970, 1, 1).toordinal()


def _day(number: int) -> pd.Timestamp:
    return pd.Timestamp(0) + pd.Timedelta(days=int(number))
