"""An ask as a command: its fields are options, by which its model is made."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from enum import Enum
from typing import Any, Literal, get_args, get_origin

import click
from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import from_json

from mailroom.actors.pages.ask import Ask
from mailroom.ops.cli.consent import WrongUsageError
from mailroom.storage.value_places import in_words, place_of
from mailroom.storage.wrong_values import faults_in

FILE = "file"
OURS = frozenset({"config", "data", "file", "help", "json", "key", "out", "url", "why"})
"""Options of the command itself; a field that is called like one of them is `--field-…`."""


def read_fields(ask: Ask[Any, Any], bot: str, given: Sequence[str], file: bytes | None) -> BaseModel | None:
    """What is asked; None where only the fields were asked for, and shown. Raises `WrongUsageError`."""
    names = [name for name in ask.model.model_fields if name != FILE]
    command = click.Command(ask.name, params=[_option(ask, name) for name in names], help=_says(ask))
    try:
        with command.make_context(f"mailroom ask {bot} {ask.name}", list(given)) as context:
            values = {name: value for name, value in context.params.items() if value not in (None, ())}
    except click.exceptions.Exit:
        return None
    except click.UsageError as error:
        explained = f"See `mailroom ask {bot} {ask.name} --help`."
        raise WrongUsageError(f"{error.format_message()} {explained}") from None
    if ask.takes is not None:
        if file is None:
            raise WrongUsageError(f"--file: is missing; {ask.name} takes one.")
        values[FILE] = file
    model: type[BaseModel] = ask.model
    try:
        return model.model_validate({name: _read(model, name, value) for name, value in values.items()})
    except ValidationError as invalid:
        faults = [_of_option(fault, names) for fault in faults_in(invalid, names)]
        raise WrongUsageError("\n".join(faults)) from None


def _says(ask: Ask[Any, Any]) -> str:
    needs = [
        "--file: it takes one." if ask.takes else "",
        "--why: it changes something." if ask.changes else "",
        "--key: it has to have one." if ask.keyed else "",
    ]
    return "\n\n".join(filter(None, [ask.says, " ".join(filter(None, needs))]))


def _option(ask: Ask[Any, Any], name: str) -> click.Option:
    field = ask.model.model_fields[name]
    kind = place_of(ask.model, [name]).annotation
    written = option_of(name)
    if kind is bool:
        return click.Option(
            [f"{written}/--no-{written[2:]}", name], default=None, help=_help(ask, name, field)
        )
    several = get_origin(kind) in (list, tuple, set, frozenset)
    return click.Option(
        [written, name], metavar=_metavar(kind), multiple=several, help=_help(ask, name, field)
    )


def option_of(name: str) -> str:
    """How a field is written at the command line."""
    written = name.replace("_", "-")
    return f"--field-{written}" if written in OURS else f"--{written}"


def _help(ask: Ask[Any, Any], name: str, field: FieldInfo) -> str:
    said = [field.description or "", in_words(place_of(ask.model, [name]).limits)]
    if field.is_required():
        said.append("needed")
    elif field.default not in (None, ""):
        said.append(f"else {field.default}")
    return "; ".join(filter(None, said))


def _metavar(kind: Any) -> str:
    if get_origin(kind) is Literal:
        return "|".join(str(one) for one in get_args(kind) if one != "")
    if isinstance(kind, type) and issubclass(kind, Enum):
        return "|".join(str(one.value) for one in kind)
    return "NUMBER" if kind in (int, float) else "TEXT"


def _read(model: type[BaseModel], name: str, value: Any) -> Any:
    """A value as the model takes it: as text, or else as the JSON that the text is."""
    adapter: TypeAdapter[Any] = TypeAdapter(model.model_fields[name].annotation)
    for meant in (value, *_as_json(value)):
        with suppress(ValidationError):
            adapter.validate_python(meant)
            return meant
    return value


def _as_json(value: Any) -> Iterator[Any]:
    """What it may stand for; an option that was given several times is a list of values, or one of lists."""
    several = list(value) if isinstance(value, tuple) else [value]
    with suppress(ValueError):
        read = [from_json(one, allow_inf_nan=False) for one in several if isinstance(one, str)]
        yield from (read, *read) if isinstance(value, tuple) else read


def _of_option(fault: str, names: Sequence[str]) -> str:
    field, colon, words = fault.partition(":")
    return f"{option_of(field)}:{words}." if colon and field in names else f"{fault}."
