"""Churn: who is about to stop buying, told from what was known before.

`cut_days` are the days to go back to. `snapshots` makes a row for each customer at risk on each:
features that know only the days before the cut, and the label of what followed; `split` keeps the
latest cut for the test. A model is scikit-learn's matter; what its risks are worth is told by
`auc` and `auc_difference` (with intervals), `calibration`, `gains`, `profit_curve` and
`residual_value`.
"""

from mktlab.churn.cuts import cut_days, split
from mktlab.churn.features import FEATURES
from mktlab.churn.ranking import AUC, AUCDifference, auc, auc_difference
from mktlab.churn.scores import calibration, gains, profit_curve, residual_value
from mktlab.churn.windows import UNDATED, snapshots

__all__ = [
    "AUC",
    "FEATURES",
    "UNDATED",
    "AUCDifference",
    "auc",
    "auc_difference",
    "calibration",
    "cut_days",
    "gains",
    "profit_curve",
    "residual_value",
    "snapshots",
    "split",
]
