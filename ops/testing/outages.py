"""What goes wrong around a bot, each as one line of a test.

Within the block it goes wrong; whatever is done there returns once nothing goes on but waits. With the end of
the block it is over, and the waits it has left (until a further attempt, until Telegram hears the bot again)
are cut short: when the block has been left, all is settled. One that touched nothing fails the test.
"""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from mailroom.ops.testing.errors import NothingThereError, OutageNeverStruckError
from mailroom.ops.testing.service import Service
from mailroom.storage.errors import StoreUnavailable

if TYPE_CHECKING:
    from mailroom.ops.simulators.telegram.faults import Rule
    from mailroom.storage.redis.entry import Entry
    from mailroom.storage.redis.mailbox import Committed

Commit = Callable[[], Awaitable["Committed"]]


@contextmanager
def outage(service: Service, what: str, end: Callable[[], int]) -> Iterator[None]:
    """Something is wrong until the block ends; `end` mends it, and says how often it struck."""
    service.outages += 1
    struck = 0
    try:
        yield
    finally:
        struck = end()
        service.outages -= 1
    service.hurry()
    service.settle()
    if not struck:
        raise OutageNeverStruckError(f"{what} touched nothing that happened in the block")


class TelegramOutages:
    """What Telegram, or whoever stands before it, does to calls and updates. `method` is the one call that is
    meant, such as `sendMessage`; without it all are.
    """

    def __init__(self, service: Service) -> None:
        self._service = service

    @contextmanager
    def answers_502(self, method: str | None = None) -> Iterator[None]:
        """A gateway answers with a page of HTML; no call takes effect."""
        with self._rule("a 502", kind="html", status=502, method=method):
            yield

    @contextmanager
    def answers_429(self, method: str | None = None, *, retry_after: int = 30) -> Iterator[None]:
        """The first call is refused with 429, and its chat's until so many seconds have passed."""
        with self._rule("a 429", kind="429", retry_after=retry_after, times=1, method=method):
            yield

    @contextmanager
    def times_out(self, method: str | None = None) -> Iterator[None]:
        """The connection breaks before a call takes effect."""
        with self._rule("a time-out", kind="drop_before", method=method):
            yield

    @contextmanager
    def times_out_after_sending(self, method: str | None = None) -> Iterator[None]:
        """The first call takes effect, and its answer is lost on the way."""
        with self._rule("a time-out after sending", kind="drop_after", times=1, method=method):
            yield

    @contextmanager
    def delivers_twice(self) -> Iterator[None]:
        """Whatever happens in the block comes once more, under another update id: as after a restore, when
        it is not known any more that it was handled.
        """
        telegram = self._service.telegram
        telegram.repeats, before = True, telegram.repeated

        def end() -> int:
            telegram.repeats = False
            return telegram.repeated - before

        with outage(self._service, "a second delivery", end):
            yield

    @contextmanager
    def _rule(self, what: str, *, method: str | None, **rule: object) -> Iterator[None]:
        telegram = self._service.telegram
        made: Rule = telegram.strike(method=method.lower() if method else None, **rule)

        def end() -> int:
            telegram.behave(made)
            return made.struck

        with outage(self._service, f"{what} of Telegram's", end):
            yield


class Outages:
    """What happens to the stores, to the model, and to the process itself."""

    def __init__(self, service: Service) -> None:
        self._service = service

    @contextmanager
    def redis_before_commit(self) -> Iterator[None]:
        """Redis goes away when the first message that is handled is to be committed, and stays away until
        another has the chat: what was not written is handled again, by a process that was not restarted.
        """
        with self._at_commit("an outage of Redis before the commit", done=False, anew=False):
            yield

    @contextmanager
    def redis_after_commit(self) -> Iterator[None]:
        """Redis writes the commit of the first message, and goes away before it has said so; so does the
        process. What was written is not handled again, and what was not is lost.
        """
        with self._at_commit("an outage of Redis after the commit", done=True, anew=True):
            yield

    @contextmanager
    def killed_before_commit(self) -> Iterator[None]:
        """The process is killed between the answers to the first message and its commit. The next one handles
        it again: calls that were made are answered from the record.
        """
        with self._at_commit("a kill before the commit", done=False, anew=True):
            yield

    @contextmanager
    def postgres_away(self) -> Iterator[None]:
        """Postgres ends all connections, and takes no new one."""
        tables = self._service.tables
        if tables is None:
            raise NothingThereError("a router is tested, which has no Postgres")
        self._service.loop.run(tables.go_away())
        with outage(self._service, "an outage of Postgres", tables.come_back):
            yield

    @contextmanager
    def model_down(self) -> Iterator[None]:
        """No model answers."""
        models = self._service.scripted
        models.down, before = True, models.refused

        def end() -> int:
            models.down = False
            return models.refused - before

        with outage(self._service, "an outage of the model", end):
            yield

    @contextmanager
    def _at_commit(self, what: str, *, done: bool, anew: bool) -> Iterator[None]:
        service = self._service
        process = service.process
        struck: list[Entry] = []

        async def at_commit(commit: Commit, entry: "Entry") -> "Committed":
            if not struck:
                struck.append(entry)
                if done:
                    await commit()
                process.line.down = True
            raise StoreUnavailable("Redis does not answer: the test has it away")

        process.mailboxes.at_commit = at_commit

        def end() -> int:
            process.mailboxes.at_commit = None
            if struck:
                service.replace(anew=anew)
            return len(struck)

        with outage(service, what, end):
            yield
