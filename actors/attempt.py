"""One attempt at one message, on the asyncio side: count it, let the bot work, commit. The chat's actor
decides what follows from the outcome.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from mailroom.actors.blame import is_to_blame, pause_after
from mailroom.actors.chat_state import ChatState, Work
from mailroom.actors.control import Control, StoppedError
from mailroom.actors.hosting.bot import HostedBot
from mailroom.actors.hosting.errors import NotUrgent, Owner, Parked, owner_of
from mailroom.actors.outcome import BACK, SUSPENDED, TORN, Done, Later, NextAfter, Outcome
from mailroom.actors.running import as_current
from mailroom.actors.turn import Turn
from mailroom.actors.turns import dead_letter, forget_changes, settle_journals, turns_of
from mailroom.actors.worker import Worker
from mailroom.storage.errors import Fenced, StoreError
from mailroom.storage.redis.entry import Chat, Entry
from mailroom.storage.redis.mailbox import Begun, Committed, Incomplete
from mailroom.storage.words import words

TAKE_BACK_SECONDS = 1.0
"""How long an attempt that we broke off ourselves may take to be taken back: we are on our way out."""
APOLOGY_NUMBER = 1_000_000
"""The call number of the apology: far from the handler's own calls, whose number may differ."""


class ProcessDiedError(Exception):
    """The process ended while it worked on this message, as often as the message may be tried."""


class HandlerTimeoutError(Exception):
    """The handler took longer than a handler may."""


@dataclass(slots=True)
class Attempt:
    """An attempt at one message, or at the media group that it begins. `following` names the message to begin
    with the commit; `broken_off` tells whether a cancellation is our own doing, so that the attempt is none;
    by `control` it is stopped.
    """

    worker: Worker
    bot: HostedBot
    chat: Chat
    entry: Entry
    state: ChatState
    id: str
    epoch: int
    late: bool
    following: NextAfter
    broken_off: Callable[[], bool]
    control: Control
    _turns: list[Turn] = field(default_factory=list)

    async def run(self, begun: Begun | None) -> Outcome:
        """Make it. `begun` if it is counted already."""
        worker, chat, entry = self.worker, self.chat, self.entry
        if begun is None:
            counted = await worker.persist(
                lambda: worker.mailboxes.begin(chat, self.epoch, entry.seq, self.id, apart=self.bot.apart)
            )
            if counted is None:
                return SUSPENDED
            if isinstance(counted, str | Incomplete):
                return counted
            begun = counted
        work = self.state.begin(entry)
        try:
            return await self._run(begun, work)
        except NotUrgent:
            await settle_journals(self._turns)
            await worker.persist(lambda: worker.mailboxes.back(chat, self.epoch, entry.seq))
            return BACK
        except asyncio.CancelledError:
            if self.broken_off():
                await self._take_back()
            raise
        finally:
            self.state.end(work)

    async def _run(self, begun: Begun, work: Work) -> Outcome:
        self._turns = turns_of(
            self.worker,
            self.chat,
            self.entry,
            self.state,
            begun,
            epoch=self.epoch,
            late=self.late,
            control=self.control,
        )
        error: BaseException | None = None
        verdict = "handled"
        try:
            if not await self._dispatch():
                verdict = "unhandled"
        except Parked as parked:
            if not self.control.stopped:
                await settle_journals(self._turns)
                forget_changes(self._turns)
                return await self._put_off(parked.seconds, begun.attempt, None)
        except (NotUrgent, Fenced):
            raise  # it is not the handler that failed: it is another's, or we are not the owner any more
        except Exception as raised:
            error = raised
        if self.control.close():
            # However its handler took it: that it was stopped is all that is to be seen of it.
            error, verdict = None, "stopped"
            forget_changes(self._turns)
        if error is not None:
            judged = await self._judge(error, begun)
            if isinstance(judged, Later):
                return judged
            verdict = judged
        return await self._commit(verdict, error, begun, work)

    async def _judge(self, error: BaseException, begun: Begun) -> Later | str:
        """What becomes of a message whose handler failed: another attempt, or the verdict."""
        await settle_journals(self._turns)
        turn, policy = self._turns[0], self.worker.policy
        owner = owner_of(error)
        if owner is Owner.NOBODY:
            return "refused"  # a refusal is an end like any other: what was written before it is kept
        forget_changes(self._turns)
        if owner is Owner.BOT:
            self.bot.hold.begin(words(error))
        now_ms = self.worker.mailboxes.now_ms()
        if not await is_to_blame(self.bot, owner, begun, called_at=turn.called_at, now_ms=now_ms):
            pause = pause_after(error, begun.outages, policy)
            return await self._put_off(pause, begun.attempt, None if owner is Owner.WAIT else error)
        if begun.attempt < policy.attempts_max:
            pause = min(policy.backoff_seconds * 2 ** (begun.attempt - 1), policy.backoff_max_seconds)
            self._leave_doubts()
            return Later(pause, True, begun.attempt, error)
        # No attempt before the last has apologised.
        turn.journal.anew = begun.attempt <= policy.attempts_max
        await self._apologise(turn)
        return "dead"

    async def _commit(
        self, verdict: str, error: BaseException | None, begun: Begun, work: Work
    ) -> Done | str:
        turns, worker = self._turns, self.worker
        letters = [dead_letter(one, error, turns) if verdict == "dead" and error else None for one in turns]
        if verdict != "dead":
            for one in turns:
                one.journal.supersede()
        else:
            # A requeued letter does not say again what was said, the apology included.
            await settle_journals(turns)
        others = tuple(part.entry for part in begun.parts)
        done = (self.entry, *others)

        async def commit() -> tuple[Committed, Entry | None]:
            # Asked as late as possible, and anew each time: another may have come before it meanwhile.
            asked = self.following(done)
            committed = await worker.mailboxes.commit(
                self.chat,
                self.epoch,
                self.entry,
                changes,
                following=asked,
                dead=letters[0],
                park=self.bot.parks,
                parts=tuple(zip(others, letters[1:], strict=True)),
            )
            return committed, asked.entry if asked and committed.next is not None else None

        async with self.state:
            changes = self.state.merged(work, turns[0].changes, turns[0].bases, self.bot.storage)
            committed, begun_next = await worker.persist(commit)
            if committed.torn:
                return TORN
            if not committed.gone:
                # Before anything else of this loop runs: a task that the handler left behind may have read
                # and written in the meantime, and what it wrote is newer.
                self.state.commit(work, changes)
                forget_changes(turns)
        return Done(verdict, committed, begun.attempt, begun_next, error, others)

    async def _dispatch(self) -> bool:
        turn, policy = self._turns[0], self.worker.policy
        if turn.control.stopped:
            raise StoppedError
        if turn.attempt > policy.attempts_max:
            times = f"{policy.attempts_max} times"
            raise ProcessDiedError(f"the process ended while it worked on this message, {times}")
        deadline = asyncio.timeout(policy.handler_timeout_seconds)
        try:
            async with deadline:
                turn.control.runs_until(deadline)
                if turn.group is not None:
                    return await turn.group.run(self._turns, self._handle)
                return await self._handle(turn)
        except TimeoutError:
            if deadline.expired():
                raise HandlerTimeoutError(
                    f"the handler took longer than {policy.handler_timeout_seconds:.0f} s"
                ) from None
            raise

    async def _handle(self, turn: Turn) -> bool:
        return await as_current(turn, lambda: self.bot.handle(turn))

    async def _apologise(self, turn: Turn) -> None:
        turn.journal.calls = APOLOGY_NUMBER
        try:
            async with asyncio.timeout(self.worker.policy.backoff_max_seconds):
                await as_current(turn, lambda: self.bot.apologise(turn))
        except (Parked, TimeoutError):
            pass  # the dead letter tells on-call; an apology that would come much later helps nobody

    async def _put_off(self, seconds: float, attempt: int, error: BaseException | None) -> Later:
        """Wait, without an attempt; with an error the other side was away."""
        self._leave_doubts()
        mailboxes = self.worker.mailboxes
        # The chat's wait is that of the head of its box: an expedited message waits by itself.
        until = 0 if self.entry.expedited else mailboxes.now_ms() + int(seconds * 1000)
        outage = error is not None
        await self.worker.persist(
            lambda: mailboxes.park(
                self.chat, self.epoch, self.entry.seq, until, take_back=self.id, outage=outage
            )
        )
        return Later(seconds, False, attempt, error)

    def _leave_doubts(self) -> None:
        """It ends, and is followed by another one."""
        for turn in self._turns:
            assert turn.entry is not None, "only messages are tried again"
            self.worker.doubts.leave(turn.chat, turn.entry.seq, turn.epoch, turn.journal)

    async def _take_back(self) -> None:
        """What we break off ourselves is no attempt; where it cannot be said any more, it counts as one. The
        ownership may be over, and the fence still be ours: rows that a restored database knows nothing of.
        """
        try:
            async with asyncio.timeout(TAKE_BACK_SECONDS):
                await self.worker.mailboxes.park(self.chat, self.epoch, self.entry.seq, 0, take_back=self.id)
        except (StoreError, TimeoutError):
            pass
