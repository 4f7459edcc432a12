"""What was asked, read and checked: path, query and body are one model.

A GET says all in its address, and so does whoever sends a file, which is the body. All others send JSON, in
which a number is no text. What in a path cannot be is not there; the rest is malformed, and is told field by
field. What is the platform's (`key`, `why`) is taken out first: the room's model does not know of it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, Generic, TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic_core import from_json, to_json, to_jsonable_python

from mailroom.actors.pages.answer import Problem
from mailroom.actors.pages.ask import Ask
from mailroom.ingress.asks.table import Found
from mailroom.ingress.http.fit import WORDS, unfit_field
from mailroom.storage.wrong_values import faults_in

M = TypeVar("M", bound=BaseModel)
Own = TypeVar("Own", bound=BaseModel)

FILE = "file"
"""The field of a model that the body is, where an ask takes a file."""


@dataclass(frozen=True, slots=True)
class Question(Generic[Own]):
    """What was asked: of the room, and of the platform itself."""

    asked: Any
    own: Own


def read(found: Found, query: Mapping[str, Sequence[str]], body: bytes, own: type[Own]) -> Question[Own]:
    """Read a question; `own` has the fields that the platform reads. Raises `Problem`: `not_found` for what
    cannot stand in the path, `malformed` with `fields` for the rest.
    """
    ask = found.ask
    if ask.method == "GET" or ask.takes:
        given: Any = _from_query(query, ask.model, own)
        faults: list[str] = []
    else:
        given, faults = _from_body(body)
    if not isinstance(given, dict):
        raise malformed(faults)
    ours, wrong = _checked(own, {name: given.pop(name) for name in own.model_fields if name in given})
    faults += wrong
    if twice := [name for name in found.values if name in given]:
        raise malformed([f"{twice[0]}: stands in the address, and nowhere else"])
    asked, wrong = _asked(found, given, body)
    faults += wrong
    if faults or ours is None or asked is None:
        raise malformed(faults)
    for model in (ours, asked):
        if (field := unfit_field(model)) is not None:
            raise malformed([f"{field}: {WORDS}"])
    return Question(asked, ours)


def malformed(fields: Sequence[str]) -> Problem:
    """What was asked is not what can be asked: what is wrong with it, one by one."""
    return Problem("malformed", "bad", says="; ".join(fields), fields=list(fields))


def _from_query(
    query: Mapping[str, Sequence[str]], model: type[BaseModel], own: type[BaseModel]
) -> dict[str, Any]:
    lists = {name for name, field in model.model_fields.items() if _takes_several(field.annotation)}
    if twice := [name for name, values in query.items() if len(values) > 1 and name not in lists]:
        known = {*model.model_fields, *own.model_fields}
        raise malformed(
            [f"{name}: is there twice" for name in twice if name in known] or ["a name is there twice"]
        )
    return {name: list(values) if name in lists else values[0] for name, values in query.items()}


def _from_body(body: bytes) -> tuple[Any, list[str]]:
    if not body:
        return {}, []
    try:
        given = from_json(body, allow_inf_nan=False)
    except ValueError as error:
        return None, [f"the body must be JSON: {error}"]
    return given, [] if isinstance(given, dict) else [
        "the body must be an object, with a name for each value"
    ]


def _asked(found: Found, given: dict[str, Any], body: bytes) -> tuple[BaseModel | None, list[str]]:
    ask, values = found.ask, {name: _in_path(found.ask, name, text) for name, text in found.values.items()}
    names = [name for name in ask.model.model_fields if name != FILE]
    try:
        if ask.takes:
            return ask.model.model_validate({**given, **values, FILE: body}), []
        if ask.method == "GET":
            return ask.model.model_validate({**given, **values}), []
        whole = to_json({**given, **to_jsonable_python(values)})
        return ask.model.model_validate_json(whole, strict=True), []
    except ValidationError as invalid:
        if any(fault["loc"][:1] and fault["loc"][0] in values for fault in invalid.errors(include_url=False)):
            raise not_found() from None
        return None, faults_in(invalid, names)


def not_found() -> Problem:
    """There is no such thing."""
    return Problem("not_found", "absent")


def _in_path(ask: Ask[Any, Any], name: str, text: str) -> Any:
    model: type[BaseModel] = ask.model
    try:
        value = _adapter(model, name).validate_python(text)
    except ValidationError:
        raise not_found() from None
    # Python reads ` +1_7` for 17: an address has one way to be written.
    if isinstance(value, int) and not isinstance(value, bool) and not (text.isascii() and text.isdigit()):
        raise not_found()
    return value


@cache
def _adapter(model: type[BaseModel], name: str) -> TypeAdapter[Any]:
    field = model.model_fields[name]
    return TypeAdapter(Annotated[field.annotation, field])


def _takes_several(annotation: Any) -> bool:
    return getattr(annotation, "__origin__", annotation) in (list, tuple, set, frozenset)


def _checked(model: type[Own], given: Mapping[str, Any]) -> tuple[Own | None, list[str]]:
    try:
        return model.model_validate(given, strict=True), []
    except ValidationError as invalid:
        return None, faults_in(invalid)
