"""The stores of a session of tests: one Redis, one Postgres, started when the first test asks and ended with
us.
"""

import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from mailroom.ops.embedded.redis import EmbeddedRedis


class Stores:
    """Where they live, and how they are reached."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._folder: Path | None = None
        self._redis_url = ""
        self.scripts_loaded = False
        """Whether Redis knows the scripts of the mailboxes."""
        self._postgres_url = ""

    @property
    def redis_url(self) -> str:
        """The session's Redis. It keeps nothing: no test looks at it after a power cut."""
        if not self._redis_url:
            server = EmbeddedRedis(self._place(), durable=False)
            self._redis_url = self._started(server.start, server.stop, lambda: server.pid)
        return self._redis_url

    @property
    def postgres_url(self) -> str:
        """The session's Postgres."""
        if not self._postgres_url:
            from mailroom.ops.embedded.postgres import EmbeddedPostgres  # with it asyncpg

            server = EmbeddedPostgres(self._place(), durable=False)
            self._postgres_url = self._started(server.start, server.stop, lambda: server.pid)
        return self._postgres_url

    def close(self) -> None:
        """End those that run."""
        self._stack.close()

    def _place(self) -> Path:
        """A short name, because it holds Unix sockets; others may look inside, for Postgres has a user of
        its own.
        """
        if self._folder is None:
            made = tempfile.TemporaryDirectory(prefix="mailroom-tests-", ignore_cleanup_errors=True)
            self._folder = Path(self._stack.enter_context(made))
            self._folder.chmod(0o711)
        return self._folder

    def _started(
        self, start: Callable[[], str], stop: Callable[[], object], pid: Callable[[], int | None]
    ) -> str:
        url = start()
        self._stack.callback(stop)
        self._stack.enter_context(stopped_even_if_we_are_killed(pid()))
        return url


@contextmanager
def stopped_even_if_we_are_killed(pid: int | None) -> Iterator[None]:
    """A store outlives its parent by design, so a killed test run would leave one behind each time.

    The guard reads a pipe that only we hold open: it ends when we do, however we end.
    """
    assert pid is not None
    script = f"import os,sys; sys.stdin.read(); os.kill({pid}, 3)"
    guard = subprocess.Popen(
        [sys.executable, "-I", "-S", "-c", script],
        stdin=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield
    finally:
        guard.kill()
        guard.wait()
        assert guard.stdin is not None
        guard.stdin.close()
