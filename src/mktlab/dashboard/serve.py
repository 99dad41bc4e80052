"""The dashboard as a web page of this machine alone, by Voila.

`serve` writes a page of one cell and what it needs into a folder of its own, then lets `server` run
Voila on it: on the loopback address, behind a token, without a request to any other machine. `view`
is what the cell shows. When the server ends, its kernels and the folder go too.
"""

from __future__ import annotations

import json
import os
import secrets
import socket
import sys
import tempfile
import threading
import webbrowser
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from mktlab.data.as_of import day_of
from mktlab.files import is_folder, printable, with_home
from mktlab.resources import read_text
from mktlab.schema import MktlabError
from mktlab.show import words

HOST = "127.0.0.1"
PORT = 8866
KERNEL = "mktlab"


def serve(
    data: str = "solane",
    *,
    learner: str = "",
    as_of: str = "",
    season: bool = False,
    port: int | None = None,
    browser: bool = True,
    say: Callable[[str], None] = lambda _text: None,
) -> None:
    """Show the dashboard on a web page until Ctrl+C.

    Parameters
    ----------
    data
        A folder of tables, or "solane".
    learner
        Whose Maison Solane, as in `mktlab.load`; without a name, the published one.
    as_of
        The day to show, as in `mktlab.load`; without one, the last.
    season
        Show the control room of a season in place of the company's page.
    port
        Where to listen; by default 8866, or any free one if that is taken.
    browser
        Open the page in a browser.
    say
        Is told the address.

    Raises
    ------
    MktlabError
        When the folder does not exist, a learner has no page there, or the port cannot be had.
    """
    known = data == "solane" or is_folder(with_home(data))
    if not known:
        raise MktlabError(
            f"There is no folder {printable(data)}: give the folder that your tables are in."
        )
    if learner:
        _check_learner(learner, data, season)
    elif data != "solane" and not season:
        _account(data)
    if as_of:
        day_of(as_of)
    from mktlab.dashboard.server import run

    folder = data if data == "solane" else str(with_home(data).resolve())
    port, token = free_port(port), secrets.token_urlsafe(24)
    address = f"http://{HOST}:{port}/?token={token}"
    with tempfile.TemporaryDirectory(prefix="mktlab-dashboard-") as place:
        page = write_page(Path(place), folder, learner=learner, as_of=as_of, season=season)

        def ready() -> None:
            say(f"The dashboard is at {address}\nOnly this machine can open it. Ctrl+C ends it.")
            if browser:  # some browsers return only when they are closed
                threading.Thread(target=webbrowser.open, args=[address], daemon=True).start()

        say("The dashboard starts: a few seconds.")
        run(page, host=HOST, port=port, token=token, ready=ready)


def _account(data: str) -> None:
    """Print what became of a person's files; what is wrong with them the page tells as well."""
    from mktlab.data.load import load

    with suppress(MktlabError):
        load(data)


def _check_learner(learner: str, data: str, season: bool) -> None:
    from mktlab.data.load import load

    if data != "solane":
        raise MktlabError(
            words.say(
                "--learner goes with Maison Solane only: leave out --learner, or leave out --data."
            )
        )
    if season:
        raise MktlabError(
            words.say("--season plays a market of its own: leave out --season, or --learner.")
        )
    load(data, learner=learner)  # here it can tell that it makes this world


def free_port(wanted: int | None = None) -> int:
    """A port that nobody listens on: the one wanted, or 8866, or else any.

    Raises
    ------
    MktlabError
        When the port wanted is taken, or is none.
    """
    if wanted is not None and not 1 <= wanted <= 65_535:
        raise MktlabError(f"--port is {wanted}: give a number from 1 to 65535.")
    for port in (wanted,) if wanted is not None else (PORT, 0):
        with socket.socket() as probe:
            if os.name == "posix":  # else a port that was in use a minute ago seems taken
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise MktlabError(f"Port {wanted} is taken: give another one, or leave --port out.")


def write_page(place: Path, data: str, *, learner: str = "", as_of: str = "", season: bool) -> Path:
    """Write the notebook, the template and the kernel of this Python; returns the notebook."""
    import nbformat

    cell = (
        "from mktlab.dashboard.serve import view\n\n"
        f"view({data!r}, learner={learner!r}, as_of={as_of!r}, season={season})"
    )
    notebook = nbformat.v4.new_notebook(  # type: ignore[no-untyped-call]
        cells=[nbformat.v4.new_code_cell(cell)],  # type: ignore[no-untyped-call]
        metadata={
            "title": "Season - mktlab" if season else "Dashboard - mktlab",
            "kernelspec": {"name": KERNEL, "display_name": KERNEL, "language": "python"},
        },
    )
    page = place / "dashboard.ipynb"
    nbformat.write(notebook, page)  # type: ignore[no-untyped-call]
    template = place / "voila" / "templates" / "mktlab"
    template.mkdir(parents=True)
    for name in ("conf.json", "index.html.j2", "error.html"):
        (template / name).write_text(read_text(f"dashboard/page/{name}"), encoding="utf-8")
    kernel = place / "kernels" / KERNEL
    kernel.mkdir(parents=True)
    command = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    command += ["--IPKernelApp.log_level=ERROR"]
    spec = {"argv": command, "display_name": KERNEL, "language": "python"}
    (kernel / "kernel.json").write_text(json.dumps(spec), encoding="utf-8")
    return page


def view(data: str, *, learner: str = "", as_of: str = "", season: bool = False) -> Any:
    """What the page shows: the dashboard, the control room, or a sentence on what is wrong."""
    import ipywidgets as ipw

    from mktlab.dashboard import wording

    try:
        if season:
            from mktlab.dashboard.control import ControlRoom

            return ControlRoom(heading=True).view
        from mktlab.dashboard.view import Dashboard
        from mktlab.data.load import load
        from mktlab.data.session import SESSION

        SESSION.quiet = True  # the page itself tells how files were read
        try:
            company = load(data, learner=learner, as_of=as_of or None)
        finally:
            SESSION.quiet = False
        return Dashboard(company, heading=True).view
    except MktlabError as problem:
        title = wording.html("<h1>Dashboard</h1>")
        return ipw.VBox([ipw.HTML(title), ipw.HTML(wording.status(str(problem)))])
