"""Which piece of what people see counts? Weights of marks that go together, with and without halo.

`marked` finds the answers. All else starts from one table of covariances,
`table[[outcome, *marks]].cov()`. `relative_weights` (Johnson) and `shapley` share out what the
marks explain; `regression_weights` says how far the outcome moves with one mark while the others
stay. `halo` finds what lifts all marks of an answer at once, `without_halo` takes it out of the
covariances, after which each of the three may be asked again. `intervals` repeats all of it on
customers drawn anew. (Of Python's libraries, `rwa` has Johnson's weights, for Python 3.13 on; none
takes out a halo or draws customers.)
"""

from mktlab.drivers.answers import Marked, marked
from mktlab.drivers.factor import halo, intervals, without_halo, without_halo_weights
from mktlab.drivers.weights import regression_weights, relative_weights, shapley

__all__ = [
    "Marked",
    "halo",
    "intervals",
    "marked",
    "regression_weights",
    "relative_weights",
    "shapley",
    "without_halo",
    "without_halo_weights",
]
