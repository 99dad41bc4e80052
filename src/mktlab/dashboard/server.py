"""Voila for this machine alone: it ends what nobody looks at, and reads nobody's own settings.

`run` serves a notebook until Ctrl+C. Each page that is opened has a Python of its own, a kernel of
some 200 MB. A page that is closed or loaded anew ends its kernel by itself; `Kernels` ends those of
pages that could not, and lets there be only so many.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from jupyter_client.session import utcnow
from jupyter_server import DEFAULT_STATIC_FILES_PATH
from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager
from tornado.ioloop import IOLoop
from tornado.routing import HostMatches, Rule
from tornado.web import ErrorHandler, HTTPError
from voila.app import Voila

MOST = 20
"""How many pages may be open at once."""
GRACE = 150
"""Seconds until a kernel without a page ends; a page that lost it tries for 120 to come back."""
FOREIGN = HostMatches(r"(?!(127\.0\.0\.1|localhost)$).*")
"""Any other name: a site can let its own name mean this machine, and so read what it answers."""


class Kernels(AsyncMappingKernelManager):
    """The kernels of the pages that are open."""

    starting = 0

    async def start_kernel(self, **options: Any) -> str:  # type: ignore[override]
        """Start a kernel for a page, unless there are enough."""
        if len(self) + self.starting >= MOST:
            raise HTTPError(
                503,
                reason=f"This dashboard is open {MOST} times already. Close some of its pages, "
                f"wait {GRACE // 60 + 1} minutes at most, and load this one again",
            )
        self.starting += 1
        try:
            kernel: str = await super().start_kernel(**options)
            return kernel
        finally:
            self.starting -= 1

    def notify_disconnect(self, kernel_id: str) -> None:
        """Let the grace of a kernel begin when its page is gone, not when that was last used."""
        super().notify_disconnect(kernel_id)  # type: ignore[no-untyped-call]
        if kernel_id in self:
            self.get_kernel(kernel_id).last_activity = utcnow()  # type: ignore[attr-defined]


class Server(Voila):  # type: ignore[misc]
    """Voila, but nobody comes in by another name than this machine's."""

    def init_handlers(self) -> Any:
        """Refuse a foreign name before any other rule is looked at."""
        refuse = Rule(FOREIGN, ErrorHandler, {"status_code": 403})
        return [refuse, *super().init_handlers()]


def _let_the_page_end_its_kernel(request: Any, **_page: Any) -> None:
    """Set the cookie that a page's last request, to end its kernel, must repeat."""
    request.xsrf_form_html()


def run(page: Path, *, host: str, port: int, token: str, ready: Callable[[], None]) -> None:
    """Serve a notebook until Ctrl+C.

    Parameters
    ----------
    page
        The notebook, in a folder of its own with the template and the kernel that it needs.
    host, port
        Where to listen.
    token
        What a request must carry, or the cookie that this gave.
    ready
        Is called once the server listens.
    """
    place = page.parent
    paths = [str(place), os.environ.get("JUPYTER_PATH", "")]
    os.environ["JUPYTER_PATH"] = os.pathsep.join(filter(None, paths))
    # Nobody's own settings of Jupyter may open the page to others.
    os.environ.pop("JUPYTER_CONFIG_PATH", None)
    for name in ("CONFIG", "RUNTIME"):
        os.environ[f"JUPYTER_{name}_DIR"] = str(place / name.lower())
        (place / name.lower()).mkdir()
    logging.getLogger("tornado.general").setLevel(logging.ERROR)
    server = Server(config_file_paths=[])  # by default it runs a voila.py of the current folder
    server.initialize(
        [
            str(page),
            "--no-browser",
            f"--port={port}",
            f"--Voila.ip={host}",
            "--Voila.port_retries=0",
            f"--token={token}",
            "--template=mktlab",
            "--strip_sources=True",
            "--Voila.log_level=ERROR",
            f"--VoilaConfiguration.multi_kernel_manager_class={__name__}.{Kernels.__name__}",
            f"--MappingKernelManager.cull_idle_timeout={GRACE}",
            "--MappingKernelManager.cull_interval=5",
        ]
    )
    server.tornado_settings = {"static_path": DEFAULT_STATIC_FILES_PATH}  # for pages of errors
    server.voila_configuration.prelaunch_hook = _let_the_page_end_its_kernel
    IOLoop.current().add_callback(ready)  # runs once the server listens
    server.start()
