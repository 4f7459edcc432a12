"""What the tests of a session share, and the bots that they test one after another."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, cast

import structlog

from mailroom.ops.testing.loop import TestLoop
from mailroom.ops.testing.service import Service
from mailroom.ops.testing.stores import Stores
from mailroom.ops.testing.subject import Subject

if TYPE_CHECKING:
    from mailroom.ops.testing.rooms import Tested
    from mailroom.ops.testing.tables import Tables


class Session:
    """One loop, and stores that are started for the first who asks."""

    def __init__(self) -> None:
        self.stores = Stores()
        self._loop = TestLoop()
        self._broken = False
        """Whether a test has left the loop in the middle of something."""
        self._tables: dict[str, Tables] = {}
        self._logs_are_ours = not structlog.is_configured()
        if self._logs_are_ours:
            log_to_pytest()

    @contextmanager
    def service(self, subject: Subject) -> Iterator[Service]:
        """A bot at work, until the block ends."""
        if self._broken:
            self._loop, self._tables = TestLoop(), {}
        tables = self._tables_of(cast("Tested", subject)) if hasattr(subject, "history") else None
        self._broken = True
        with self._loop.trio():
            service = Service(self._loop, self.stores, subject, tables)
            service.open()
            try:
                yield service
                service.check()
            finally:
                service.close()
        self._broken = False

    def _tables_of(self, tested: "Tested") -> "Tables":
        from mailroom.ops.testing.tables import Tables  # with it asyncpg

        if tested.kind not in self._tables:
            self._tables[tested.kind] = Tables(self.stores.postgres_url, tested.history)
        return self._tables[tested.kind]

    def close(self) -> None:
        """End all of it."""
        if not self._broken:
            for tables in self._tables.values():
                self._loop.run(tables.close())
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
