"""One attempt at one message, on the asyncio side: count it, let the bot work, commit. The chat's actor
decides what follows from the outcome.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from mailroom.actors.chat_state import ChatState
from mailroom.actors.chat_state import Work as StateOfWork
from mailroom.actors.control import Control, StoppedError
from mailroom.actors.hosting.bot import HostedBot
from mailroom.actors.hosting.errors import Parked
from mailroom.actors.judge import (
    HANDLED,
    UNHANDLED,
    Pause,
    Tries,
    Verdict,
    Work,
    judge,
    must_ask,
    pause_seconds,
)
from mailroom.actors.outcome import BACK, SUSPENDED, TORN, Done, Later, NextAfter, Outcome
from mailroom.actors.owners import Fault, Owner
from mailroom.actors.running import as_current
from mailroom.actors.turn import Turn
from mailroom.actors.turns import dead_letter, forget_changes, settle_journals, turns_of
from mailroom.actors.worker import Worker
from mailroom.storage.errors import StoreError
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


class HandlerCancelledError(Exception):
    """The handler was cancelled from inside: something that it waited for was."""


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
        except asyncio.CancelledError:
            owner = Owner.LEAVING if self.broken_off() else Owner.ON_CALL
            if not judge(owner, self._work(begun)).counted:
                await self._take_back()
            raise
        finally:
            self.state.end(work)

    async def _run(self, begun: Begun, work: StateOfWork) -> Outcome:
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
        verdict = UNHANDLED
        try:
            if await self._dispatch():
                verdict = HANDLED
        except (asyncio.CancelledError, KeyboardInterrupt, GeneratorExit):
            raise  # it is the process that ends, or whoever has us run
        except BaseException as raised:
            error = raised
        fault = self._fault(error)
        if fault is None:
            return await self._commit(verdict, None, begun, work)
        if fault.owner is Owner.STOPPED:
            error = None  # however its handler took it: that it was stopped is all that is to be seen of it
        if fault.owner is not Owner.TAKEN:  # else nothing is ours to write
            await settle_journals(self._turns)
        tries = await self._tries(fault, begun)
        verdict = judge(fault.owner, self._work(begun), tries)
        if not verdict.keeps_state:
            forget_changes(self._turns)
        if verdict.holds:
            self.bot.hold.begin(words(fault.error))
        match verdict.again:
            case None:
                if verdict.apologises:
                    await self._apologise(tries)
                return await self._commit(verdict, error, begun, work)
            case Pause.NEXT_OWNER:
                raise fault.error
            case Pause.IN_LINE:
                await self.worker.persist(
                    lambda: self.worker.mailboxes.back(self.chat, self.epoch, self.entry.seq)
                )
                return BACK
        return await self._put_off(verdict, fault, error, tries)

    def _fault(self, error: BaseException | None) -> Fault | None:
        """Whose the failure is, if it is one."""
        fault = self.bot.fault_of(error) if error is not None else None
        if fault is not None and fault.owner in (Owner.TAKEN, Owner.LINE):
            return fault  # another's, or not begun: there is nothing to be stopped
        if self.control.close():
            return Fault(Owner.STOPPED, StoppedError())
        return fault

    def _work(self, begun: Begun) -> Work:
        if self.entry.expedited:
            return Work.EXPEDITED
        if begun.parts:
            return Work.ALBUM
        return Work.EVENT if self.entry.kind == "event" else Work.MESSAGE

    async def _tries(self, fault: Fault, begun: Begun) -> Tries:
        """How often it was tried, and what Telegram does for the bot besides if that is what matters."""
        since_ms = self.worker.mailboxes.now_ms() - begun.outage_since_ms if begun.outage_since_ms else 0
        tries = Tries(begun.attempt, self.worker.policy.attempts_max, begun.outages, since_ms / 1000)
        if must_ask(fault.owner, self._work(begun), tries):
            return replace(tries, served=await self.bot.is_served(self._turns[0].called_at))
        return tries

    async def _commit(
        self, verdict: Verdict, error: BaseException | None, begun: Begun, work: StateOfWork
    ) -> Done | str:
        turns, worker = self._turns, self.worker
        letters = [dead_letter(one, error, turns) if verdict.dead and error else None for one in turns]
        if not verdict.dead:
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
                    return await turn.group.run(self._turns, self._handle, self.bot.fault_of)
                return await self._handle(turn)
        except TimeoutError:
            if deadline.expired():
                raise HandlerTimeoutError(
                    f"the handler took longer than {policy.handler_timeout_seconds:.0f} s"
                ) from None
            raise

    async def _handle(self, turn: Turn) -> bool:
        try:
            return await as_current(turn, lambda: self.bot.handle(turn))
        except asyncio.CancelledError as error:
            task = asyncio.current_task()
            if task is None or task.cancelling():
                raise
            what = "the handler was cancelled from inside: something that it waited for was"
            raise HandlerCancelledError(what) from error

    async def _apologise(self, tries: Tries) -> None:
        turn = self._turns[0]
        turn.journal.anew = tries.attempt <= tries.attempts_max  # no attempt before the last has apologised
        turn.journal.calls = APOLOGY_NUMBER
        try:
            async with asyncio.timeout(self.worker.policy.backoff_max_seconds):
                await as_current(turn, lambda: self.bot.apologise(turn))
        except (Parked, TimeoutError):
            pass  # the dead letter tells on-call; an apology that would come much later helps nobody

    async def _put_off(
        self, verdict: Verdict, fault: Fault, error: BaseException | None, tries: Tries
    ) -> Later:
        """Leave it to be run again, and say so to the store where it is no attempt."""
        self._leave_doubts()
        assert verdict.again is not None, "it is to be run again"
        policy, mailboxes = self.worker.policy, self.worker.mailboxes
        seconds = pause_seconds(
            verdict.again,
            tries,
            told=fault.told_seconds,
            first=policy.backoff_seconds,
            most=policy.backoff_max_seconds,
        )
        if not verdict.counted:
            # The chat's wait is that of the head of its box: an expedited message waits by itself.
            until = 0 if self.entry.expedited else mailboxes.now_ms() + int(seconds * 1000)
            await self.worker.persist(
                lambda: mailboxes.park(
                    self.chat, self.epoch, self.entry.seq, until, take_back=self.id, outage=verdict.outage
                )
            )
        return Later(verdict, seconds, tries.attempt, error)

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
