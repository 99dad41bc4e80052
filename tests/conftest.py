"""What holds for every test: no connection leaves the machine, no test is a race, each has a run.

`make test` tries every property on 20 examples; `make test-slow` (MKTLAB_SLOW=1, `-m slow`) tries
it again on 100, and runs what is marked slow. Between the processes of `--dist loadgroup` tests
stay together that share what is dear: the cells of a notebook, and the tests of a file, or of one
lesson in it.
"""

import os
import runpy
from pathlib import Path

import pytest
from hypothesis import settings

SLOW = os.environ.get("MKTLAB_SLOW") == "1"

settings.register_profile(
    "mktlab", deadline=None, derandomize=True, max_examples=100 if SLOW else 20
)
settings.load_profile("mktlab")

NO_NETWORK = str(Path(__file__).parent / "no_network")

# Processes that tests start inherit the guard through PYTHONPATH; this process takes it now,
# unless it is such a process itself (a worker of pytest-xdist).
inherited = os.environ.get("PYTHONPATH", "")
if NO_NETWORK not in inherited.split(os.pathsep):
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [NO_NETWORK, inherited]))
    runpy.run_path(f"{NO_NETWORK}/sitecustomize.py")


@pytest.hookimpl(tryfirst=True)  # before pytest-xdist reads the groups, and pytest the markers
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if SLOW and hasattr(getattr(item, "obj", None), "hypothesis"):
            item.add_marker(pytest.mark.slow)
        params = getattr(getattr(item, "callspec", None), "params", {})
        group = f"{item.path} {params.get('lesson', '')}"
        item.add_marker(pytest.mark.xdist_group(group))
