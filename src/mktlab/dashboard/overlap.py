"""From which files the numbers of the page come, and the days that all of these files have.

Tools of marketing begin and end on days of their own. A number that needs two of them, such as
revenue for a euro of advertising, is of the days that both have; `Rows` sees to that.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from mktlab.company import Company
from mktlab.dashboard.filters import WEEK
from mktlab.kpi.registry import KPIS
from mktlab.tables import TABLES

DAY = pd.Timedelta(days=1)


def files_behind(company: Company, names: Iterable[str]) -> pd.DataFrame:
    """The files behind some KPIs: `file, channel, kpis, first, last`, a row each.

    `kpis` are those that the file's table is the first to give. Advertising has a row per channel,
    as each tool of advertising is one. Tables of the course's own names have no row.
    """
    first_of: dict[str, list[str]] = {}
    for name in names:
        first_of.setdefault(KPIS[name].tables[0], []).append(name)
    rows = []
    for file in company.account.files if company.account and of_tools(company) else ():
        if file.table in first_of:
            for channel, days in _days(company, file.table):
                end = days.max() + (WEEK - DAY if _weekly(file.table) else 0 * DAY)
                last = min(end, company.today - DAY)
                rows.append((file.file, channel, first_of[file.table], days.min(), last))
    return pd.DataFrame(rows, columns=["file", "channel", "kpis", "first", "last"])


def of_tools(company: Company) -> bool:
    """Whether a company was read from files as tools export them, by names that are no table's."""
    files = company.account.files if company.account else []
    return any(file.parts or Path(file.file).stem.lower() != file.table for file in files)


def _days(company: Company, name: str) -> list[tuple[str, pd.Series[pd.Timestamp]]]:
    table = company.tables[name]
    found = [column.name for column in TABLES[name].columns if column.kind in ("date", "instant")]
    if not found:
        return []
    day = pd.to_datetime(table[found[0]]).dt.tz_localize(None).dt.normalize()
    if name != "ad_spend" or "channel" not in table:
        return [("", day)]
    return [(str(channel), days) for channel, days in day.groupby(table["channel"])]


def _weekly(name: str) -> bool:
    return TABLES[name].columns[0].name == "week"
