"""A real PgBouncer before a Postgres, of each kind that there is here."""

import os
import pwd
import re
import shutil
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from mailroom.ops.embedded.postgres import WRAPPER, may_be_private

NAMES = ("pgbouncer", "pgbouncer-1.24", "pgbouncer-1.25", "pgbouncer-1.26")
KEEPS_SINCE = (1, 21)
"""The first version that carries prepared statements from one server connection to another."""
PORT = 6432
START_SECONDS_MAX = 10.0
CONFIGURATION = """\
[databases]
* = host={server} port=5432 user=postgres
[pgbouncer]
listen_addr =
unix_socket_dir = {folder}
listen_port = {port}
auth_type = any
pool_mode = {mode}
default_pool_size = {size}
max_client_conn = 500
server_idle_timeout = 2
server_login_retry = 1
{more}
"""


@dataclass(frozen=True)
class Kind:
    """A way to run it. `keeps`: prepared statements survive a change of the server connection."""

    name: str
    mode: str
    keeps: bool

    def __str__(self) -> str:
        return self.name


TRANSACTION_KEEPING = Kind("transaction mode, statements kept", "transaction", keeps=True)
TRANSACTION = Kind("transaction mode, statements not kept", "transaction", keeps=False)
SESSION = Kind("session mode", "session", keeps=False)
KINDS = (TRANSACTION_KEEPING, TRANSACTION, SESSION)


def version_of(program: str) -> tuple[int, int]:
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout
    found = re.search(r"PgBouncer (\d+)\.(\d+)", said)
    return (int(found[1]), int(found[2])) if found else (0, 0)


def programs() -> dict[tuple[int, int], str]:
    """The PgBouncers of this machine by version."""
    found = [path for name in NAMES if (path := shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin"))]
    return {version_of(path): path for path in found}


def program_for(kind: Kind) -> str:
    """The newest that can do it; one that cannot keep statements is the older the better."""
    found = programs()
    if kind.keeps:
        found = {version: path for version, path in found.items() if version >= KEEPS_SINCE}
    if not found:
        pytest.skip(f"no PgBouncer here{' of 1.21 or later' if kind.keeps else ''}")
    return found[max(found) if kind.keeps else min(found)]


class Bouncer:
    """One that runs. `url` gives the way through it to a database of the server."""

    def __init__(self, folder: Path, server_url: str, kind: Kind, *, size: int = 20) -> None:
        self.kind = kind
        self._folder = folder
        self._program = program_for(kind)
        keeps = version_of(self._program) >= KEEPS_SINCE
        more = f"max_prepared_statements = {200 if kind.keeps else 0}" if keeps else ""
        server = parse_qs(urlsplit(server_url).query)["host"][0]
        self._log = folder / "pgbouncer.log"
        self._configuration = folder / "pgbouncer.ini"
        self._configuration.write_text(
            CONFIGURATION.format(
                server=server, folder=folder, port=PORT, mode=kind.mode, size=size, more=more
            )
        )
        self._child: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [self._program, str(self._configuration)]
        if os.geteuid() == 0:  # which it refuses to be
            if not may_be_private():
                pytest.skip("PgBouncer refuses to run as root, and the kernel gives no user namespace here")
            nobody = pwd.getpwnam("nobody")
            identity = ["private", str(nobody.pw_uid), str(nobody.pw_gid), str(self._folder)]
            command = [sys.executable, "-I", "-S", str(WRAPPER), *identity, *command]
        with self._log.open("ab") as log:
            self._child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/")
        deadline = time.monotonic() + START_SECONDS_MAX
        while not self._listens():
            assert self._child.poll() is None, self._log.read_text()
            assert time.monotonic() < deadline, self._log.read_text()
            time.sleep(0.01)

    def _listens(self) -> bool:
        with socket.socket(socket.AF_UNIX) as there:  # its file is there a moment before anybody listens
            return there.connect_ex(str(self._folder / f".s.PGSQL.{PORT}")) == 0

    def stop(self) -> None:
        if self._child is not None:
            self._child.kill()
            self._child.wait()
            (self._folder / f".s.PGSQL.{PORT}").unlink(missing_ok=True)

    def url(self, server_url: str) -> str:
        """The same database, through it."""
        return f"{server_url.partition('?')[0]}?host={self._folder}&port={PORT}"
