"""Faults of a configuration, in words for the person who wrote it."""

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from typing import Any, get_args

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from ops.settings import BotSettings, PaymentSettings, Settings, WebPushSettings

SHOWN_CHARACTERS_MAX = 40
"""Enough of a wrong value to recognise it by."""


class ConfigurationError(Exception):
    """The configuration cannot be used; `faults` names each thing to mend. Nothing was started."""

    def __init__(self, faults: Iterable[str]) -> None:
        self.faults = list(faults)
        super().__init__("\n".join(self.faults))


def nearest(name: str, known: Iterable[str]) -> str:
    """The end of a sentence about an unknown name: the known one that was probably meant."""
    found = get_close_matches(name, list(known), n=1, cutoff=0.6)
    return f"; did you mean {found[0]}?" if found else f"; known are {', '.join(sorted(known))}"


def said_plainly(error: ErrorDetails) -> str:
    """One fault that pydantic found, said without its vocabulary, and never repeating a secret."""
    location = tuple(str(part) for part in error["loc"])
    context: dict[str, Any] = error.get("ctx", {})
    match error["type"]:
        case "extra_forbidden":
            return f"unknown setting{nearest(location[-1], _settable(_model_at(location[:-1]).model_fields))}"
        case "value_error":
            return str(context["error"])
        case "int_parsing" | "int_type" | "int_from_float":
            return f"must be a whole number, and is {_shown(error['input'])}"
        case "greater_than_equal" | "less_than_equal" if location[-1] in ("port", "metrics_port"):
            return f"must be from 0 to 65535, and is {_shown(error['input'])}"
        case "literal_error":
            return f"must be {context['expected']}, and is {_shown(error['input'])}"
        case "string_type":
            return "must be text in quotes"
        case "model_type" | "dict_type" | "model_attributes_type":
            return "must be a table: a line [bots.NAME] and the bot's settings below it"
        case _:
            return error["msg"]


def _model_at(path: Sequence[str]) -> type[BaseModel]:
    """The table of settings at a place, as far as it is a table with names of ours."""
    match path:
        case ["bots", _]:
            return BotSettings
        case ["web_push"]:
            return WebPushSettings
        case ["payments"]:
            return PaymentSettings
        case ["payments", provider]:
            table: type[BaseModel] = get_args(PaymentSettings.model_fields[provider].annotation)[0]
            return table
        case _:
            return Settings


def _settable(fields: Iterable[str]) -> Sequence[str]:
    return [field for field in fields if field not in {"config", "demo"}]


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= SHOWN_CHARACTERS_MAX else f"{text[:SHOWN_CHARACTERS_MAX]}…"


class CannotStartError(Exception):
    """Something outside of the configuration is in the way; the message is one line and says what to do."""


class GaveUpError(Exception):
    """The service ended by itself, because a part of it failed again and again; the message is its last
    word.
    """
