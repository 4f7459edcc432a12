"""Asking the process that judges (`child.py` runs there); what it has said is remembered."""

import asyncio
from collections import OrderedDict
from collections.abc import Sequence

from structlog import get_logger

from mailroom.actors.bots.shop.consultant.judge import child
from mailroom.actors.uses.cpu import Cpu

log = get_logger("mailroom.consultant")

ANSWER_SECONDS = 5.0
"""A sentence takes some milliseconds, an answer has some twenty of them."""
REMEMBERED_MAX = 2_048
"""Sentences: an answer that grows is judged again and again."""
STATEMENT_FROM = -0.05
"""From this mark on a sentence is taken for a statement: 1 is like those that are, -1 like those that are
not. A little below the middle, as a lie that is shown costs more than an honest sentence that is not.
"""
PART_FROM = 0.1
"""The same of a part of a sentence, which is less sure. In a long sentence about goods a short lie is lost:
of fifty such sentences the whole alone told twenty-six, with the parts forty-nine are told.
"""

_known: OrderedDict[str, float] = OrderedDict()
"""The mark of each sentence that was judged last: it is the same whoever asks, of whichever shop."""


class UnjudgedError(Exception):
    """There is no judgement: the process is not to be had, or too slow. Show nothing that needs one."""


async def marks(cpu: Cpu, sentences: Sequence[str]) -> list[float]:
    """How much each sentence is a statement: 1 and more, to -1 and less. Raises `UnjudgedError`."""
    found = {one: _known[one] for one in sentences if one in _known}
    if new := [one for one in dict.fromkeys(sentences) if one not in found]:
        try:
            found.update(zip(new, await cpu(child.marks, new, seconds=ANSWER_SECONDS), strict=True))
        except Exception as error:  # whatever it is, nothing was judged
            raise UnjudgedError(str(error) or type(error).__name__) from error
        _known.update(found)
        while len(_known) > REMEMBERED_MAX:
            _known.popitem(last=False)
    return [found[one] for one in sentences]


def warm(cpu: Cpu) -> None:
    """Have it load what it needs, so that the first answer does not wait for it."""
    warming = asyncio.ensure_future(marks(cpu, ["-"]))
    warming.add_done_callback(_warmed)


def _warmed(warming: asyncio.Future[list[float]]) -> None:
    if not warming.cancelled() and (error := warming.exception()) is not None:
        log.error("judge_does_not_start", error=str(error))
