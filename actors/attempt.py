"""One attempt at one message, on the asyncio side: count it, let the bot work, commit. The chat's actor
decides what follows from the outcome.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from aiogram.exceptions import TelegramRetryAfter

from actors.chat_state import ChatState, Work
from actors.control import Control, StoppedError
from actors.group import Group
from actors.hosting.answers import believable
from actors.hosting.bot import HostedBot
from actors.hosting.errors import NotUrgent, Owner, Parked, owner_of
from actors.journal import Doubts, Journal, Pool
from actors.policy import Policy
from actors.running import running
from actors.turn import Turn, current_turn
from storage.errors import Fenced, StoreError, StoreUnavailable
from storage.redis.entry import Chat, Entry
from storage.redis.mailbox import Begun, Changes, Committed, Following, Incomplete, Mailboxes
from storage.words import traceback_of, words

T = TypeVar("T")

STORE_PAUSE_SECONDS = 0.05
STORE_PAUSE_MAX_SECONDS = 1.0
OUTAGE_PAUSE_SECONDS = 1.0
"""The pause after Telegram failed to answer; it doubles with each failure in a row."""
TAKE_BACK_SECONDS = 1.0
"""How long an attempt that we broke off ourselves may take to be taken back: we are on our way out."""
OUTAGE_PAUSE_DOUBLINGS_MAX = 16
"""Past any longest pause."""
OUTAGES_MAX = 5
OUTAGES_SECONDS_MAX = 300.0
"""From the fifth outage of one message on, or five minutes after its first, it is asked whether there is one:
a message may be what nobody can deliver.
"""
NOT_THE_MESSAGES = (Owner.BOT, Owner.OUTSIDE, Owner.US, Owner.WAIT)
"""Whose failures a message waits out without being blamed."""
APOLOGY_NUMBER = 1_000_000
"""The call number of the apology: far from the handler's own calls, whose number may differ."""


class Ownership(Protocol):
    """What says whether this process may work the chats."""

    @property
    def epoch(self) -> int:
        """The number of our ownership; raises `Fenced` once it has ended."""

    @property
    def held(self) -> bool:
        """Whether the chats are ours now."""

    @property
    def in_doubt(self) -> bool:
        """Whether our time is over by our own clock: another may have taken over, and the fence knows."""

    @property
    def partitions(self) -> Sequence[int]:
        """Which partitions are ours."""


class ProcessDiedError(Exception):
    """The process ended while it worked on this message, as often as the message may be tried."""


class HandlerTimeoutError(Exception):
    """The handler took longer than a handler may."""


@dataclass(frozen=True, slots=True)
class Done:
    """Finished and committed. `verdict` is handled, unhandled, refused, stopped or dead; `others` are the
    further parts of a media group.
    """

    verdict: str
    committed: Committed
    attempt: int
    following: Entry | None = None
    """The message that was begun with the commit; `committed.next` is the attempt at it."""
    error: BaseException | None = None
    others: tuple[Entry, ...] = ()


@dataclass(frozen=True, slots=True)
class Later:
    """To be tried again. `counted`: it was an attempt; else the message is not to blame for the wait."""

    seconds: float
    counted: bool
    attempt: int
    error: BaseException | None


SUSPENDED = "suspended"
GONE = "gone"
"""On-call took the message away before it was begun."""
BEHIND = "behind"
"""Another message stands before it, of which its actor did not know."""
TORN = "torn"
"""On-call took a part of a media group away while it was handled; the others are in line still."""
BACK = "back"
"""It is not urgent after all: it is in line now, and no attempt was made."""
Outcome = Done | Later | Incomplete | str
NextAfter = Callable[[Sequence[Entry]], Following | None]
"""Names the message to begin with the commit of these."""


@dataclass(slots=True)
class Worker:
    """What all attempts share."""

    mailboxes: Mailboxes
    ownership: Ownership
    policy: Policy
    doubts: Doubts = field(default_factory=Doubts)

    async def persist(self, call: Callable[[], Awaitable[T]], *, fact: bool = False) -> T:
        """Make a store call until it has an answer. The calls are safe to repeat. Raises `Fenced` once we are
        not the owner any more; a `fact` is told once all the same.
        """
        pause = STORE_PAUSE_SECONDS
        while True:
            if not fact:
                _ = self.ownership.epoch
            try:
                return await call()
            except StoreUnavailable:
                fact = False
                await asyncio.sleep(pause)
                pause = min(pause * 2, STORE_PAUSE_MAX_SECONDS)

    async def run(
        self,
        bot: HostedBot,
        chat: Chat,
        entry: Entry,
        state: ChatState,
        begun: Begun | None,
        *,
        attempt_id: str,
        epoch: int,
        late: bool,
        following: NextAfter,
        broken_off: Callable[[], bool],
        control: Control,
    ) -> Outcome:
        """Work on one message, or on the media group that it begins. `begun` if its attempt is counted
        already; `following` names the message to begin with the commit; `broken_off` tells whether a
        cancellation is our own doing, so that the attempt is none; by `control` it is stopped.
        """
        if begun is None:
            counted = await self.persist(
                lambda: self.mailboxes.begin(chat, epoch, entry.seq, attempt_id, apart=bot.apart)
            )
            if counted is None:
                return SUSPENDED
            if isinstance(counted, str | Incomplete):
                return counted
            begun = counted
        work = state.begin(entry)
        try:
            return await self._attempt(
                bot, chat, entry, state, work, begun, attempt_id, epoch, late, following, control
            )
        except NotUrgent:
            await self.persist(lambda: self.mailboxes.back(chat, epoch, entry.seq))
            return BACK
        except asyncio.CancelledError:
            if broken_off():
                await self._take_back(chat, epoch, entry, attempt_id)
            raise
        finally:
            state.end(work)

    async def _attempt(
        self,
        bot: HostedBot,
        chat: Chat,
        entry: Entry,
        state: ChatState,
        work: Work,
        begun: Begun,
        attempt_id: str,
        epoch: int,
        late: bool,
        following: NextAfter,
        control: Control,
    ) -> Outcome:
        attempt, outages = begun.attempt, begun.outages
        turns = self._turns(chat, entry, state, begun, epoch, late, control)
        error: BaseException | None = None
        verdict = "handled"
        try:
            if not await self._dispatch(bot, turns):
                verdict = "unhandled"
        except Parked as parked:
            if not control.stopped:
                await _settle_journals(turns)
                _forget_changes(turns)
                self._leave_doubts(turns)
                return await self._put_off(chat, entry, epoch, parked.seconds, attempt_id, attempt, None)
        except NotUrgent:
            await _settle_journals(turns)
            raise
        except Fenced:
            raise  # it is not the handler that failed: we are not the owner any more
        except Exception as raised:
            error = raised
        if control.close():
            # However its handler took it: that it was stopped is all that is to be seen of it.
            error, verdict = None, "stopped"
            _forget_changes(turns)
        turn = turns[0]
        if error is not None:
            await _settle_journals(turns)
            owner = owner_of(error)
            if owner is not Owner.NOBODY:  # a refusal is an end like any other: what was written before it is
                _forget_changes(turns)
            if owner is Owner.BOT:
                bot.hold.begin(words(error))
            if owner in NOT_THE_MESSAGES and not await self._is_to_blame(bot, turn, owner, begun):
                pause = _pause(error, outages, self.policy)
                said = None if owner is Owner.WAIT else error
                self._leave_doubts(turns)
                return await self._put_off(chat, entry, epoch, pause, attempt_id, attempt, said)
            if owner is Owner.NOBODY:
                verdict = "refused"
            elif attempt < self.policy.attempts_max:
                pause = min(self.policy.backoff_seconds * 2 ** (attempt - 1), self.policy.backoff_max_seconds)
                self._leave_doubts(turns)
                return Later(pause, True, attempt, error)
            else:
                verdict = "dead"
                # No attempt before the last has apologised.
                turn.journal.anew = attempt <= self.policy.attempts_max
                await self._apologise(bot, turn)
        letters = [_dead_letter(one, error, turns) if verdict == "dead" and error else None for one in turns]
        if verdict != "dead":
            for one in turns:
                one.journal.supersede()
        else:
            # A requeued letter does not say again what was said, the apology included.
            await _settle_journals(turns)
        others = tuple(part.entry for part in begun.parts)
        done = (entry, *others)

        async def commit() -> tuple[Committed, Entry | None]:
            # Asked as late as possible, and anew each time: another may have come before it meanwhile.
            asked = following(done)
            committed = await self.mailboxes.commit(
                chat,
                epoch,
                entry,
                changes,
                following=asked,
                dead=letters[0],
                park=bot.parks,
                parts=tuple(zip(others, letters[1:], strict=True)),
            )
            return committed, asked.entry if asked and committed.next is not None else None

        async with state:
            changes = state.merged(work, turn.changes, turn.bases, bot.storage)
            committed, begun_next = await self.persist(commit)
            if committed.torn:
                return TORN
            if not committed.gone:
                _settle(state, work, turns, changes)
        return Done(verdict, committed, attempt, begun_next, error, others)

    def _leave_doubts(self, turns: Sequence[Turn]) -> None:
        """An attempt has ended that is followed by another one."""
        for turn in turns:
            assert turn.entry is not None, "only messages are tried again"
            self.doubts.leave(turn.chat, turn.entry.seq, turn.epoch, turn.journal)

    def _turns(
        self,
        chat: Chat,
        entry: Entry,
        state: ChatState,
        begun: Begun,
        epoch: int,
        late: bool,
        control: Control,
    ) -> list[Turn]:
        """The turn of a message; of a media group one for each of its parts."""
        permit = self._permit(chat, epoch)
        # An outage is no attempt to the message, but its call may have gone out all the same.
        tries = begun.attempt + begun.outages
        journal = Journal(chat.bot, self._recorder(chat, epoch, entry), begun.journal, tries)
        journal.suspects = self.doubts.take(chat, entry.seq, epoch)
        first = Turn(chat, entry, epoch, begun.attempt, late, state, journal, permit=permit, control=control)
        if not begun.parts:
            return [first]
        turns = [first]
        for part, recorded in begun.parts:
            journal = Journal(chat.bot, self._recorder(chat, epoch, part), recorded, tries)
            journal.suspects = self.doubts.take(chat, part.seq, epoch)
            turns.append(Turn(chat, part, epoch, begun.attempt, late, state, journal, permit=permit))
        pool = Pool({})
        group = Group(pool)
        for turn in turns:
            assert turn.entry is not None
            turn.group, turn.group_trace, turn.changes = group, entry.trace, group.changes
            turn.bases = first.bases
            turn.journal.part, turn.journal.pool = turn.entry.seq, pool
            pool.records.update(
                ((turn.entry.seq, number), record) for number, record in turn.journal.recorded.items()
            )
        return turns

    async def run_local(
        self, bot: HostedBot, chat: Chat, state: ChatState, epoch: int, work: Callable[[], Awaitable[T]]
    ) -> T:
        """Run work that has no message, and commit what it changed."""

        async def unrecorded(_number: int, _record: bytes) -> None:
            """There is no message that could be replayed."""

        journal = Journal(chat.bot, unrecorded)
        turn = Turn(chat, None, epoch, 1, False, state, journal, permit=self._permit(chat, epoch))
        at_it = state.begin(None)
        try:
            result = await self._as_current(turn, work)
            if turn.changes:
                async with state:
                    changes = state.merged(at_it, turn.changes, turn.bases, bot.storage)
                    await self.persist(lambda: self.mailboxes.commit(chat, epoch, None, changes))
                    _settle(state, at_it, [turn], changes)
        finally:
            state.end(at_it)
        return result

    async def _dispatch(self, bot: HostedBot, turns: list[Turn]) -> bool:
        turn = turns[0]
        if turn.control.stopped:
            raise StoppedError
        if turn.attempt > self.policy.attempts_max:
            times = f"{self.policy.attempts_max} times"
            raise ProcessDiedError(f"the process ended while it worked on this message, {times}")
        deadline = asyncio.timeout(self.policy.handler_timeout_seconds)
        try:
            async with deadline:
                turn.control.runs_until(deadline)
                if turn.group is not None:
                    return await turn.group.run(
                        turns, lambda one: self._as_current(one, lambda: bot.handle(one))
                    )
                return await self._as_current(turn, lambda: bot.handle(turn))
        except TimeoutError:
            if deadline.expired():
                raise HandlerTimeoutError(
                    f"the handler took longer than {self.policy.handler_timeout_seconds:.0f} s"
                ) from None
            raise

    @staticmethod
    async def _as_current(turn: Turn, work: Callable[[], Awaitable[T]]) -> T:
        token = current_turn.set(turn)
        turn.task = asyncio.current_task()
        turn.open = True
        try:
            with running(turn):
                return await work()
        finally:
            turn.open = False
            current_turn.reset(token)

    async def _apologise(self, bot: HostedBot, turn: Turn) -> None:
        turn.journal.calls = APOLOGY_NUMBER
        try:
            async with asyncio.timeout(self.policy.backoff_max_seconds):
                await self._as_current(turn, lambda: bot.apologise(turn))
        except (Parked, TimeoutError):
            pass  # the dead letter tells on-call; an apology that would come much later helps nobody

    async def _is_to_blame(self, bot: HostedBot, turn: Turn, owner: Owner, begun: Begun) -> bool:
        """Whether a message that met with outages again and again is to blame itself after all: Telegram
        has done something else for the bot since the call that failed now, or does when it is asked.
        """
        age_ms = self.mailboxes.now_ms() - begun.outage_since_ms if begun.outage_since_ms else 0
        # A hold lasts as long as it lasts: only how often a message ran into one says something of it.
        is_old = owner is Owner.OUTSIDE and age_ms >= OUTAGES_SECONDS_MAX * 1000
        if owner not in (Owner.OUTSIDE, Owner.BOT) or not (is_old or begun.outages + 1 >= OUTAGES_MAX):
            return False
        return bot.answered_since(turn.called_at) or await bot.is_known()

    async def _put_off(
        self,
        chat: Chat,
        entry: Entry,
        epoch: int,
        seconds: float,
        attempt_id: str,
        attempt: int,
        error: BaseException | None,
    ) -> Later:
        # The chat's wait is that of the head of its box: an expedited message waits by itself.
        until = 0 if entry.expedited else self.mailboxes.now_ms() + int(seconds * 1000)
        outage = error is not None
        await self.persist(
            lambda: self.mailboxes.park(chat, epoch, entry.seq, until, take_back=attempt_id, outage=outage)
        )
        return Later(seconds, False, attempt, error)

    async def _take_back(self, chat: Chat, epoch: int, entry: Entry, attempt_id: str) -> None:
        """What we break off ourselves is no attempt; where it cannot be said any more, it counts as one. The
        ownership may be over, and the fence still be ours: rows that a restored database knows nothing of.
        """
        try:
            async with asyncio.timeout(TAKE_BACK_SECONDS):
                await self.mailboxes.park(chat, epoch, entry.seq, 0, take_back=attempt_id)
        except (StoreError, TimeoutError):
            pass

    def _recorder(
        self, chat: Chat, epoch: int, entry: Entry
    ) -> Callable[[int, bytes], Coroutine[Any, Any, None]]:
        async def record(number: int, kept: bytes) -> None:
            await self.persist(
                lambda: self.mailboxes.journal(chat, epoch, entry.seq, entry.trace, number, kept), fact=True
            )

        return record

    def _permit(self, chat: Chat, epoch: int) -> Callable[[], Awaitable[None]]:
        """What is asked right before a call of a turn leaves: the lease by our own clock, and where that has
        run out the fence. Only a call that is leaving already may be made twice.
        """

        async def permit() -> None:
            ours = self.ownership.epoch == epoch
            if ours and self.ownership.in_doubt:
                ours = await self.persist(lambda: self.mailboxes.stands(chat, epoch))
            if not ours:
                raise Fenced(f"{chat}: epoch {epoch} is not the owner's any more", epoch)

        return permit


def _pause(error: BaseException, outages: int, policy: Policy) -> float:
    """How long a message waits for what it is not to blame for."""
    if isinstance(error, TelegramRetryAfter):
        return believable(getattr(error, "retry_after", None))  # a bot may raise one of its own making
    return min(
        OUTAGE_PAUSE_SECONDS * 2.0 ** min(outages, OUTAGE_PAUSE_DOUBLINGS_MAX), policy.backoff_max_seconds
    )


async def _settle_journals(turns: Sequence[Turn]) -> None:
    """Wait until every call that was confirmed is recorded."""
    for turn in turns:
        await turn.journal.settle()


def _forget_changes(turns: Sequence[Turn]) -> None:
    """What was written is not committed."""
    for turn in turns:
        turn.changes = Changes()


def _settle(state: ChatState, work: Work, turns: Sequence[Turn], changes: Changes) -> None:
    """Bring the state in memory up to the commit, before anything else of this loop runs: a task that the
    handler left behind may have read and written in the meantime, and what it wrote is newer.
    """
    state.commit(work, changes)
    _forget_changes(turns)


def _dead_letter(turn: Turn, error: BaseException, together: Sequence[Turn]) -> dict[str, object]:
    """A message that died, and `together` with which others: on-call brings them back as one."""
    entry = turn.entry
    assert entry is not None, "only messages become dead letters"
    group = {"group": [one.entry.seq for one in together if one.entry]} if len(together) > 1 else {}
    return group | {
        "bot": turn.bot,
        "chat": turn.chat.id,
        "seq": entry.seq,
        "order": entry.order,
        "kind": entry.kind,
        "queue": entry.queue_and_group,
        "trace": entry.trace,
        "accepted_ms": entry.accepted_ms,
        "died_ms": int(time.time() * 1000),
        "attempts": turn.attempt,
        "epoch": turn.epoch,
        "error": words(error),
        "traceback": traceback_of(error),
        "payload": entry.payload.decode(errors="replace"),
        "expedited": entry.expedited,
    }
