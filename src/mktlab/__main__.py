"""`python -m mktlab` is the `mktlab` command."""

from mktlab.cli import app

app(prog_name="mktlab")
