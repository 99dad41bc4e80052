"""Reports of advertising and search tools become weeks of the course's tables, to the cent."""

import shutil
from pathlib import Path

import pytest

from mktlab.folder_check import check
from mktlab.reading import read_folder
from mktlab.reading.meanings import presets

EXPORTS = Path(__file__).with_name("exports")

SUMS = {
    "google_ads": (
        "Google Ads campaigns",
        15,
        4,
        {"spend": 182.12, "clicks": 522, "impressions": 13600, "claimed_conversions": 14},
    ),
    "google_ads_fr": (
        "Google Ads campaigns",
        5,
        3,
        {"spend": 1087.10, "clicks": 250, "impressions": 6110, "claimed_conversions": 7},
    ),
}
"""Fixture -> preset, rows below the headers, rows by week, and the sums, added up by hand."""


def read(folder, *names):
    """The folder's tables after one command, and all that was told."""
    for name in names:
        shutil.copy(EXPORTS / name, folder / f"Report {name}")
    lines, well = check(folder, save=True)
    assert well, "\n".join(lines)
    return read_folder(folder)


@pytest.mark.parametrize("name", SUMS)
def test_a_raw_report_is_read_to_the_cent_and_every_row_is_in_the_account(tmp_path, name):
    preset, rows, weeks, sums = SUMS[name]
    reading = read(tmp_path, f"{name}.csv")
    table = reading.tables[presets()[preset].table]
    [account] = reading.account.files
    assert account.rows == rows
    assert account.kept == len(table) == weeks
    assert {column: round(float(table[column].sum()), 2) for column in sums} == sums
    assert (table["week"].dt.day_of_week == 0).all()
    assert any(f"read as {preset}" in sentence for sentence in account.assumed)
