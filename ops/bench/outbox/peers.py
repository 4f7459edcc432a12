"""The libraries of our peers, each in a directory of its own, fetched when they are first measured.

They are no dependencies of the service, not even of its development, and never share an environment with it.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

INSTALL_SECONDS_MAX = 300.0
REQUIREMENTS = {
    # Without its extra: asyncpg is the one that we use, so that the same driver is behind both.
    "pgqueuer": ("pgqueuer==1.6.0",),
    "procrastinate": ("procrastinate==3.10.0", "psycopg[binary]==3.3.9"),
    "dbos": ("dbos==3.4.0",),
}
"""The versions that were measured; a benchmark against whatever is newest could not be repeated."""


class PeerMissingError(Exception):
    """A peer cannot be had on this machine; the message says why."""


def directory_of(peer: str) -> Path:
    """Where the library of a peer is, or will be; deleting it does no harm."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    version = REQUIREMENTS[peer][0].replace("==", "-")
    return cache / "mailroom" / "peers" / f"{version}-py{sys.version_info.major}{sys.version_info.minor}"


def install(peer: str) -> Path:
    """The directory with the library of a peer, which pip fills the first time."""
    target = directory_of(peer)
    if target.is_dir():
        return target
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        # Made aside and moved into place: an installation that was interrupted must not look like one.
        made = Path(tempfile.mkdtemp(prefix=f"{target.name}.new-", dir=target.parent))
    except OSError as error:
        raise PeerMissingError(f"{target.parent} cannot be written: {error.strerror}") from None
    try:
        _pip("install", "--quiet", "--target", str(made), *REQUIREMENTS[peer])
        made.rename(target)
    finally:
        shutil.rmtree(made, ignore_errors=True)
    return target


def _pip(*arguments: str) -> None:
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", *arguments]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, timeout=INSTALL_SECONDS_MAX
        )
    except subprocess.TimeoutExpired:
        raise PeerMissingError(f"pip was not done after {INSTALL_SECONDS_MAX:.0f} s") from None
    if done.returncode != 0:
        faults = [line for line in done.stderr.splitlines() if line.startswith("ERROR")]
        last = done.stderr.strip().splitlines()[-1:]
        raise PeerMissingError(" ".join((faults or last)[-1:]) or f"pip ended with {done.returncode}")
