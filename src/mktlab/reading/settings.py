"""What a person has said about one of their files, in `columns.toml`."""

from __future__ import annotations

from dataclasses import dataclass, field

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
ORDERS = ("day first", "month first")
ONCE = "total in every line"
"""`lines` of a file whose orders have several rows, each with the total of the whole order."""


@dataclass(frozen=True)
class Settings:
    """The settings of one table; those of the whole folder are repeated in each.

    `currency` is that of the tables, `currency_column` (written `currency` under the table) the
    header of a column of currencies, and `rates` the worth of one unit of another currency.
    `values` maps what cells of a column hold to what is meant, by the column's name in the table.
    `lines` is true where an order has several rows, or `ONCE`; `amount` is summed over them, where
    `revenue` stands once per order. With it, [orders] may map columns of order_lines: product_id,
    quantity and unit_price. `refund_of` is the header that says, in a row that gives money back,
    the number of its order. `keep` are the headers that are read beside those of the table, all
    without it; `only` leaves out rows whose cells hold other words. `order_id = "row"` stays among
    the headers of the mapping. `personal` is "keep" where columns of personal data stay
    (`privacy`).
    """

    decimal: str = ""
    date_order: str = ""
    encoding: str = ""
    timezone: str = ""
    week_starts: str = ""
    currency: str = ""
    currency_column: str = ""
    rates: dict[str, float] = field(default_factory=dict)
    join: tuple[str, ...] = ()
    lines: bool | str = False
    amount: str = ""
    paid: tuple[str, ...] = ()
    cancelled: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    no_customer: str = ""
    refunds: str = ""
    refund_of: str = ""
    values: dict[str, dict[str, str]] = field(default_factory=dict)
    keep: tuple[str, ...] | None = None
    only: dict[str, list[str]] = field(default_factory=dict)
    personal: str = ""
