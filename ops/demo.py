"""Whether a start is a demo, and what it lacks where it must not be one.

A demo stands in for Telegram, and answers nobody's customers. Whoever has named a database, a public address
or a variable for the token means the real thing: there a missing token is a fault, and no reason to serve a
simulator from production.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any

from mailroom.ops.relations import Fault
from mailroom.ops.settings import TELEGRAM_API_BASE

LOOPBACK = "127.0.0.1"
MAKE_PRODUCTION = ("public_url", "database_url", "redis_url")
_TOKEN_VARIABLE = re.compile("MAILROOM_BOT_.+_TOKEN")


@dataclass(frozen=True, slots=True)
class Serving:
    """A command that serves the bots of the configuration, as far as the settings depend on it."""

    command: str
    demo: bool = False
    """A demo was asked for, whatever else is set."""

    @property
    def alone(self) -> bool:
        """Whether it brings along what is not set: stores, and the simulators of a demo."""
        return self.command == "up"


def start_faults(
    serving: Serving,
    values: Mapping[str, Any],
    set_as: dict[tuple[str, ...], str],
    environment: Mapping[str, str],
    label: Callable[[tuple[str, ...]], str],
) -> list[Fault]:
    """What keeps this command from starting with these values. `label` says where a setting was set; what is
    known by a variable alone is put into `set_as`.
    """
    bots = values.get("bots")
    tables = (
        {name: one for name, one in bots.items() if isinstance(one, dict)} if isinstance(bots, dict) else {}
    )
    faults: list[Fault] = []
    for name, key in (("DATABASE_URL", "database_url"), ("REDIS_URL", "redis_url")):
        if not serving.alone and not values.get(key):
            set_as[name,] = name
            faults.append(((name,), missing_store(serving.command)))
    if serving.demo:
        return faults + list(_against_demo(serving, values, tables))
    if any(one.get("token") for one in tables.values()):
        return faults  # one that lacks its own beside it is a fault wherever settings are read
    empty = [name for name in environment if _TOKEN_VARIABLE.fullmatch(name) and not environment[name]]
    set_as |= {(name,): f"{name} (environment)" for name in empty}
    marks = [label((key,)) for key in MAKE_PRODUCTION if values.get(key)]
    if serving.alone and not is_loopback(values.get("host", LOOPBACK)):
        marks.append(label(("host",)))
    if marks or empty or not serving.alone:
        why = _why_no_demo(serving, marks, reached=bool(values.get("public_url")))
        faults += _missing_tokens(tables, empty, why)
    return faults


def is_loopback(host: object) -> bool:
    """Whether only this machine reaches what listens there."""
    try:
        return host == "localhost" or ip_address(str(host)).is_loopback
    except ValueError:
        return False


def missing_store(command: str) -> str:
    """What is wrong where a command has to be told its stores."""
    return f"is not set, and `mailroom {command}` needs it; `mailroom up` brings its own"


def bot_variable(bot: str, key: str) -> str:
    """The variable that a bot's token or secret may come from."""
    return f"MAILROOM_BOT_{bot.upper().replace('-', '_')}_{key.upper()}"


def _against_demo(
    serving: Serving, values: Mapping[str, Any], tables: Mapping[str, dict[str, Any]]
) -> Iterator[Fault]:
    if values.get("public_url"):
        yield ("public_url",), "is where customers come, and a demo is not for them: leave out this or --demo"
    for name, one in tables.items():
        if one.get("token"):
            yield ("bots", name, "token"), "is a bot's, and a demo has none: leave out this or --demo"
    if not serving.alone and values.get("telegram_api_base", TELEGRAM_API_BASE) == TELEGRAM_API_BASE:
        yield (
            ("telegram_api_base",),
            f"is not set, and `mailroom {serving.command}` brings no simulator: name one for its demo",
        )


def _why_no_demo(serving: Serving, marks: Sequence[str], *, reached: bool) -> str:
    if not serving.alone:
        return f"`mailroom {serving.command}` makes no demo (`mailroom up` does)"
    because = f"{' and '.join(marks)} {'make' if len(marks) > 1 else 'makes'} this no demo" if marks else ""
    return "; ".join(filter(None, (because, "" if reached else "`mailroom up --demo` needs none")))


def _missing_tokens(tables: Mapping[str, object], empty: Sequence[str], why: str) -> Iterator[Fault]:
    for variable in empty:
        yield (variable,), f"is set to nothing, and is where a bot's token comes from; {why}"
    for name in tables:
        if (variable := bot_variable(name, "token")) not in empty:
            yield ("bots", name, "token"), f"is missing; set it here or as {variable}; {why}"
    if not (tables or empty):
        yield ("bots",), f"there is none: each is a table [bots.NAME] with its token; {why}"
