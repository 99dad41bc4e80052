"""When customers leave: cohorts without a contract, and contracts with a day on which they end.

`fit_sbg` and `project` say how many of a cohort will stay (`sbg`). `lives` makes a table of
contracts ready, with the renewals that were seen of each; `chances`, `incidence` and `mean_life`
read it, `ahead` says how many will be paid (`contracts`), and `cox` compares contracts
(`ratios`).
"""

from mktlab.survival.contracts import (
    MeanLife,
    ahead,
    chances,
    incidence,
    lives,
    mean_life,
    seen_until,
)
from mktlab.survival.ratios import cox
from mktlab.survival.sbg import Sbg, fit_sbg, project

__all__ = [
    "MeanLife",
    "Sbg",
    "ahead",
    "chances",
    "cox",
    "fit_sbg",
    "incidence",
    "lives",
    "mean_life",
    "project",
    "seen_until",
]
