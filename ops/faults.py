"""What keeps Mailroom from starting or going on, as errors whose message is for the person in front of it."""

from collections.abc import Iterable
from difflib import get_close_matches


class ConfigurationError(Exception):
    """The configuration cannot be used; `faults` names each thing to mend. Nothing was started."""

    def __init__(self, faults: Iterable[str]) -> None:
        self.faults = list(faults)
        super().__init__("\n".join(self.faults))


def nearest(name: str, known: Iterable[str]) -> str:
    """The end of a sentence about an unknown name: the known one that was probably meant."""
    found = get_close_matches(name, list(known), n=1, cutoff=0.6)
    return f"; did you mean {found[0]}?" if found else f"; known are {', '.join(sorted(known))}"


class CannotStartError(Exception):
    """Something outside of the configuration is in the way; the message is one line and says what to do."""


class StartError(Exception):
    """The service cannot start; the message is one line for whoever started it."""


class GaveUpError(Exception):
    """The service ended by itself, because a part of it failed again and again; the message is its last
    word.
    """
