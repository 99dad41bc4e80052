"""The settings that orders need: what a row is, which amount is revenue, states, refunds.

`OrdersSettling.orders` finds it out from the cells, in the order in which one depends on another,
and adds a line with its reason for each.
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd

from mktlab.reading import expression
from mktlab.reading.choosing import OF_LINES, amounts, choose, quoted
from mktlab.reading.meanings import is_one, meaning
from mktlab.reading.numbers import Floats
from mktlab.reading.settings import ONCE
from mktlab.reading.settling import Settling
from mktlab.reading.shaping import likely_states
from mktlab.reading.writing import Raw
from mktlab.show.words import say, say_many
from mktlab.spelling import plain
from mktlab.tables import TABLES

_CENT = 0.0151
"""Amounts that differ by less are the same, rounded."""


class OrdersSettling(Settling):
    """Adds the settings of orders to a proposal."""

    def first(self) -> None:
        """What a row is, and which amount is revenue; then customers, states and refunds."""
        headers, said = self.choice.headers, self.said
        likeliest = headers.get("revenue") or next(iter(self._amounts()), "")
        self.currency = self._currency(likeliest)
        number = headers.get("order_id", "")
        if not number and "order_id" not in said:
            self._rows_are_orders()
        ids = self.sheet.columns[number].to_pandas() if number else None
        several = ids is not None and self._several(ids)
        if "revenue" in said or "amount" in said:
            self._sum(said.get("amount") or said["revenue"])
        elif ids is not None and several and "lines" not in said:
            self._lines(ids)
        else:
            self._revenue()
        self._currencies()
        self._only()
        self._refunds()
        self._states()
        self._customers(ids if several else None)

    def _several(self, ids: pd.Series[Any]) -> bool:
        """Whether orders have several rows: beside those that give money back."""
        if self.preset("lines"):
            return True
        counted = ids.notna() & ~self._negative()
        if ids.isna().any() and ids.notna().iloc[0]:
            own = [h for c in ("order_date", "customer_id") if (h := self.choice.headers.get(c))]
            bare = [self.sheet.columns[h].to_pandas().isna() for h in own]
            if bare and (ids.isna() & np.logical_and.reduce(bare)).any():
                return True
        if self.proposal.preset:  # a row that stands twice is no article, and is refused later
            cells = {header: column.to_pandas() for header, column in self.sheet.columns.items()}
            counted &= ~pd.DataFrame(cells).duplicated()
        return bool(ids[counted].duplicated().any())

    def _negative(self) -> Any:
        """Rows whose revenue is below 0."""
        header = self.choice.headers.get("revenue")
        return self.numbers(header) < 0 if header else np.zeros(self.sheet.rows, bool)

    def _rows_are_orders(self) -> None:
        own = [self.choice.headers.get(name) for name in ("customer_id", "order_date")]
        if not any(own):
            return
        pairs = pd.DataFrame({h: self.sheet.columns[h].to_pandas() for h in own if h})
        again = int(pairs.duplicated().sum())
        doubts = [
            say("the cells of {header} {reason}.", header=header, reason=fit.reason)
            for header, fit in self.choice.doubts.get("order_id", [])[:2]
        ]
        told = say("no column numbers the orders, so each row counts as an order of its own.")
        if again and all(own):
            told += " " + say_many(
                "{n} row repeats customer and day of another.",
                "{n:count} rows repeat customer and day of another.",
                again,
            )
        self.proposal.add("order_id", "row", *doubts, told)

    def _lines(self, ids: pd.Series[Any]) -> None:
        """Several rows an order: which amount is to be summed, and what order_lines are made of."""
        headers, proposal = self.choice.headers, self.proposal
        lines = TABLES["order_lines"]
        wanted = [lines[name] for name in OF_LINES]
        settled = {name: header for name, header in headers.items() if name != "revenue"}
        more = choose(wanted, lines, self.cells, known=settled, preset=proposal.preset).headers
        amount, value, why = self._amount(ids, more)
        orders, rows = int(ids.nunique()), len(ids)
        told = say("{n:count} rows for {orders:count} orders: ", n=rows, orders=orders)
        told += (
            say("each with the amount of the whole order, which counts once.")
            if value == ONCE
            else say("one row per article, so the rows of an order are added up.")
        )
        proposal.add("lines", value, told)
        if not amount:
            headers.pop("revenue", None)
        elif amount in self.sheet.columns and (value == ONCE or why == "once"):
            headers["revenue"] = amount
            proposal.add("revenue", amount, self.why("revenue") or _asks(amount))
        else:
            headers.pop("revenue", None)
            proposal.add("amount", quoted(amount) if amount in self.sheet.columns else amount, why)
        self._sum(amount)
        if value == ONCE:
            self.money = np.where(ids.duplicated(), np.nan, self.money)
        for name in OF_LINES:
            if name in more and name not in self.said:
                headers[name] = more[name]
                proposal.add(name, more[name])

    def _amount(self, ids: pd.Series[Any], more: dict[str, str]) -> tuple[str, bool | str, str]:
        """The amount of lines, `lines`, and the reason."""
        preset = self.proposal.preset
        if preset and (said := self.preset("amount")):
            found = {**preset.found(self.cells), **more}  # odd cells are told later
            amount = said.format(**{k: quoted(v) for k, v in found.items()})
            return amount, True, self.why("amount")
        groups = ids.ffill()
        again = groups.duplicated(keep=False).to_numpy()
        varying, once, alike = "", "", ""
        for header in self._amounts():
            values = pd.Series(self.numbers(header)).where(~self._negative())
            inside = values[again].groupby(groups[again].to_numpy())
            different = inside.nunique()
            if (inside.count() == 1).all():
                once = once or header
            elif len(different) > 1 and different.max() <= 1:
                alike = alike or header
            elif different.max() > 1:
                varying = varying or header
        pieces = [more[name] for name in ("quantity", "unit_price") if name in more]
        product = " * ".join(map(quoted, pieces)) if len(pieces) == 2 else ""
        if once:
            return self._goods(once), True, "once"
        if varying and varying != more.get("unit_price"):
            return varying, True, say("differs from row to row of an order: an amount per article.")
        if product:
            return product, True, say("what an article cost, times how many were bought.")
        if alike:
            return alike, ONCE, ""
        return more.get("unit_price", ""), True, say("no column says how many were bought.")

    def _amounts(self) -> list[str]:
        """Headers that mean revenue, or the amount of a line, the likeliest first."""
        preset = self.proposal.preset
        if preset and (header := preset.found(self.cells).get("revenue")):
            return [header]
        taken = {h for c, h in self.choice.headers.items() if c != "revenue"}
        scored = {}
        for header, cells in self.cells.items():
            score = max(meaning(header, "revenue"), meaning(header, "amount"))
            if score and header not in taken and np.isfinite(amounts(cells)).any():
                scored[header] = score
        return sorted(scored, key=lambda header: -scored[header])

    def _revenue(self) -> None:
        """Of several amounts per order the one that revenue is declared to be, with the others."""
        header = self.choice.headers.get("revenue")
        if not header:
            return
        amount = header if self.proposal.preset else self._goods(header)
        self._sum(amount)
        if amount not in self.sheet.columns:
            self.choice.headers.pop("revenue")
            self.proposal.add("amount", amount, say("paid for goods after discount."))
            return
        self.choice.headers["revenue"] = amount
        parts = [
            other
            for other in self.cells
            if is_one(other, "tax") or other == self.choice.headers.get("shipping")
        ]
        parts = [part for part in parts if np.nansum(np.abs(self.numbers(part)))]
        if (asks := _asks(amount)) and parts:
            less = " - ".join(map(quoted, [amount, *parts]))
            self.proposal.add("revenue", amount, self.why("revenue") or asks)
            told = say(
                "without them, {money:money.2} instead of {all:money.2}; then leave revenue out:",
                money=float(np.nansum(self._value(less))),
                all=float(np.nansum(self.money)),
                currency=self.currency or "EUR",
            )
            self.proposal.add("amount", less, told, sure=False)
            return
        others = [other for other in self._amounts() if other != amount][:2]
        instead = [
            say(
                "not {other}, {money:money.2} in all.",
                other=other,
                money=float(np.nansum(self.numbers(other))),
                currency=self.currency or "EUR",
            )
            for other in others
        ]
        if instead and amount != "revenue":
            self.proposal.add("revenue", amount, self.why("revenue"), *instead)

    def _goods(self, header: str) -> str:
        """Which of subtotal, and subtotal less discount, was paid for goods, by adding up."""
        found = {
            name: next((h for h in self.cells if is_one(h, name)), "")
            for name in ("total", "subtotal", "tax")
        }
        total, subtotal = found["total"], found["subtotal"]
        if not total or not subtotal or header not in (total, subtotal):
            return header
        known = {h: np.nan_to_num(self.numbers(h)) for h in self.cells if h in self._all(found)}
        paid, base = self.numbers(total), known[subtotal]
        shipping = known.get(self.choice.headers.get("shipping", ""), 0.0)
        tax = known.get(found["tax"], 0.0)
        discount = np.abs(known.get(self.choice.headers.get("discount", ""), np.zeros(1)))
        rows = np.isfinite(paid)
        for off, amount in (
            (0.0, subtotal),
            (discount, f"{quoted(subtotal)} - {quoted(self.choice.headers.get('discount', ''))}"),
        ):
            for extra in (shipping + tax, shipping, tax, 0.0):
                same = np.abs(base - off + extra - paid) < _CENT
                if rows.any() and np.mean(same[rows]) > 0.9:
                    return amount
        return header

    def _all(self, found: dict[str, str]) -> set[str]:
        own = self.choice.headers
        return {*found.values(), own.get("shipping", ""), own.get("discount", "")}

    def _value(self, amount: str) -> Floats:
        parts = expression.read(amount, self.sheet.columns)
        return parts.value({h: np.nan_to_num(self.numbers(h)) for h in parts.headers})

    def _sum(self, amount: str) -> None:
        if amount in self.sheet.columns:
            self.money = self.numbers(amount)
        elif amount:
            try:
                self.money = self._value(amount)
            except expression.Wrong:
                return

    def _refunds(self) -> None:
        back = self.money < 0
        if not back.any():
            return
        if of := self.preset("refund_of"):
            self.proposal.add("refund_of", next(h for h in self.cells if plain(h) == plain(of)))
        told = say("{told} below 0: given back.", told=self.told(back))
        self.proposal.add("refunds", "rows", told)

    def _states(self) -> None:
        header = self.choice.headers.get("status")
        if not header or {"paid", "cancelled", "ignored"} & set(self.said):
            return
        words = self.sheet.columns[header].to_pandas()
        counts = words.value_counts()
        if set(map(str.casefold, counts.index)) <= {"paid", "cancelled"}:
            return
        preset = self.proposal.preset
        own = {plain(w): key for key, ws in (preset.states if preset else {}).items() for w in ws}
        given_back = "refunded" in self.choice.headers
        kinds = likely_states(map(str, counts.index), refunds=given_back)
        likely = {word: kind for kind, found in kinds.items() for word in found}
        meant = {str(w): own.get(plain(str(w))) or likely[str(w)] for w in counts.index}
        for word in meant:  # a row that gives money back counts, whatever it is called
            if "refunds" in self.proposal and (self.money[words == word] < 0).all():
                meant[word] = "paid"
        told = "; ".join(f"{word}: {self.told(words == word)}" for word in counts.index)
        self.proposal.add("status", header, say("found: {told}.", told=told))
        for kind, reason in _MEANS.items():
            if found := [word for word, means in meant.items() if means == kind]:
                self.proposal.add(kind, found, reason)
        if unknown := [word for word, means in meant.items() if not means]:
            told = say("decide: put each of these words into paid, cancelled or ignored:")
            open_words = Raw(", ".join(json.dumps(w, ensure_ascii=False) for w in unknown))
            self.proposal.add("", open_words, told, sure=False, must=True)

    def _customers(self, ids: pd.Series[Any] | None) -> None:
        header = self.choice.headers.get("customer_id")
        if not header or "no_customer" in self.said:
            return
        nobody = self.sheet.columns[header].to_pandas().isna()
        if ids is not None:
            nobody = nobody.groupby(ids.ffill().to_numpy()).transform("all")
        if nobody.any():
            money = np.abs(self.money) if len(self.money) else np.ones(len(nobody))
            few = np.nansum(money[nobody]) <= np.nansum(money) / 2
            told = say(
                "{told} without a customer. Without this line they count in sales, not among "
                'customers; with "guests" each order is a customer of its own.',
                told=self.told(nobody),
            )
            self.proposal.add("no_customer", "leave out", told, sure=bool(few))

    def _only(self) -> None:
        """Which rows are sales at all, by the words of a column, as the preset sorts them."""
        preset = self.proposal.preset
        if not preset or not preset.only or "only" in self.said:
            return
        names = {plain(name) for name in preset.only["header"]}
        header = next((header for header in self.cells if plain(header) in names), "")
        if not header:
            return
        words = self.sheet.columns[header].to_pandas()
        known = list(map(str, words.value_counts().index))
        sales = [
            word
            for word in known
            if any(w in word.casefold() for w in preset.only["words"])
            and not any(w in word.casefold() for w in preset.only["never"])
        ]
        others = [word for word in known if word not in sales]
        if others and sales:
            told = [f"{word}: {self.told(words == word)}" for word in others]
            why = say("left out: {told}.", told="; ".join(told))
            self.proposal.add("only", {header: sales}, why)
            self.money = np.where(words.isin(sales), self.money, np.nan)


def _asks(amount: str) -> str:
    """The question that an amount leaves open which may hold delivery and tax."""
    if is_one(amount, "subtotal") or not is_one(amount, "total"):
        return ""
    return say("may have delivery and tax in it: look at one order that you know.")


_MEANS = {
    "paid": say("count as sold."),
    "cancelled": say("never sold, or given back in full without an amount."),
    "ignored": say("not sold yet: left out."),
}
