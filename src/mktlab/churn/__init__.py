"""Churn: who is about to stop buying, told from what was known before.

`snapshots` goes back to cut dates and makes a row for each customer at risk: features that know
only the days before the cut, and the label of what followed. A model is scikit-learn's matter; what
its risks are worth is told by `auc` (with an interval), `calibration`, `gains` and `profit_curve`.
"""

from mktlab.churn.features import FEATURES
from mktlab.churn.scores import AUC, auc, calibration, gains, profit_curve
from mktlab.churn.windows import UNDATED, snapshots

__all__ = [
    "AUC",
    "FEATURES",
    "UNDATED",
    "auc",
    "calibration",
    "gains",
    "profit_curve",
    "snapshots",
]
