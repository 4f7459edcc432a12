"""What the tests of a session share, and the bots that they test one after another."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

import structlog

from mailroom.ops.testing.loop import TestLoop
from mailroom.ops.testing.service import Service
from mailroom.ops.testing.stores import Stores
from mailroom.ops.testing.subject import Answering, Subject


class Session:
    """One loop, and stores that are started for the first who asks."""

    def __init__(self) -> None:
        self.stores = Stores()
        self._loop: TestLoop | None = None
        self._logs_are_ours = not structlog.is_configured()
        if self._logs_are_ours:
            log_to_pytest()

    @property
    def loop(self) -> TestLoop:
        """The loop; a new one where a test has left it unusable."""
        if self._loop is None or not self._loop.usable:
            self._loop = TestLoop()
        return self._loop

    @contextmanager
    def service(self, answering: Answering) -> Iterator[Service]:
        """A bot at work, until the block ends."""
        service = Service(self.loop, self.stores, Subject(answering))
        service.open()
        try:
            yield service
            service.check()
        finally:
            service.close()

    def close(self) -> None:
        """End all of it."""
        if self._loop is not None:
            with suppress(RuntimeError):  # it was broken off in the middle of something
                self._loop.close()
        self.stores.close()
        if self._logs_are_ours:
            structlog.reset_defaults()


def log_to_pytest() -> None:
    """Send log lines where pytest shows them with a test that failed, tracebacks without all variables."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.processors.format_exc_info,
            _as_text,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )


def _as_text(_logger: object, _method: str, line: structlog.typing.EventDict) -> str:
    """What happened, the details of it, and below that the traceback, where there is one."""
    event, exception = line.pop("event", ""), line.pop("exception", "")
    details = " ".join(f"{name}={value}" for name, value in line.items() if value not in (None, ""))
    return f"{event} {details}\n{exception}".rstrip()
