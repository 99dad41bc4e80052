"""The page on realism: published ranges, what the market gives, and every miss explained.

The numbers are made by `make realism`. What the tables of the four worlds tell is measured again
here; the years that are played again, and the large worlds, would take longer.
"""

from __future__ import annotations

import math

import pytest

from benchmarks import realism

KNOWN = realism.quantities()
CHEAP = [name for name in realism.measures(*realism.TABLES) if name not in realism.WORLDS]
PAGE = [
    [cell.strip() for cell in line.strip("|").split(" | ")]
    for line in realism.FILE.read_text(encoding="utf-8").splitlines()
    if line.startswith("| ") and not line.startswith(("| quantity", "| ---"))
]
EVIDENCE = {"read", "weak", "assumption"}


def test_at_least_forty_quantities_have_a_range_a_source_and_a_measure():
    assert len(KNOWN) >= 40
    assert len({row.title for row in KNOWN.values()}) == len(KNOWN)
    assert set(realism.measures()) == set(KNOWN)
    for row in KNOWN.values():
        assert row.low <= row.high
        assert math.isfinite(row.low)
        assert math.isfinite(row.high)
        assert row.source
        assert row.measured
        assert row.evidence in EVIDENCE
        assert row.of in realism.JUDGED


def test_the_page_shows_the_ranges_of_the_toml_in_its_order():
    shown = [(cells[0], cells[1], cells[2], cells[-1]) for cells in PAGE]
    told = [
        (row.name, f"{row.write(row.low)} to {row.write(row.high)}", row.evidence, row.source)
        for row in KNOWN.values()
    ]
    assert shown == told


def test_every_quantity_lies_inside_its_range_or_has_a_reason():
    for cells, row in zip(PAGE, KNOWN.values(), strict=True):
        assert cells[5] == "inside" or (row.reason and cells[5] == f"outside: {row.reason}"), (
            f"{row.title}: the market gives {cells[3]}, published is {cells[1]}, and no reason is "
            "given; mend the market or say why in benchmarks/realism.toml, never the range."
        )


def test_a_miss_is_told_and_a_missing_thing_too():
    row = KNOWN["cafe_hours"]  # 50 to 80
    assert row.judge([60.0, 70.0]) == ("65", "60 to 70", "inside")
    assert row.judge([10.0, 20.0])[2] == "outside"
    assert row._replace(reason="too small").judge([10.0])[2] == "outside: too small"
    assert row.judge([])[2] == "not there yet"
    assert row._replace(of="highest").judge([60.0, 90.0])[2] == "outside"


@pytest.mark.slow
def test_the_page_holds_what_the_tables_tell():
    assert len(CHEAP) >= 15
    found = realism.measure(CHEAP)
    shown = {cells[0]: cells for cells in PAGE}
    for name, values in found.items():
        number, apart, verdict = KNOWN[name].judge(values)
        cells = shown[KNOWN[name].name]
        assert (cells[3].split(" (")[0], cells[4], cells[5]) == (number, apart, verdict), name
