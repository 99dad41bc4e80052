"""JupyterLab gets a notebook with what its kernel will tell, and the file stays as it is."""

import asyncio
import json
from pathlib import Path
from pydoc import locate
from typing import Any

import nbformat
import pytest
from ipykernel.ipkernel import IPythonKernel

from mktlab.course.stored import strip

SETTINGS = Path(__file__).parents[2] / "src" / "mktlab" / "lab" / "jupyter_server_config.json"


@pytest.fixture
def files(tmp_path: Path) -> Any:
    """What the settings of `mktlab lab` name, over a folder of two notebooks and a text."""
    nbformat.write(strip(nbformat.v4.new_notebook()), tmp_path / "stored.ipynb")
    of_r = {"kernelspec": {"name": "ir", "display_name": "R"}, "language_info": {"name": "R"}}
    nbformat.write(nbformat.v4.new_notebook(metadata=of_r), tmp_path / "of_r.ipynb")
    nbformat.write(nbformat.v4.new_notebook(), tmp_path / "bare.ipynb")
    (tmp_path / "note.txt").write_text("a note")
    settings = json.loads(SETTINGS.read_text(encoding="utf-8"))
    return locate(settings["ServerApp"]["contents_manager_class"])(root_dir=str(tmp_path))


def got(files: Any, path: str, **options: Any) -> Any:
    return asyncio.run(files.get(path, **options))["content"]


def test_a_stored_notebook_arrives_with_what_the_kernel_tells(files: Any, tmp_path: Path) -> None:
    before = (tmp_path / "stored.ipynb").read_bytes()
    told = got(files, "stored.ipynb")["metadata"]["language_info"]
    assert told == IPythonKernel.language_info
    assert {"name", "version", "file_extension"} <= set(told)
    assert (tmp_path / "stored.ipynb").read_bytes() == before


def test_whatever_else_there_is_arrives_as_it_is(files: Any) -> None:
    assert got(files, "of_r.ipynb")["metadata"]["language_info"] == {"name": "R"}
    assert got(files, "bare.ipynb")["metadata"] == {}
    assert got(files, "stored.ipynb", content=False) is None
    assert got(files, "note.txt") == "a note"
    names = [file["name"] for file in got(files, "")]
    assert sorted(names) == ["bare.ipynb", "note.txt", "of_r.ipynb", "stored.ipynb"]
