"""What holds for every test: no connection leaves the machine, no test is a race, each has a run.

`make test` tries every property on 20 examples; `make test-slow` (MKTLAB_SLOW=1, `-m slow`) tries
it again on 100, and runs what is marked slow.
"""

import os
import re
import runpy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from xdist.scheduler import LoadScopeScheduling

SLOW = os.environ.get("MKTLAB_SLOW") == "1"

settings.register_profile(
    "mktlab", deadline=None, derandomize=True, max_examples=100 if SLOW else 20
)
settings.load_profile("mktlab")


@pytest.fixture(autouse=True, scope="session")
def _own_settings(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Let no test make or read a key in the settings of who runs it."""
    os.environ["MKTLAB_CONFIG"] = str(tmp_path_factory.mktemp("settings"))


NO_NETWORK = str(Path(__file__).parent / "no_network")

# Processes that tests start inherit the guard through PYTHONPATH; this process takes it now,
# unless it is such a process itself (a worker of pytest-xdist).
inherited = os.environ.get("PYTHONPATH", "")
if NO_NETWORK not in inherited.split(os.pathsep):
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [NO_NETWORK, inherited]))
    runpy.run_path(f"{NO_NETWORK}/sitecustomize.py")


@pytest.hookimpl(tryfirst=True)  # before pytest looks at the markers
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark slow what needs a browser and, in the slow run, every property, to be tried on more."""
    for item in items:
        if item.path.parent.name == "browser":
            item.add_marker(pytest.mark.slow)
        if SLOW and hasattr(getattr(item, "obj", None), "hypothesis"):
            item.add_marker(pytest.mark.slow)


class ByLesson(LoadScopeScheduling):
    """Gives a process all tests of a file, or all of one lesson in it: they share what is dear.

    A notebook's cells are such a file; laws for every lesson would be one process's long pole.
    """

    def _split_scope(self, nodeid: str) -> str:
        file, _, test = nodeid.partition("::")
        lesson = re.search(r"\[(\d\d_[a-z_]+)", test)
        return f"{file} {lesson[1]}" if lesson else file


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByLesson:
    return ByLesson(config, log)
