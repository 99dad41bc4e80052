"""`python -m mktlab` is the `mktlab` command."""

import sys
from pathlib import Path

if sys.path[0] == str(Path.cwd()):  # a voila.py of the current folder is not the one we import
    del sys.path[0]

from mktlab.cli import app

app(prog_name="mktlab")
