"""Intervals keep their word: of hundreds of worlds they cover the truth in 90 to 99%.

The trials are in `benchmarks/coverage.csv`, written by `python -m benchmarks.coverage`. The day of
the last commit says which of them are run again: of one topic in every run, of all in the slow one.
"""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binomtest
from turns import a_third, day

from benchmarks.coverage import FILE, TOPICS, summary, trial

TRIALS = pd.read_csv(FILE)
RUN = 400
SUMMARY = summary(TRIALS).reset_index()
CLAIMS = [pytest.param(row, id=f"{row.topic}: {row.claim}") for row in SUMMARY.itertuples()]


def test_every_topic_makes_claims():
    assert set(SUMMARY["topic"]) == set(TOPICS)


@pytest.mark.parametrize("claim", CLAIMS)
def test_intervals_of_95_percent_cover_the_truth(claim):
    assert claim.worlds >= 200
    assert 0.90 <= claim.covered <= 0.99


@pytest.mark.parametrize("claim", [c for c in CLAIMS if c.values[0].worlds >= RUN])
def test_95_percent_are_in_the_exact_interval_of_400_worlds_or_of_400_others(claim):
    rows = TRIALS[(TRIALS["topic"] == claim.topic) & (TRIALS["claim"] == claim.claim)]
    covered = rows["truth"].between(rows["low"], rows["high"])
    runs = [run for _, run in covered.groupby((rows["seed"] - 1) // RUN)]
    assert [len(run) for run in runs] in ([RUN], [RUN, RUN])
    exact = [binomtest(int(r.sum()), RUN).proportion_ci(0.99, method="exact") for r in runs]
    assert any(low <= 0.95 <= high for low, high in exact)


@pytest.mark.parametrize("topic", a_third(TOPICS))
def test_the_file_holds_what_the_code_finds(topic):
    of_topic = TRIALS[TRIALS["topic"] == topic]
    seed = int(of_topic["seed"].sample(1, random_state=day() or 0).iloc[0])
    again = trial(topic, seed).set_index("claim")
    stored = of_topic[of_topic["seed"] == seed].set_index("claim")
    assert set(again.index) == set(stored.index)
    for column in ("estimate", "low", "high", "truth"):
        assert np.allclose(again[column], stored.loc[again.index, column], rtol=1e-5, atol=1e-8)
