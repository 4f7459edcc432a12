"""Which turn runs in which task: for the turn's own code by a context variable, and for somebody who looks on
from another thread and asks whose handler it is that holds the loop.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from mailroom.actors.turn import Turn, current_turn

T = TypeVar("T")

_turns: dict[asyncio.Task[Any], Turn] = {}


async def as_current(turn: Turn, work: Callable[[], Awaitable[T]]) -> T:
    """Run a turn's work in the current task, as that turn's."""
    task = asyncio.current_task()
    assert task is not None, "a turn runs in a task"
    before = _turns.get(task)
    token = current_turn.set(turn)
    turn.task = task
    turn.open = True
    _turns[task] = turn
    try:
        return await work()
    finally:
        if before is None:
            del _turns[task]
        else:
            _turns[task] = before
        turn.open = False
        current_turn.reset(token)


def turn_at_work(loop: asyncio.AbstractEventLoop) -> Turn | None:
    """The turn whose task the loop runs at this moment, if it runs one. May be asked from any thread."""
    task = asyncio.current_task(loop)
    return _turns.get(task) if task is not None else None
