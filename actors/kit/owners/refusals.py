"""What an owner is refused: a name for what is wrong, and the values that the words about it need.

A room names its own faults in a `StrEnum`, as `faults.py` does those of the kit.
"""

from dataclasses import dataclass, field
from enum import StrEnum


@dataclass(frozen=True)
class Wrong:
    """A fault, with the values that the words about it name."""

    fault: StrEnum
    values: dict[str, str | int] = field(default_factory=dict)


def wrong(fault: StrEnum, **values: str | int) -> Wrong:
    """A fault in this case."""
    return Wrong(fault, values)


class OwnerError(Exception):
    """It was not done, and nothing has changed; `wrong` says why. The owner's to mend."""

    def __init__(self, wrong: Wrong) -> None:
        super().__init__(wrong.fault, wrong.values)
        self.wrong = wrong


def refuse(fault: StrEnum, **values: str | int) -> OwnerError:
    """The error to raise."""
    return OwnerError(wrong(fault, **values))
