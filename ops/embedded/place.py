"""Where the embedded stores keep their files, and every way in which that place may turn out unusable."""

import contextlib
import errno
import fcntl
import hashlib
import os
import shutil
import stat
import tempfile
from pathlib import Path
from typing import Self

import psutil

FREE_BYTES_MIN = 128 * 1024 * 1024
"""A fresh Postgres cluster takes 55 MB and its journal grows; starting with less ends in a crash."""

SOCKET_PATH_BYTES_MAX = 100
"""The kernel allows 107 bytes (103 on macOS) for the path of a Unix socket, and we leave it some air."""

CLOCK_SECONDS = 2.0
"""By how much the start of a process, told in ticks since boot, may be off the time of a file."""
FORMER_MODE = 0o711
"""What data folders were made with, so that a Postgres of another user could pass."""
FILES = ("*.log", "*.pid", "payments.sqlite*")


class StoreError(Exception):
    """An embedded store cannot run; the text is one line and tells whoever started it what to do."""


class DataDirectory:
    """One data directory, held by one process at a time: two services on the same files would destroy them.

    The lock is the kernel's (`flock`), so it goes with its process, however that ends.
    """

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()
        self._lock: int | None = None

    def __enter__(self) -> Self:
        prepare(self.path)
        self._lock = os.open(self.path / "mailroom.pid", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(self._lock, 32).decode().strip() or "unknown"
            os.close(self._lock)
            raise StoreError(f"Mailroom is already running on {self.path} as pid {holder}.") from None
        os.truncate(self._lock, 0)
        os.write(self._lock, f"{os.getpid()}\n".encode())
        return self

    def __exit__(self, *_: object) -> None:
        if self._lock is not None:
            os.truncate(self._lock, 0)
            os.close(self._lock)
            self._lock = None


def holder(data: Path) -> psutil.Process | None:
    """The process that serves on a data directory, by its pid file: known though no store answers. A pid that
    somebody else has by now is younger than the file. Takes no lock: a start must not meet ours.
    """
    file = data.absolute() / "mailroom.pid"
    try:
        process = psutil.Process(int(file.read_text()))
        alive = process.status() != psutil.STATUS_ZOMBIE
        return process if alive and process.create_time() <= file.stat().st_mtime + CLOCK_SECONDS else None
    except (OSError, ValueError, psutil.Error):
        return None


def prepare(data: Path) -> None:
    """Make the data directory and try it out, so that a bad one is told in one line and not by a store."""
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        _close(data)
        probe = data / f".probe-{os.getpid()}"
        probe.write_bytes(b"x" * 4096)
        probe.unlink()
    except OSError as error:
        raise unusable(data, error) from None
    free_bytes = shutil.disk_usage(data).free
    if free_bytes < FREE_BYTES_MIN:
        raise StoreError(
            f"The disk of the data directory {data} is nearly full: {free_bytes >> 20} MB free,"
            f" {FREE_BYTES_MIN >> 20} MB needed. Free some, or choose another place with --data."
        )


def _close(data: Path) -> None:
    """Take from others what a version before this one let them read, where it is certainly ours."""
    status = data.stat()
    if status.st_uid != os.geteuid():
        return
    if stat.S_IMODE(status.st_mode) == FORMER_MODE:
        data.chmod(0o700)
    named = [path for pattern in FILES for path in data.glob(pattern)]
    inside = [path for path in data.glob("redis/**/*") if not path.is_socket()]
    for path in (*named, *inside):
        with contextlib.suppress(FileNotFoundError):  # a store that runs removes files of its own
            mode = path.lstat().st_mode
            if not stat.S_ISLNK(mode) and mode & 0o077:
                path.chmod(0o700 if stat.S_ISDIR(mode) else 0o600)


def unusable(data: Path, error: OSError) -> StoreError:
    """The one line for a directory that the operating system will not let us use."""
    reason = "the disk is full" if error.errno == errno.ENOSPC else (error.strerror or str(error)).lower()
    return StoreError(
        f"The data directory {data} cannot be used: {reason}. Choose another with --data or MAILROOM_DATA."
    )


def socket_directory(home: Path, socket_name: str, owner: tuple[int, int]) -> Path:
    """Where a store that lives in `home` puts its socket: there, unless the path is too long for a socket."""
    if len(os.fsencode(home / socket_name)) <= SOCKET_PATH_BYTES_MAX:
        return home
    name = hashlib.sha256(os.fsencode(home)).hexdigest()[:16]
    short = Path(tempfile.gettempdir()) / f"mailroom-{os.geteuid()}-{name}"
    try:
        short.mkdir(mode=0o700, exist_ok=True)
        if os.geteuid() == 0:
            os.chown(short, *owner, follow_symlinks=False)
        status = short.lstat()
    except OSError as error:
        raise unusable(short, error) from None
    # Someone else may have been first in a directory open to all, to listen in on the store.
    if status.st_uid != owner[0] or status.st_mode & 0o077:
        raise StoreError(f"{short} belongs to somebody else; give Mailroom a shorter path with --data.")
    return short
