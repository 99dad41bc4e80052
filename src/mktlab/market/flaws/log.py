"""How a defect is put on record, and drawn by lot."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from mktlab.market.draws import Ints, uniforms

Tables = dict[str, pd.DataFrame]
Flaw = Callable[[Tables, int], tuple[Tables, pd.DataFrame]]


def logged(
    table: str, keys: Sequence[str] | pd.Series[str], flaw: str, detail: str, was: object
) -> pd.DataFrame:
    """A row of the log for every row touched; `was` is the true value of each, or of all."""
    columns = {"table": table, "key": list(keys), "flaw": flaw, "detail": detail}
    values = was if isinstance(was, str) else list(was)  # type: ignore[call-overload]
    return pd.DataFrame(columns | {"true_value": values}).astype("str")


def lot(seed: int, stream: str, size: int) -> Ints:
    """Positions 0 to size - 1, shuffled."""
    return np.argsort(uniforms(seed, stream, size))
