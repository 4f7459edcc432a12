"""What is said where no room has brought a script for its model."""

import json
from collections.abc import Mapping
from typing import Any

from mailroom.actors.kit.scripted import Chat, Said, least

ABOUT = (
    "This is scripted-demo: a script in the place of a language model, for demos and tests.\n"
    "Это scripted-demo: сценарий на месте языковой модели, для демонстраций и проверок.\n"
)


class Plain:
    """Says what it is; where JSON is wanted, the least that its schema allows."""

    lies: Mapping[str, str] = {}

    def answer(self, chat: Chat) -> Said:
        """The same to everybody."""
        return Said(json.dumps(least(chat.schema or {}), ensure_ascii=False) if chat.json else ABOUT)

    def lie(self, _kind: str, _chat: Chat) -> Said | None:
        """It has none."""
        return None

    def argument(self, _parameter: str, _chat: Chat) -> Any:
        """It knows nothing of any parameter."""
        return None
