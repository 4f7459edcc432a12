"""What a test is told that wants to be refused."""

from collections.abc import Awaitable
from typing import Any

from mailroom.actors.pages.answer import Problem


async def refused(asked: Awaitable[Any]) -> Problem:
    """The problem. Raises `AssertionError` where there was an answer all the same."""
    try:
        answer = await asked
    except Problem as problem:
        return problem
    raise AssertionError(f"it was answered, and not refused: {answer!r}"[:2_000])
