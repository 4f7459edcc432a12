"""Questions that no model has answered, and how each can be asked again: by a button that names it.

They live in the chat's FSM data, so they are there after a restart, and are committed with the message that
asked. A question is taken out by whoever asks it again: of two presses the second finds nothing. If there is
no answer once more, it goes back under another name, below another button.
"""

from dataclasses import dataclass
from hashlib import sha256
from typing import Any

UNANSWERED = "unanswered"
"""The key in the FSM data."""
QUESTIONS_MAX = 5
"""Who writes more during an outage writes the oldest again: the state is read with every message."""
NAME_CHARS = 16


@dataclass(frozen=True)
class Unanswered:
    """The questions by their names, oldest first."""

    questions: tuple[tuple[str, str], ...] = ()

    @classmethod
    def from_data(cls, data: Any) -> "Unanswered":
        """Read them back from FSM data; whatever cannot be a question is left out."""
        found = []
        for one in data if isinstance(data, list) else []:
            match one:
                case [str(name), str(question)]:
                    found.append((name, question))
        return cls(tuple(found[-QUESTIONS_MAX:]))

    def to_data(self) -> list[list[str]]:
        """As they are kept."""
        return [list(one) for one in self.questions]

    def find(self, name: str) -> str | None:
        """The question of this name; None if it was asked again, or is too old."""
        return dict(self.questions).get(name)

    def without(self, name: str) -> "Unanswered":
        """After it was asked again."""
        return Unanswered(tuple(one for one in self.questions if one[0] != name))

    def with_question(self, name: str, question: str) -> "Unanswered":
        """After there was no answer."""
        return Unanswered((*self.questions, (name, question))[-QUESTIONS_MAX:])


def name_of(effect_id: str) -> str:
    """The name of the question that a message asks: the same when it is handled again."""
    return sha256(effect_id.encode()).hexdigest()[:NAME_CHARS]
