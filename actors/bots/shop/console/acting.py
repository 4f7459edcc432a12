"""Who acts in the shop's section, and how what is refused is said there."""

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any, TypeVar

from mailroom.actors.bots.shop.domain.language import Language
from mailroom.actors.bots.shop.domain.owner_faults import ABSENT, IN_THE_WAY, OwnerError
from mailroom.actors.bots.shop.options import Options
from mailroom.actors.bots.shop.owner_log import By
from mailroom.actors.bots.shop.owner_problems import problem
from mailroom.actors.bots.shop.owner_texts import OWNER_TEXTS
from mailroom.actors.hosting.room import Room
from mailroom.actors.pages.answer import Problem
from mailroom.actors.pages.visit import Visit

M = TypeVar("M")
T = TypeVar("T")
Function = Callable[[Room[Options], Visit, M], Awaitable[T]]

EN = OWNER_TEXTS[Language.EN]
"""Those of its texts that have no markup: nothing here is read as HTML."""

Said = dict[str, Any]
"""What came of it: `says` in a sentence, and more as numbers."""


def actor(visit: Visit, action: str, target: str) -> By:
    """Who acts, and why. With a key of whoever asks it is done once."""
    return By(visit.bot, visit.who, visit.effect(f"{action}:{target}"), visit.why, visit.cause)


def in_words(function: Function[M, T]) -> Function[M, T]:
    """Have what is refused to an owner said as the console says it."""

    @wraps(function)
    async def asked(room: Room[Options], visit: Visit, what: M) -> T:
        try:
            return await function(room, visit, what)
        except OwnerError as error:
            fault = error.wrong.fault
            words = problem(Language.EN, error.wrong)
        if fault in ABSENT:
            raise Problem(fault, "absent", says=words)
        raise Problem(fault, "conflict" if fault in IN_THE_WAY else "bad", says=words)

    return asked
