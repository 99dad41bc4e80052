"""Until which day a rate may speak: open cases are late cases that nobody knows of yet."""

import numpy as np
import pandas as pd
import pytest

from mktlab.control_charts import mature_until
from mktlab.schema import MktlabError

TODAY = pd.Timestamp("2025-06-30")


def parcels(today=TODAY, rows=20_000, seed=1):
    """Parcels of half a year; each takes 1 to 10 days, and what comes later is not known yet."""
    rng = np.random.default_rng(seed)
    ordered = today - pd.to_timedelta(rng.integers(1, 183, rows), unit="D")
    came = ordered + pd.to_timedelta(rng.integers(1, 11, rows), unit="D")
    table = pd.DataFrame({"ordered": ordered, "came": came})
    return table, table.assign(came=table["came"].where(table["came"] < today))


def test_the_age_is_found_although_the_youngest_are_still_open():
    """All took 10 days at most; known is all until the day before today: 11 days back."""
    _, known = parcels()
    day = mature_until(known["ordered"], known["came"], today=TODAY, share=1)
    assert day == TODAY - pd.Timedelta(days=11)
    half = mature_until(known["ordered"], known["came"], today=TODAY, share=0.5)
    assert half == TODAY - pd.Timedelta(days=6)


def test_until_that_day_the_share_that_came_late_is_the_true_one_and_after_it_is_not():
    true, known = parcels()
    until = mature_until(known["ordered"], known["came"], today=TODAY)
    late = (true["came"] - true["ordered"]).dt.days > 8
    seen = known["came"].notna()
    old, young = true["ordered"] <= until, true["ordered"] > until
    assert late[old & seen].mean() == pytest.approx(late[old].mean(), abs=0.005)
    assert late[young & seen].mean() < 0.5 * late[young].mean()


def test_who_looks_back_from_an_earlier_day_sees_what_was_known_then():
    true, _ = parcels()
    then = TODAY - pd.Timedelta(days=60)
    _, cut = parcels()
    cut = cut[cut["ordered"] < then]
    cut = cut.assign(came=cut["came"].where(cut["came"] < then))
    back = mature_until(true["ordered"], true["came"], today=then)
    assert back == mature_until(cut["ordered"], cut["came"], today=then)


def test_tickets_with_hours_and_a_time_zone_are_days_as_well():
    opened = pd.Series(pd.to_datetime(["2025-05-01T09:00Z", "2025-05-01T20:00Z"]))
    closed = pd.Series(pd.to_datetime(["2025-05-01T10:00Z", "2025-05-03T08:00Z"]))
    # The longer one took a day and a half, so that two days must have passed.
    assert mature_until(opened, closed, today="2025-05-10") == pd.Timestamp("2025-05-07")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"opened": ["2025-05-01"]}, "opened must be a column of days"),
        ({"settled": pd.Series(["2025-05-01"])}, "settled must be a column of days"),
        ({"today": "yesterday"}, "today is 'yesterday'"),
        ({"today": None}, "today is None"),
        ({"settled": pd.Series(pd.to_datetime(["2025-05-01"]))}, "opened has 2 rows and settled 1"),
        ({"share": 95}, "share is 95: give one above 0, at most 1"),
        ({"settled": pd.Series(pd.to_datetime([None, None]))}, "0% are ever settled, fewer"),
    ],
)
def test_what_says_nothing_of_age_is_refused_in_one_sentence(change, words):
    day = pd.Series(pd.to_datetime(["2025-05-01", "2025-05-02"]))
    with pytest.raises(MktlabError, match=words) as told:
        mature_until(**{"opened": day, "settled": day, "today": "2025-06-01"} | change)
    assert "\n" not in str(told.value)
