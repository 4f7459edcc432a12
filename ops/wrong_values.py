"""What is wrong with a value that somebody has set, in words for that person, and where it is set right."""

from collections.abc import Sequence

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from mailroom.actors.providers.account import SECTIONS, variable_of
from mailroom.ops.faults import nearest
from mailroom.ops.settings import Settings
from mailroom.storage.value_places import Place, place_of
from mailroom.storage.wrong_values import JSON, TABLE, Values, told
from mailroom.storage.wrong_values import WORDS as OF_ANY_VALUE

IN_A_FILE = {TABLE: "must be a table: {table}", JSON: "must be JSON, as text in quotes"}
WORDS = {kind: IN_A_FILE.get(words, words) for kind, words in OF_ANY_VALUE.items()}
WORDS |= {"missing": "is missing: {how}", "extra_forbidden": "unknown {noun}{nearest}"}
OF_A_PROGRAM = "cannot be set to what stands here: leave it out, or look into the bot's own documentation"
"""Of what no configuration file can hold, such as a function; a bot's own options may ask for it."""
CANNOT_BE_SET = ("config", "demo")
"""Settings that follow from others."""


def said_plainly(error: ErrorDetails, model: type[BaseModel] = Settings, within: Sequence[str] = ()) -> str:
    """One fault that was found in the values for `model`, whose table is at `within`; it never tells a
    secret.
    """
    place = place_of(model, error["loc"])
    return told(error, WORDS, OF_A_PROGRAM, _OfSettings(error, place, (*within, *map(str, error["loc"]))))


class _OfSettings(Values):
    """What else the words of a setting name."""

    def __init__(self, error: ErrorDetails, place: Place, location: tuple[str, ...]) -> None:
        super().__init__(error, place)
        self._location = location

    @property
    def _noun(self) -> str:
        return "option" if "options" in self._location else "setting"

    @property
    def _nearest(self) -> str:
        known = [name for name in self._place.names if name not in CANNOT_BE_SET]
        return nearest(self._location[-1], known) if known else ""

    @property
    def _table(self) -> str:
        match self._location:
            case ["bots"] | ["bots", _]:
                return "a line [bots.NAME] and the bot's settings below it"
            case [section] if section in SECTIONS.values():
                return f"a line [{section}.NAME] and the account's settings below it"
            case [*_, "least" | "most"]:
                return 'sums by their currencies, such as { RUB = "410.00" }'
            case _:
                return f"a line [{'.'.join(self._location)}] and its settings below it"

    @property
    def _how(self) -> str:
        if self._location[0] in SECTIONS.values():
            return f"set it here, or {variable_of(*self._location)} in the environment"
        return "set it here"
