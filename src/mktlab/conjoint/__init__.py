"""Choice studies: what people choose among, and what each part of a product is worth to them.

`choice_model` fits a multinomial logit to the choices by its own likelihood: a *worth* for each
part of a product, for each euro of its price, and for leaving without one. `willingness` turns
worths into money, `shares` simulates a shelf (`as_in_shop`: of people who pay), `hit_rate` tests a
model on tasks it has not seen. `person_worths` lets each person have worths of her own;
`importance` and `shares` take either. `straight_liners` finds who always clicks on the same place.
No name of an attribute is known here: what a table of choices holds beside its keys is an
attribute.
"""

from mktlab.conjoint.answers import (
    as_in_shop,
    hit_rate,
    importance,
    shares,
    straight_liners,
    willingness,
)
from mktlab.conjoint.logit import ChoiceModel, choice_model
from mktlab.conjoint.people import person_worths

__all__ = [
    "ChoiceModel",
    "as_in_shop",
    "choice_model",
    "hit_rate",
    "importance",
    "person_worths",
    "shares",
    "straight_liners",
    "willingness",
]
