"""What Postgres keeps of a pair that does not fit: why nothing acts, and what Redis has lost."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Literal, NamedTuple

from pydantic import TypeAdapter
from pydantic_core import to_json

from mailroom.supervisors.pairing import words
from mailroom.supervisors.pairing.judgement import GAP_SECONDS_MAX

WARNED_MS = 3600 * 1000
"""How long a loss of Redis is told of: it is over, and nothing can be done."""


class Hold(NamedTuple):
    """Why nothing acts. `went_back`: Postgres was restored, or failed over to one that knew less.
    `lost_payments`: a gateway names payments of ours that Postgres does not know, as after a night from which
    both stores were restored.
    """

    what: Literal["went_back", "lost_payments"]
    since_ms: int
    back_to_ms: int | None = None
    """The last that Postgres knows of."""
    seconds: float | None = None
    """How much it has lost, where that is known."""
    past: int = 0
    """The last mark of Postgres that is remembered somewhere: once it goes on, its mark is past this."""

    @property
    def small(self) -> bool:
        """Whether so little was lost that it may go on by itself, if no payment is among it."""
        return self.what == "went_back" and self.seconds is not None and self.seconds <= GAP_SECONDS_MAX

    @property
    def back_to(self) -> datetime:
        """The same as a moment; long ago where nothing is known."""
        return datetime.fromtimestamp((self.back_to_ms or 0) / 1000, UTC)

    def __str__(self) -> str:
        if self.what == "went_back":
            return words.went_back(self.back_to_ms, self.seconds)
        return words.both_went_back(self.back_to_ms or 0)


class Lost(NamedTuple):
    """What Redis has lost, and when that was found out."""

    what: Literal["emptied", "behind"]
    found_ms: int
    seconds: float | None = None

    def still_told(self, now_ms: int) -> bool:
        """Whether on-call is to hear of it."""
        return now_ms - self.found_ms < WARNED_MS

    def __str__(self) -> str:
        return words.EMPTIED if self.what == "emptied" else words.behind(self.seconds)


class Asked(NamedTuple):
    """What came of asking a gateway for its payments."""

    state: Literal["listed", "not_yet", "impossible"]
    """`impossible`: it has no list, and a person has to compare what its cabinet shows."""
    why: str = ""


_HOLD, _LOST, _ASKED = TypeAdapter(Hold), TypeAdapter(Lost), TypeAdapter(dict[str, Asked])


def write(kept: Hold | Lost) -> str:
    """As Postgres keeps it."""
    return to_json(kept._asdict()).decode()


def write_asked(asked: Mapping[str, Asked]) -> str:
    """As Postgres keeps it."""
    return to_json({gateway: one._asdict() for gateway, one in asked.items()}).decode()


def read_hold(text: str | None) -> Hold | None:
    """Read what `write` wrote."""
    return None if text is None else _HOLD.validate_json(text)


def read_lost(text: str | None) -> Lost | None:
    """Read what `write` wrote."""
    return None if text is None else _LOST.validate_json(text)


def read_asked(text: str | None) -> Mapping[str, Asked]:
    """Read what `write_asked` wrote; empty where nobody was asked yet."""
    return {} if text is None else _ASKED.validate_json(text)
