"""The tests of a company, compared and followed day by day, against a loop over SciPy's test."""

import mktlab
from benchmarks.timing import Ratio, compare
from mktlab import experiments


def run() -> list[Ratio]:
    """All tests of Maison Solane: results, and always-valid intervals of every day."""
    from scipy.stats import chi2_contingency

    tests = mktlab.load("solane").experiments

    def ours() -> object:
        return experiments.compare(tests), experiments.running(tests)

    def by_hand() -> object:
        found = []
        for _, rows in tests.groupby("experiment_id"):
            wide = rows.pivot_table(
                index="date", columns="is_control", values=["visitors", "conversions"]
            ).cumsum()
            for _, day in wide.iterrows():
                counts = [
                    [day["conversions"][side], day["visitors"][side] - day["conversions"][side]]
                    for side in (True, False)
                ]
                found.append(chi2_contingency(counts, correction=False).pvalue)
        return found

    return [compare("tests of a company: day by day / a loop over SciPy", ours, by_hand)]
