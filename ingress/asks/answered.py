"""What a room has answered somebody, before anything is made of it that can be sent."""

from dataclasses import dataclass
from typing import Any

from mailroom.actors.pages.ask import Ask
from mailroom.actors.pages.visit import Visit


@dataclass(frozen=True, slots=True)
class Answered:
    """To which ask, and whom."""

    ask: Ask[Any, Any]
    visit: Visit
    answer: Any
    """Plain data, a `File`, a `Live`, or a `Go`."""
