"""Whom an offer changes, and what a list of people is worth: from a test chosen at random.

One row per person, with an `outcome` where true is good (such as *stayed*), and `treated`, who got
the offer. `effects` and `cross_fit` tell uplift, `policy_value` the worth of a list, `uplift_at`
and `qini` how good a ranking is.
"""

from mktlab.uplift.learners import Learner, chance, cross_fit, effects
from mktlab.uplift.policy import Qini, policy_value, qini, uplift_at

__all__ = ["Learner", "Qini", "chance", "cross_fit", "effects", "policy_value", "qini", "uplift_at"]
