"""What holds for every test: no connection leaves the machine, and no test is a race."""

import os
import runpy
from pathlib import Path

from hypothesis import settings

settings.register_profile("mktlab", deadline=None, derandomize=True)
settings.load_profile("mktlab")

NO_NETWORK = str(Path(__file__).parent / "no_network")

# Processes that tests start inherit the guard through PYTHONPATH; this process takes it now,
# unless it is such a process itself (a worker of pytest-xdist).
inherited = os.environ.get("PYTHONPATH", "")
if NO_NETWORK not in inherited.split(os.pathsep):
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [NO_NETWORK, inherited]))
    runpy.run_path(f"{NO_NETWORK}/sitecustomize.py")
