"""Errors in words. An exception is somebody's code: to ask it for its text may raise. What is only told, to
the log or to whoever is on call, goes through here first: nothing here raises, and everything has an end.
"""

import traceback

from pydantic_core import ValidationError

from mailroom.storage.frames import is_authors
from mailroom.storage.texts import DEPTH_MAX, SHOWN_CHARS_MAX, kept, named, shown
from mailroom.storage.wrong_values import in_a_sentence

TRACEBACK_CHARS_MAX = 8_000
"""Enough to see what happened; a library that puts a whole page into its error must not fill the store."""


def words(error: BaseException) -> str:
    """An error in words: its type, and what it says. What pydantic found wrong is one plain sentence."""
    if type(error) is not ValidationError:
        return f"{named(error)}: {shown(error)}"
    return kept(f"no valid {error.title}: {in_a_sentence(error)}", SHOWN_CHARS_MAX)


def traceback_of(error: BaseException, chars_max: int = TRACEBACK_CHARS_MAX) -> str:
    """How it came to an error, as Python prints it; never with the variables of the frames, which may be as
    large as the memory. Where a bot's code had a part in it, its own lines and the last one: what lies
    between, aiogram's and ours, is nothing that its author could mend.
    """
    try:
        told = traceback.TracebackException.from_exception(error, compact=True)
        _shorten(told, DEPTH_MAX)
        return kept("".join(told.format()), chars_max)
    except Exception as refusal:
        return f"{words(error)}\n<its traceback cannot be had: {named(refusal)}>"


def _shorten(told: traceback.TracebackException, depth: int) -> None:
    own = [frame for frame in told.stack if is_authors(frame.filename)]
    if own:
        last = told.stack[-1]
        told.stack = traceback.StackSummary.from_list([*own, *([] if own[-1] is last else [last])])
    for other in (told.__cause__, told.__context__, *(told.exceptions or ())):
        if depth and other is not None:
            _shorten(other, depth - 1)
