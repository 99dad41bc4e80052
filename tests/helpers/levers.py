"""Decisions that differ from today's in one lever."""

from dataclasses import replace

from mktlab.plan.mix import BASE, Mix


def but(path: str, value: float | bool) -> Mix:
    """Everything as today but one lever, named as in "price.beans"."""
    group, name = path.split(".")
    return replace(BASE, **{group: replace(getattr(BASE, group), **{name: value})})
