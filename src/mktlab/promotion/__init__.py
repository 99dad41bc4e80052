"""Promotion: whom a media plan meets, what the next euro of each channel brings, and where it goes.

`media_plan` reads a panel of media: reach, frequency, rating points and their cost, for each
support and for all together. `media_model` learns from spend and sales by week and zone what each
channel adds, and starts from what tests elsewhere have told; its `returns` are those of the mean
and of the next euro. `allocate` moves a budget to where the next euro brings most, and says how
sure that is. `redrawn` asks of a geo test how often chance alone would show as much.
"""

from mktlab.promotion.budget import Allocation, allocate
from mktlab.promotion.lot import redrawn
from mktlab.promotion.reach import media_plan
from mktlab.promotion.response import MediaModel, media_model

__all__ = ["Allocation", "MediaModel", "allocate", "media_model", "media_plan", "redrawn"]
