"""Whoever asks the platform itself at a page, and what they are answered."""

from dataclasses import dataclass
from typing import Any

from mailroom.ingress.pages.bot_page import BotPage
from mailroom.ingress.pages.who import Who


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody at a page, with what of their request is told."""

    here: BotPage
    who: Who
    language: str
    network: str
    """The network they come from, as one of many people."""
    about: str
    """What their browser calls itself."""


@dataclass(frozen=True, slots=True)
class Told:
    """What they are answered."""

    data: Any
    token: str | None = None
    """Of the session that their browser is to remember; empty: of none any more; None: as it was."""
