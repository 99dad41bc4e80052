"""Churn: who is about to stop buying, told from what was known before.

`snapshots` goes back to cut dates and makes a row for each customer at risk: features that know
only the days before the cut, and the label of what followed. A model is scikit-learn's matter; what
its risks are worth is told by `auc` and `auc_difference` (with intervals), `calibration`, `gains`,
`profit_curve` and `residual_value`.
"""

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
    "gains",
    "profit_curve",
    "residual_value",
    "snapshots",
]
