"""What a function of a room answers besides plain data, and how it says that it cannot."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class File:
    """Bytes. They are served so that nothing in them runs; ETag, Range and HEAD are seen to."""

    content: bytes
    type: str
    name: str = ""
    """What it is saved as."""
    inline: bool = False
    """Shown where it is asked for, and not saved."""
    fresh_seconds: int = 0
    """For how long whoever has it need not ask again."""
    digest: str = ""
    """What it is called by its content. Where it is asked for by that, it is fresh for good."""


@dataclass(frozen=True, slots=True)
class Live:
    """What is shown now, looked at once for all who look on: at a signal, and every so often."""

    look: Callable[[], Awaitable[object]]
    """Gives plain data."""
    name: str
    """Those who look on at the same name of the same ask are shown the same: put all into it that `look` goes
    by.
    """
    signals: tuple[str, ...] = ()
    """`room.signal(…)` with one of them, in whichever process, has it looked at anew."""
    every_seconds: float = 5.0


@dataclass(frozen=True, slots=True)
class Go:
    """Elsewhere: a browser that navigates is sent there, a script is told the address."""

    url: str


Answer = object | File | Live | Go
"""Whatever pydantic can write as JSON, or one of these."""

Wrong = Literal["bad", "unknown", "forbidden", "absent", "conflict", "gone", "too_many", "later"]
"""What kind of an answer it is instead: the question is malformed · nobody knows who asks · they may not ·
there is no such thing · it cannot be as things stand · it was there once · asked too often · try again.
"""


class Problem(Exception):  # noqa: N818 - an answer, not always a fault
    """An answer other than the one that was asked for. Its words are those of `code` in `Page.words`, or in a
    section what it `says`; `more` goes along in it as plain data.
    """

    def __init__(
        self, code: str, wrong: Wrong = "conflict", *, says: str = "", retry_seconds: float = 0.0, **more: Any
    ) -> None:
        super().__init__(says or code)
        self.code = code
        self.wrong = wrong
        self.says = says
        self.retry_seconds = retry_seconds
        """When it is worth trying again; 0: that depends."""
        self.more = more
