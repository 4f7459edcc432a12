"""Read the settings of this start: command line over environment over `mailroom.toml` over defaults.

All faults are found before any is reported, each by the name under which somebody set it: whoever puts a
service on a server should need one look, not one restart per mistake.
"""

import hashlib
import hmac
import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from mailroom.ops.accounts import account_variables, read_accounts, wrong_choices
from mailroom.ops.bundled import BY_DEFAULT
from mailroom.ops.demo import LOOPBACK, Serving, bot_variable, is_loopback, start_faults
from mailroom.ops.faults import ConfigurationError, nearest
from mailroom.ops.program_names import names_of_program
from mailroom.ops.relations import Fault, relation_faults
from mailroom.ops.settings import ENVIRONMENT, OURS_ALONE, Settings
from mailroom.ops.wrong_values import said_plainly

FILE_NAME = "mailroom.toml"
OF_COMMANDS = ("MAILROOM_CONFIG", "MAILROOM_OPERATOR")
"""Variables that set nothing: where the settings are, and who is at the command line."""
NOT_THEIR_TIME = (
    "puts the bots of a demo into another time, and here a bot has a token: leave it out, people wait for it"
)
BOT_VARIABLES = ("token", "secret")
"""MAILROOM_BOT_SHOP_TOKEN and MAILROOM_BOT_SHOP_SECRET keep what is secret out of the file."""


def load(
    config: Path | None = None,
    *,
    command_line: Mapping[str, Any] | None = None,
    defaults: Mapping[str, Any] | None = None,
    environment: Mapping[str, str] | None = None,
    of_program: bool = False,
    serving: Serving | None = None,
) -> Settings:
    """The settings, or a `ConfigurationError` with all that is wrong; `defaults` are those of one command.
    `of_program`: the environment is that of somebody's program too (`ops/program_names.py`). `serving` is the
    command that serves by them; whoever only looks needs no token for it, and starts no demo.
    """
    environment = os.environ if environment is None else environment
    file = find_file(config, environment)
    values = dict(defaults or {})
    set_as: dict[tuple[str, ...], str] = {}
    from_file = read_file(file) if file is not None else {}
    if of_program:
        theirs = names_of_program(environment, from_file)
        environment = {name: value for name, value in environment.items() if name not in theirs}
    if file is not None:
        values |= from_file
        if isinstance(from_file.get("data"), str):
            values["data"] = file.parent / Path(from_file["data"]).expanduser()
    faults = _take_environment(values, set_as, environment)
    for key, value in (command_line or {}).items():
        if value is not None:
            values[key] = value
            set_as[key,] = f"--{key}"
    where = file.name if file else "settings"

    def label(name: tuple[str, ...]) -> str:
        return set_as.get(name, f"{'.'.join(name)} ({where})")

    faults += relation_faults(values, file.parent if file else None)
    faults += wrong_choices(values)
    accounts, wrong_accounts = read_accounts(values)
    values |= accounts
    faults += wrong_accounts
    if serving is not None:
        faults += start_faults(serving, values, set_as, environment, label)
        on_line = bool(command_line and command_line.get("host"))
        if serving.demo and not on_line and not is_loopback(values.get("host", LOOPBACK)):
            values["host"] = LOOPBACK  # HOST was meant for the real thing
    settings = None
    try:
        settings = Settings.model_validate(values | {"config": file})
    except ValidationError as invalid:
        shapes = [(tuple(map(str, error["loc"])), said_plainly(error)) for error in invalid.errors()]
        faults = shapes + faults
    if settings is None or faults:
        raise ConfigurationError(f"{label(name)}: {fault}" for name, fault in faults)
    settings = _completed(settings)
    if settings.clock_ahead_seconds and not settings.demo:
        raise ConfigurationError([f"{label(('clock_ahead_seconds',))}: {NOT_THEIR_TIME}"])
    return settings


def find_file(config: Path | None, environment: Mapping[str, str]) -> Path | None:
    """The configuration file: the one asked for, else the one lying here or beside the code, else none."""
    asked = config or (Path(environment["MAILROOM_CONFIG"]) if environment.get("MAILROOM_CONFIG") else None)
    if asked is not None:
        return asked.expanduser().absolute()
    for folder in (Path.cwd(), Path(__file__).resolve().parents[1]):
        if (folder / FILE_NAME).is_file():
            return folder / FILE_NAME
    return None


def read_file(file: Path) -> dict[str, Any]:
    """The file's content; one that cannot be read hides every other fault, so it is reported alone."""
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigurationError([f"{file}: cannot be read: {(error.strerror or '').lower()}"]) from None
    except RecursionError:
        raise ConfigurationError(
            [f"{file.name}: is not TOML: lists or tables are nested too deeply"]
        ) from None
    except ValueError as error:  # tomllib's own, of the encoding, or of a number with thousands of digits
        raise ConfigurationError([f"{file.name}: is not TOML: {error}"]) from None


def _take_environment(
    values: dict[str, Any], set_as: dict[tuple[str, ...], str], environment: Mapping[str, str]
) -> list[Fault]:
    """Lay the environment over the file; a MAILROOM_ variable that means nothing is most likely a slip."""
    faults: list[Fault] = []
    bots = values["bots"] if isinstance(values.get("bots"), dict) else {}
    of_bots = {
        bot_variable(name, key): (name, key)
        for name in bots
        for key in BOT_VARIABLES
        if isinstance(bots[name], dict)
    }
    of_accounts = account_variables(values)
    for variable, value in environment.items():
        if not value or environment.get(f"MAILROOM_{variable}"):
            continue
        if (shared := OURS_ALONE.get(variable, variable)) in ENVIRONMENT:
            key = ENVIRONMENT[shared]
            values[key] = Path(value).expanduser().absolute() if key == "data" else value
            set_as[key,] = f"{variable} (environment)"
        elif variable in of_bots:
            name, key = of_bots[variable]
            bots[name][key] = value
            set_as["bots", name, key] = f"{variable} (environment)"
        elif variable in of_accounts:
            section, name, key = of_accounts[variable]
            accounts = values[section] = dict(values.get(section) or {})
            accounts[name] = {**(accounts.get(name) or {}), key: value}
            set_as[section, name, key] = f"{variable} (environment)"
        elif variable.startswith("MAILROOM_") and variable not in OF_COMMANDS:
            known = [*ENVIRONMENT, *OURS_ALONE, *of_bots, *of_accounts, "MAILROOM_CONFIG"]
            set_as[variable,] = f"{variable} (environment)"
            faults.append(((variable,), f"unknown setting{nearest(variable, known)}"))
    return faults


def _completed(settings: Settings) -> Settings:
    """What follows from the settings: secrets from tokens, and demo mode where there is no token at all."""
    demo = not any(bot.token for bot in settings.bots.values())
    declared = {name: bot.model_dump() for name, bot in settings.bots.items()} or {
        BY_DEFAULT: {"bot": BY_DEFAULT}
    }
    for number, (name, bot) in enumerate(declared.items(), start=1):
        if demo:
            bot["token"] = f"{number}:demo-{name}"
        bot["secret"] = bot.get("secret") or derived_secret(bot["token"])
    return Settings.model_validate(dict(settings) | {"bots": declared, "demo": demo})


def derived_secret(token: str) -> str:
    """A webhook secret that every process of an installation arrives at by itself."""
    return hmac.digest(token.encode(), b"mailroom webhook secret", hashlib.sha256).hex()
