"""The files of the course as `mktlab lab` hands them to JupyterLab.

A stored notebook names its language and no more, since the rest (the version of Python) differs
between machines. When JupyterLab opens it, it writes into the notebook what the kernel tells of its
language, and what was only opened counts as changed: a dot on its tab, a question when it is
closed. Here the notebook arrives with what the kernel is going to tell.
"""

from __future__ import annotations

from typing import Any

from ipykernel.ipkernel import IPythonKernel
from jupyter_server.services.contents.largefilemanager import AsyncLargeFileManager


class CourseFiles(AsyncLargeFileManager):
    """Files of a folder, in which a notebook of Python is one of the Python that runs here."""

    async def get(self, path: str, *args: Any, **options: Any) -> Any:
        """A file as Jupyter's own manager reads it, with all that a kernel tells of Python."""
        model = await super().get(path, *args, **options)  # type: ignore[no-untyped-call]
        if model["type"] == "notebook" and model["content"]:
            metadata = model["content"]["metadata"]
            if metadata.get("kernelspec", {}).get("name") == "python3":
                metadata["language_info"] = dict(IPythonKernel.language_info)
        return model
