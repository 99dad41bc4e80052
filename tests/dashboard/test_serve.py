"""The dashboard's server: whom it lets in, whose settings it reads, which kernels it keeps."""

import asyncio
import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import NamedTuple

import nbformat
import psutil
import pytest
from typer.testing import CliRunner

from mktlab import cli, market
from mktlab.dashboard.serve import free_port
from mktlab.dashboard.server import Kernels
from mktlab.data.session import SESSION
from mktlab.schema import MktlabError

IMPATIENT = """
import sys
from mktlab.cli import app
from mktlab.dashboard import server

server.GRACE, server.MOST = 1, 2
app(["dashboard", "--no-browser", *sys.argv[1:]])
"""
ANY_PATH = [
    "/",
    "/login",
    "/static/favicon.ico",
    "/voila/static/voila.js",
    "/voila/templates/mktlab/static/voila.js",
    "/voila/files/dashboard.ipynb",
    "/api/kernels/00000000-0000-0000-0000-000000000000/channels",
]
UPGRADE = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13",
           "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="}  # fmt: skip


class Server(NamedTuple):
    process: subprocess.Popen[bytes]
    port: int
    token: str
    place: Path

    def ask(self, path, *, method="GET", **headers):
        """Status and text of an answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, f"{path}?token={self.token}", headers=headers)
            answer = connection.getresponse()
            return answer.status, answer.read().decode(errors="replace")
        finally:
            connection.close()

    def kernels(self):
        """The processes behind its pages."""
        return psutil.Process(self.process.pid).children()


def wait_for(true, seconds=60):
    """Whether it comes true in time."""
    end = time.monotonic() + seconds
    while not (found := true()) and time.monotonic() < end:
        time.sleep(0.1)
    return found


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A server that has no patience, started where other people's settings lie."""
    place = tmp_path_factory.mktemp("serve")
    script = place / "impatient.py"
    script.write_text(IMPATIENT)
    hostile = f"open({str(place / 'was_run')!r}, 'w').close()"
    for name in ("here", "path", "own"):
        (place / name).mkdir()
        for settings in ("voila.py", "jupyter_config.py", "jupyter_server_config.py"):
            (place / name / settings).write_text(hostile)
        (place / name / "voila.json").write_text('{"Voila": {"token": "known", "ip": "0.0.0.0"}}')
    environment = os.environ | {
        "JUPYTER_CONFIG_PATH": str(place / "path"),
        "JUPYTER_CONFIG_DIR": str(place / "own"),
        "TMPDIR": str(place),
        "PYTHONUNBUFFERED": "1",
    }
    with (place / "log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, str(script), "--port", str(free_port())],
            cwd=place / "here", env=environment, stdout=log, stderr=log,
        )  # fmt: skip
    try:
        said = r"http://127.0.0.1:(\d+)/\?token=(\S+)"
        found = wait_for(lambda: re.search(said, (place / "log").read_text()))
        assert found, (place / "log").read_text()
        server = Server(process, int(found[1]), found[2], place)
        assert wait_for(lambda: server.ask("/login")[0] < 400)
        yield server
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@pytest.mark.parametrize(("option", "name"), [(["--learner", "Ada"], "Ada"), ([], "")])
def test_the_page_shows_the_world_of_the_learner(option, name, tmp_path, monkeypatch):
    monkeypatch.setenv("MKTLAB_CACHE", str(tmp_path))
    monkeypatch.setattr(market, "simulate", partial(market.simulate, people=300, weeks=60))
    shown = []

    def run(page, **_settings):
        (cell,) = nbformat.read(page, as_version=4).cells
        imports, call = cell.source.split("\n\n")
        names = {}
        exec(imports, names)
        shown.append(eval(call, names))

    monkeypatch.setattr("mktlab.dashboard.server.run", run)
    result = CliRunner().invoke(cli.app, ["dashboard", "--no-browser", *option])
    assert result.exit_code == 0, result.output
    heading = shown[0].children[0].value
    assert "Maison Solane" in heading
    assert ("(world of Ada)" in heading) == bool(name)
    assert not SESSION.quiet  # what is loaded later tells again how it was read


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--data", "."], "leave out --learner, or leave out --data."),
        (["--season"], "leave out --season, or --learner."),
    ],
)
def test_a_learner_without_a_page_is_told_so(options, sentence):
    result = CliRunner().invoke(cli.app, ["dashboard", "--learner", "Ada", *options])
    assert result.exit_code == 2
    assert result.stderr.strip().endswith(sentence)


@pytest.mark.parametrize("path", ANY_PATH)
@pytest.mark.parametrize("name", ["evil.example", "127.0.0.1.evil.example:80", "192.168.0.7", ""])
def test_a_foreign_name_is_refused_everywhere(server, path, name):
    assert server.ask(path, Host=name)[0] == 403
    assert server.ask(path, Host=name, **UPGRADE)[0] == 403
    assert server.kernels() == []


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "LOCALHOST"])
def test_this_machine_is_let_in_by_its_names(server, name):
    assert server.ask("/voila/templates/mktlab/static/voila.js", Host=name)[0] == 200


def test_no_settings_are_read_but_its_own(server):
    assert not (server.place / "was_run").exists()
    assert server.token != "known"
    sockets = psutil.Process(server.process.pid).net_connections()
    assert {one.laddr.ip for one in sockets if one.laddr.port == server.port} == {"127.0.0.1"}


def test_a_preview_starts_no_kernel(server):
    assert server.ask("/", method="HEAD")[0] == 405
    assert server.kernels() == []


@pytest.mark.slow
def test_there_are_only_so_many_kernels_and_those_without_a_page_end(server):
    with ThreadPoolExecutor(3) as pool:
        answers = sorted(pool.map(server.ask, ["/"] * 3))
    assert [status for status, _text in answers] == [200, 200, 503]
    assert "widget-view+json" in answers[0][1]
    assert "This dashboard is open 2 times already." in answers[2][1]
    assert "https://" not in answers[2][1]
    assert wait_for(lambda: server.kernels() == [])
    assert "Traceback" not in (server.place / "log").read_text()


def test_the_grace_of_a_page_begins_when_its_connection_breaks():
    async def kept():
        kernels = Kernels(cull_idle_timeout=60)
        kernel = await kernels.start_kernel()
        try:
            kernels.notify_connect(kernel)
            manager = kernels.get_kernel(kernel)
            manager.last_activity -= timedelta(hours=1)  # somebody read for an hour
            kernels.notify_disconnect(kernel)
            await kernels.cull_kernels()
            assert kernel in kernels
            manager.last_activity -= timedelta(minutes=2)
            await kernels.cull_kernels()
            assert kernel not in kernels
        finally:
            await kernels.shutdown_all()

    asyncio.run(kept())


def test_a_port_that_cannot_be_had_is_told():
    with pytest.raises(MktlabError, match=r"--port is 70000: give a number from 1 to 65535\."):
        free_port(70_000)
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(MktlabError, match=f"Port {port} is taken: give another one"):
            free_port(port)
        assert free_port() != port
