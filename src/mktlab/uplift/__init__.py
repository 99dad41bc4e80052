"""Whom an offer changes, and what a list of people is worth: from a test chosen at random.

One row per person, with an `outcome` where true is good (such as *stayed*), and `treated`, who got
the offer. `predict` and `cross_fit` tell uplift, `policy_value` the worth of a list, `uplift_at`
and `qini` how good a ranking is.
"""

from mktlab.uplift.learners import Learner, cross_fit, predict
from mktlab.uplift.policy import Qini, policy_value, qini, uplift_at

__all__ = ["Learner", "Qini", "cross_fit", "policy_value", "predict", "qini", "uplift_at"]
