"""Refuse connections to other machines, in every Python process of a test run.

`tests/conftest.py` puts this folder on PYTHONPATH, so Python imports the module by itself at the
start of each process that a test starts: workers, commands, notebook kernels, servers. An audit
hook sees the connection before it is made, whichever library asks for it, and cannot be removed.
Connections of this machine with itself (loopback, Unix sockets) pass.
"""

import socket
import sys
from typing import Any

_CONNECTIONS = ("socket.connect", "socket.sendto", "socket.sendmsg")
_LOOKUPS = ("socket.getaddrinfo", "socket.gethostbyname")
_HERE = ("", "localhost", "::1", "0.0.0.0", "::", socket.gethostname())


class OutsideConnectionError(RuntimeError):
    """Something reached for another machine; tests and notebooks must work without a network."""


def refuse_outside(event: str, arguments: tuple[Any, ...]) -> None:
    if event in _CONNECTIONS:
        address = arguments[1]
        host = address[0] if isinstance(address, tuple) else None  # text: a Unix socket's path
    elif event in _LOOKUPS:
        host = arguments[0]
    else:
        return
    if isinstance(host, bytes):
        host = host.decode()
    if isinstance(host, str) and host not in _HERE and not host.startswith("127."):
        raise OutsideConnectionError(f"{event} to {host}: this run may not leave the machine")


sys.addaudithook(refuse_outside)
