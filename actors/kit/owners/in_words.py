"""What an owner is refused in the console, as its asks say it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import wraps
from typing import TypeVar

from pydantic import BaseModel

from mailroom.actors.hosting.room import Room
from mailroom.actors.kit.owners.faults import ABSENT, IN_THE_WAY
from mailroom.actors.kit.owners.refusals import OwnerError, Wrong
from mailroom.actors.pages.answer import Problem
from mailroom.actors.pages.visit import Visit

O = TypeVar("O", bound=BaseModel)  # noqa: E741 - a room's options
M = TypeVar("M")
T = TypeVar("T")
Function = Callable[[Room[O], Visit, M], Awaitable[T]]


@dataclass(frozen=True)
class InWords:
    """Around a function that an ask names: has an `OwnerError` of it said as a `Problem`.

    `in_words = InWords(words, ABSENT_HERE, IN_THE_WAY_HERE)`, and `@in_words` above each function.
    """

    words: Callable[[Wrong], str]
    """What is wrong, and what to do, in the console's language."""
    absent: frozenset[StrEnum] = frozenset()
    """The room's faults which mean that there is no such thing: 404."""
    in_the_way: frozenset[StrEnum] = frozenset()
    """Those which mean that it cannot be as things stand: 409. All others are the asker's slip: 400."""

    def __call__(self, function: Function[O, M, T]) -> Function[O, M, T]:
        """The same function, which refuses as the console does."""

        @wraps(function)
        async def asked(room: Room[O], visit: Visit, what: M) -> T:
            try:
                return await function(room, visit, what)
            except OwnerError as error:
                wrong = error.wrong
            if wrong.fault in self.absent | ABSENT:
                raise Problem(wrong.fault, "absent", says=self.words(wrong))
            stands_in_the_way = wrong.fault in self.in_the_way | IN_THE_WAY
            raise Problem(wrong.fault, "conflict" if stands_in_the_way else "bad", says=self.words(wrong))

        return asked
