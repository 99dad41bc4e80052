"""Run a notebook: in place to store its outputs, or on someone's own tables to write a report."""

from mktlab.notebooks.run import run_notebook
from mktlab.notebooks.store import execute

__all__ = ["execute", "run_notebook"]
