"""Whether an actor still takes messages, whether it has ended, and of what."""

import uuid

import trio
from trio.lowlevel import Abort, current_task, reschedule, wait_task_rescheduled


class Life:
    """What an actor and its references share about its life; it takes the place of Pykka's `actor_stopped`.

    Pykka uses a `threading.Event` and makes a UUID for each actor, which together cost more memory and time
    than all the rest of a sleeping actor; here the name is made when somebody asks for it.
    """

    __slots__ = ("_stopped", "_urn", "_waiters", "ended", "error")

    def __init__(self) -> None:
        self._stopped = False
        self._urn: str | None = None
        self._waiters: list[trio.lowlevel.Task] | None = None
        self.ended = False
        self.error: BaseException | None = None

    @property
    def urn(self) -> str:
        """The actor's globally unique name."""
        if self._urn is None:
            self._urn = uuid.uuid4().urn
        return self._urn

    def is_set(self) -> bool:
        """Whether the actor has stopped taking messages: the part of `threading.Event` that Pykka reads."""
        return self._stopped

    def set(self) -> None:
        """Stop taking messages."""
        self._stopped = True

    def end(self) -> None:
        """The actor's task is over: tell everybody who waits for that."""
        self._stopped = self.ended = True
        waiters, self._waiters = self._waiters, None
        for task in waiters or ():
            reschedule(task)

    async def wait_for_end(self) -> BaseException | None:
        """Wait until the actor's task is over; return the error that ended it, None after an orderly stop."""
        if self.ended:
            await trio.lowlevel.checkpoint()
            return self.error
        task = current_task()
        if self._waiters is None:
            self._waiters = []
        self._waiters.append(task)

        def abort(_: object) -> Abort:
            assert self._waiters is not None
            self._waiters.remove(task)
            return Abort.SUCCEEDED

        await wait_task_rescheduled(abort)
        return self.error
