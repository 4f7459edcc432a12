"""Which turn runs in which task: how somebody who looks on from another thread tells whose handler it is that
holds the loop.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from actors.turn import Turn

_turns: dict[asyncio.Task[Any], Turn] = {}


@contextmanager
def running(turn: Turn) -> Iterator[None]:
    """Note that the current task works on this turn."""
    task = turn.task
    assert task is not None, "a turn runs in a task"
    before = _turns.get(task)
    _turns[task] = turn
    try:
        yield
    finally:
        if before is None:
            del _turns[task]
        else:
            _turns[task] = before


def turn_at_work(loop: asyncio.AbstractEventLoop) -> Turn | None:
    """The turn whose task the loop runs at this moment, if it runs one. May be asked from any thread."""
    task = asyncio.current_task(loop)
    return _turns.get(task) if task is not None else None
