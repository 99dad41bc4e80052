"""Claims about contracts: late entry, ends that compete, how long they last, what goes with it."""

import numpy as np
import pandas as pd
import pytest
from statsmodels.duration.survfunc import CumIncidenceRight, SurvfuncRight

from mktlab import survival
from mktlab.schema import MktlabError

START = pd.Timestamp("2020-01-06")
CANCEL, FAIL = 0.06, 0.02


def contracts(seed, *, size=4000, log=52 * 7, days=156 * 7):
    """Contracts of which those that ended before the log began are in no table."""
    rng = np.random.default_rng(seed)
    began = rng.integers(0, days, size)
    life = rng.geometric(CANCEL + FAIL, size)
    end = began + survival.contracts.EVERY * life
    seen = (end >= log) & (began < days)
    known = seen & (end < days)
    failed = rng.random(size) < FAIL / (CANCEL + FAIL)
    table = pd.DataFrame(
        {
            "started_date": START + pd.to_timedelta(began, unit="D"),
            "ended_date": (START + pd.to_timedelta(end, unit="D")).where(known),
            "cancel_reason": np.where(known, np.where(failed, "card refused", "too dear"), ""),
        }
    )
    return table[seen].reset_index(drop=True), START + pd.Timedelta(days=days)


def lives(seed, **more):
    table, today = contracts(seed)
    since = START + pd.Timedelta(days=52 * 7)
    causes = {"card refused": "payment failed"}
    return survival.lives(table, today=today, **({"since": since, "causes": causes} | more))


@pytest.fixture(scope="module")
def known():
    return lives(1)


def test_late_entry_gives_the_truth_and_leaving_it_out_does_not(known):
    truth = (1 - CANCEL - FAIL) ** np.arange(1, 27)
    share = 1 - survival.incidence(known)["share"][:26]
    assert np.abs(share - truth).max() < 0.04
    naive = 1 - survival.incidence(known.assign(entry=0))["share"][:26]
    assert (naive - truth)[5:14].min() > 0.03


def test_all_causes_together_are_kaplan_meier_as_statsmodels_has_it(known):
    fit = SurvfuncRight(known["age"], known["ended"], entry=known["entry"])
    ours = 1 - survival.incidence(known)["share"].loc[fit.surv_times]
    assert ours.to_numpy() == pytest.approx(fit.surv_prob)


def test_without_late_entry_incidence_is_that_of_statsmodels(known):
    young = known[known["entry"] == 0]
    code = young["cause"].map({"": 0, "canceled": 1, "payment failed": 2})
    theirs = CumIncidenceRight(young["age"].to_numpy(), code.to_numpy())
    for place, cause in enumerate(["canceled", "payment failed"]):
        ours = survival.incidence(young, cause).loc[theirs.times]
        assert ours["share"].to_numpy() == pytest.approx(theirs.cinc[place])


def test_the_causes_add_up_and_one_cause_alone_is_too_much(known):
    whole = survival.incidence(known)["share"]
    parts = [survival.incidence(known, name)["share"] for name in ("canceled", "payment failed")]
    assert sum(parts).to_numpy() == pytest.approx(whole.to_numpy())
    alone = survival.incidence(known.assign(ended=known["cause"] == "canceled"))["share"]
    assert (alone[12:] > parts[0][12:]).all()
    assert parts[0][26] == pytest.approx(0.75 * (1 - 0.92**26), abs=0.04)


def test_chances_by_class_find_both_causes(known):
    told = survival.chances(known, first=(1, 4, 14))
    assert told.index.tolist() == [1, 4, 14]
    assert told["canceled"].to_numpy() == pytest.approx(CANCEL, abs=0.012)
    assert told["payment failed"].to_numpy() == pytest.approx(FAIL, abs=0.008)
    assert (told["low"] < told["ended"]).all() and (told["ended"] < told["high"]).all()
    assert told["ended"].to_numpy() == pytest.approx(
        (told["canceled"] + told["payment failed"]).to_numpy()
    )


def test_mean_life_is_the_area_below_the_curve(known):
    truth = sum(0.92**k for k in range(27))
    found = survival.mean_life(known, renewals=26)
    assert found.low < truth < found.high
    assert found.value == pytest.approx(1 + (1 - survival.incidence(known)["share"][:26]).sum())


def test_who_has_left_had_a_shorter_life(known):
    assert known.loc[known["ended"], "age"].mean() < survival.mean_life(known, renewals=30).value


def test_cox_recovers_a_ratio_with_late_entry():
    logs = []
    for seed in range(8):
        rng = np.random.default_rng([35, seed])
        dear = rng.random(1500) < 0.5
        age = rng.geometric(np.where(dear, 0.09, 0.05))
        entry = rng.integers(0, 6, 1500)
        seen = age > entry
        table = pd.DataFrame({"entry": entry, "age": np.minimum(age, 30), "dear": dear})
        told = survival.cox(table.assign(ended=age <= 30)[seen], ["dear"])
        logs.append(np.log(told["ratio"]["dear"]))
    # odds of 9 to 91 over 5 to 95 is what Efron's ties stand near; the ratio is 1.8
    assert np.exp(np.mean(logs)) == pytest.approx(1.8, abs=0.12)


def test_contracts_of_the_log_boundary_count_as_they_were_seen():
    days = pd.to_datetime(["2025-01-01", "2025-01-01", "2025-01-08", "2024-12-04"])
    ends = pd.to_datetime(["2025-01-29", None, "2025-01-15", "2025-01-01"])
    table = pd.DataFrame({"started_date": days, "ended_date": ends, "cancel_reason": "x"})
    # due on January 29, which is today: nobody knows yet
    table = table.assign(ended_date=ends.where(ends < "2025-01-29"))
    known = survival.lives(table, today=pd.Timestamp("2025-01-29"))
    assert known["started_date"].tolist() == [days[2], days[3]]  # the others had no renewal yet
    assert known[["entry", "age"]].to_numpy().tolist() == [[0, 1], [0, 1]]
    assert known["ended"].all()


def test_an_end_ahead_of_today_is_no_end_yet():
    days = pd.to_datetime(["2025-01-01"])
    ends = pd.to_datetime(["2025-06-01"])
    table = pd.DataFrame({"started_date": days, "ended_date": ends, "cancel_reason": "x"})
    known = survival.lives(table, today=pd.Timestamp("2025-03-05"))
    assert known[["age", "ended", "cause"]].to_numpy().tolist() == [[2, False, ""]]


def test_few_contracts_tell_nothing_of_late_renewals(known):
    last = survival.seen_until(known)
    at_risk = survival.chances(known, first=range(1, known["age"].max() + 1))["at_risk"]
    assert at_risk[last] >= 20 and (at_risk[at_risk.index > last] < 20).all()


def test_ahead_comes_to_rest_where_as_many_start_as_end():
    chance = pd.Series([0.2, 0.1], index=[1, 4])
    paid = survival.ahead(chance, running=pd.Series(dtype=float), starts=5, periods=400)
    stays = np.cumprod([1, 0.8, 0.8, 0.8])
    rest = 5 * (stays.sum() + stays[-1] * 0.9 / 0.1)
    assert paid.iloc[-1] == pytest.approx(rest)
    assert paid.iloc[0] == 5


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda t: survival.lives(t.drop(columns="started_date"), today=START), "started_date"),
        (lambda t: survival.lives(t, today=START, every=0), "every is 0"),
        (lambda t: survival.lives(t, today=START), "No contract came up"),
        (lambda t: survival.incidence(t), "column age is missing"),
        (lambda t: survival.incidence(lives(1), "bored"), "the causes are: canceled"),
        (lambda t: survival.seen_until(lives(1).head(10)), "Only 0 renewals were seen of 20"),
        (lambda t: survival.incidence(lives(1).query("~ended")), "No contract has ended yet"),
        (lambda t: survival.chances(lives(1), first=(2,)), "rise from 1"),
        (lambda t: survival.mean_life(lives(1), renewals=999), "known up to renewal"),
        (lambda t: survival.cox(lives(1), ["price"]), "column price is missing"),
        (lambda t: survival.cox(lives(1).assign(price=1), ["price"]), "same in all rows"),
        (lambda t: survival.cox(lives(1).query("~ended"), ["entry"]), "Nothing has ended"),
        (
            lambda t: survival.ahead(pd.Series([2.0]), running=pd.Series(), starts=1, periods=1),
            "chances from 0 to 1",
        ),
    ],
)
def test_bad_input_gets_one_sentence(call, told):
    with pytest.raises(MktlabError, match=told):
        call(contracts(1)[0])
