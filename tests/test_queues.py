"""Claims about queues: published numbers, limits, a simulation, and patience found again."""

import numpy as np
import pandas as pd
import pytest

from mktlab import queues
from mktlab.schema import MktlabError


def hour(arrivals, staff, minutes):
    return pd.DataFrame({"arrivals": [arrivals], "staff": [staff], "service_minutes": [minutes]})


def test_published_comparison_of_erlang_c_and_a():
    """Garnett, Mandelbaum & Reiman (2002), table 1: 50 agents, 48 calls a minute of 1 minute.

    With 2 minutes of patience 3.1% give up, 3.7 seconds of wait, 93% busy; without, 20.8 and 96%.
    """
    a = queues.erlang_a(hour(2880.0, 50.0, 1.0), patience_minutes=2.0).iloc[0]
    assert (round(a["gives_up"], 3), round(60 * a["wait_minutes"], 1)) == (0.031, 3.7)
    assert round(a["busy"], 2) == 0.93
    c = queues.erlang_a(hour(2880.0, 50.0, 1.0), patience_minutes=np.inf).iloc[0]
    assert (round(60 * c["wait_minutes"], 1), round(c["busy"], 2)) == (20.8, 0.96)


def test_endless_patience_is_erlang_c():
    """Erlang's delay formula with 3 servers and a load of 2: 4/9 must wait."""
    found = queues.erlang_a(hour(40.0, 3.0, 3.0), patience_minutes=np.inf).iloc[0]
    assert found["waits"] == pytest.approx(4 / 9)
    assert found["wait_minutes"] == pytest.approx(4 / 9 * 3 / (3 - 2))
    long = queues.erlang_a(hour(40.0, 3.0, 3.0), patience_minutes=20_000.0).iloc[0]
    assert long["wait_minutes"] == pytest.approx(found["wait_minutes"], rel=1e-3)


def test_as_many_leave_as_the_balance_of_the_line_says():
    """Share that gives up = wait / patience; patience of one service is M/M/infinity."""
    week = pd.concat([hour(a, s, 4.0) for a in (5.0, 20.0, 60.0) for s in (1.0, 2.0, 2.5)])
    found = queues.erlang_a(week, patience_minutes=4.0)
    assert np.allclose(found["gives_up"], found["wait_minutes"] / 4.0)
    load = week["arrivals"].to_numpy() * 4 / 60
    whole = week["staff"].to_numpy() == 1
    empty = np.exp(-load)  # Poisson: all leave at the same rate, served or not
    assert np.allclose(found["waits"][whole], (1 - empty)[whole])


def test_more_staff_and_fewer_guests_never_lose_more():
    staff = pd.concat([hour(30.0, s, 4.0) for s in np.arange(0.5, 6, 0.25)])
    lost = queues.erlang_a(staff, patience_minutes=20.0)["gives_up"].to_numpy()
    assert (np.diff(lost) < 0).all()
    come = pd.concat([hour(a, 2.0, 4.0) for a in np.arange(5, 90, 5.0)])
    lost = queues.erlang_a(come, patience_minutes=20.0)["gives_up"].to_numpy()
    assert (np.diff(lost) > 0).all()


def counted(rng, *, arrivals, staff, service, patience, hours):
    """A counter played guest by guest, hour after hour: guests and how many gave up."""
    clock, free, rows = 0.0, np.zeros(staff), np.zeros((hours, 2), dtype=int)
    while (clock := clock + rng.exponential(60 / arrivals)) < 60 * hours:
        rows[int(clock // 60), 0] += 1
        start = max(clock, free.min())
        if start - clock > rng.exponential(patience):
            rows[int(clock // 60), 1] += 1
        else:
            free[free.argmin()] = start + rng.exponential(service)
    return rows


def sheet(seed, *, patience=20.0, weeks=13):
    """A sheet of a café whose peak and calm hours are played by guest."""
    rng, parts = np.random.default_rng(seed), []
    for name, arrivals, staff in ((8, 30.0, 2), (9, 11.0, 1)):
        rows = counted(
            rng, arrivals=arrivals, staff=staff, service=4.0, patience=patience, hours=6 * weeks
        )
        day = np.arange(6 * weeks)
        dates = pd.Timestamp("2025-01-06") + pd.to_timedelta(day + day // 6, unit="D")
        parts.append(
            pd.DataFrame(
                {
                    "date": dates,
                    "zone": "Lyon",
                    "hour": name,
                    "guests": rows[:, 0],
                    "gave_up": rows[:, 1],
                    "staff": float(staff),
                    "service_minutes": 4.0,
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def test_a_counter_played_guest_by_guest_does_what_the_model_says():
    rows = counted(
        np.random.default_rng(1), arrivals=30.0, staff=2, service=4.0, patience=20.0, hours=2_500
    )
    model = queues.erlang_a(hour(30.0, 2.0, 4.0), patience_minutes=20.0)["gives_up"].iloc[0]
    assert rows[:, 1].sum() / rows[:, 0].sum() == pytest.approx(model, rel=0.04)


def test_patience_is_found_again_over_seeds():
    found = [queues.patience(sheet(seed)) for seed in range(16)]
    assert np.median([p.minutes for p in found]) == pytest.approx(20.0, rel=0.1)
    covered = [p.low <= 20.0 <= p.high for p in found]
    assert sum(covered) >= 13  # of 16; the benchmarks count 400


def test_where_nobody_gives_up_patience_has_no_end():
    found = queues.patience(sheet(1).assign(gave_up=0))
    assert found.minutes == np.inf
    assert repr(found) == "nobody gives up: patience has no end"
    few = queues.patience(sheet(1, weeks=2))
    assert np.isfinite(few.minutes)
    assert "no interval" in repr(few)


def test_the_square_root_rule_keeps_the_hours_and_shares_the_safety():
    load = pd.Series([0.5, 1.0, 2.0, 4.0])
    staff = queues.square_root(load, hours=10.0)
    assert staff.sum() == pytest.approx(10.0)
    safety = (staff - load) / np.sqrt(load)
    assert safety.std() == pytest.approx(0.0, abs=1e-12)
    scarce = queues.square_root(load, hours=1.0)
    assert scarce.sum() == pytest.approx(1.0)
    assert (scarce >= 0).all()


def test_open_hours_make_rates():
    half = sheet(1).assign(open_hours=0.5)
    week, usual = queues.typical_week(half), queues.typical_week(sheet(1))
    assert np.allclose(week["arrivals"], 2 * usual["arrivals"])
    assert np.allclose(week["gave_up"], usual["gave_up"])


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: queues.typical_week(sheet(1).drop(columns="staff")), "no column staff"),
        (lambda: queues.typical_week(sheet(1).assign(guests=0)), "no hour has guests"),
        (lambda: queues.erlang_a(hour(1.0, 1.0, 1.0), patience_minutes=0), "above 0"),
        (lambda: queues.erlang_a(hour(-1.0, 1.0, 1.0), patience_minutes=9), "from 0 up"),
        (lambda: queues.patience(sheet(1), level=95), "between 0 and 1"),
        (lambda: queues.square_root(pd.Series([0.0, 0.0]), hours=3), "not all of them 0"),
        (lambda: queues.square_root(pd.Series([1.0]), hours=0), "above 0"),
    ],
)
def test_bad_input_gets_a_sentence(call, says):
    with pytest.raises(MktlabError, match=says):
        call()
