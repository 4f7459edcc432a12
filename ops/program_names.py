"""Whose is a DATABASE_URL, where the environment is that of a bot's own program as well as ours?

Under `mailroom run` a name that others use too is the program's where its value is none that we could use:
`sqlite+aiosqlite://`, `postgresql+asyncpg://`, a PORT that is no number. It stops nobody, and what we need of
that kind is brought along. HOST and PORT are the program's as well, for a web server of its own, unless
PUBLIC_URL says that Telegram reaches us. The same name with MAILROOM_ in front of it is always ours, and the
shared one is then not looked at.

Our settings are read once, before the program begins: what it puts into its environment from a `.env` of its
own is never seen here.
"""

from collections.abc import Mapping
from ipaddress import ip_address
from typing import Any

from pydantic import ValidationError

from mailroom.ops.relations import relation_faults
from mailroom.ops.settings import ENVIRONMENT, OURS_ALONE, Settings

LISTENING = ("HOST", "PORT")
OF_A_WEB_SERVER = (*LISTENING, "PUBLIC_URL")
"""What a program with a web server of its own means by these is that server."""


def names_of_program(environment: Mapping[str, str], file: Mapping[str, Any]) -> set[str]:
    """The shared names that are the program's here. `file` is what the settings file says."""
    theirs: set[str] = set()
    reached = bool(file.get("public_url") or environment.get("MAILROOM_PUBLIC_URL"))
    for name in OURS_ALONE.values():
        if environment.get(name) and not _usable(name, environment[name], environment):
            theirs.add(name)
        elif name == "PUBLIC_URL" and environment.get(name):
            reached = True
    return theirs if reached else theirs | {name for name in LISTENING if environment.get(name)}


def _usable(name: str, value: str, environment: Mapping[str, str]) -> bool:
    """Whether a value is one that we would take under this name."""
    key = ENVIRONMENT[name]
    if key == "host":
        try:
            ip_address(value)
        except ValueError:
            return value == "localhost"
        return True
    base = environment.get("MAILROOM_TELEGRAM_API_BASE") or environment.get("TELEGRAM_API_BASE")
    values = {key: value} | ({"telegram_api_base": base} if base and key == "public_url" else {})
    try:
        Settings.model_validate(values)
    except ValidationError:
        return False
    return not relation_faults(values)
