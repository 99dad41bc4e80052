"""What does the market think, and how many must we ask?

`samples` weights a sample, gives its shares intervals and says how large it must be; `brand_map`
places brands by what people say of them.
"""

from mktlab.market_study.brand_map import PerceptualMap, perceptual_map
from mktlab.market_study.samples import (
    Share,
    design_effect,
    margin_of_error,
    rake,
    sample_size,
    share_gap,
    weighted_share,
)

__all__ = [
    "PerceptualMap",
    "Share",
    "design_effect",
    "margin_of_error",
    "perceptual_map",
    "rake",
    "sample_size",
    "share_gap",
    "weighted_share",
]
