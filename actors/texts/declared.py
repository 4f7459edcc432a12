"""What texts there are, as types: a class for each theme, which the files of a language fill.

`@text` marks a text that takes values: its parameters are the placeables of the file, an `int` may choose a
plural form, and one with a default need not be in every language's text. It is `abc.abstractmethod` by its
own name, so that type checkers take a method without a body, and check every call of it.
"""

import inspect
from abc import abstractmethod as text
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Literal, NoReturn, TypeAlias, get_args, get_origin, get_type_hints

from mailroom.actors.texts.language import Language

__all__ = [
    "DeclarationError",
    "Kind",
    "Plain",
    "Taking",
    "Texts",
    "Value",
    "Within",
    "Words",
    "declared_in",
    "text",
]

Value: TypeAlias = str | int
"""What most texts take; in a message of HTML it is escaped by whoever gives it."""


class Texts:
    """What is said of one theme in one language. Subclasses name the texts: an `x: str` takes nothing, an
    `x: Mapping[str, str]` is a word for each of several things, a method marked `@text` takes values, and a
    field whose type is such a class is a theme within: a file of its own, or a folder.
    """

    language: Language

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"texts are read from files and not set: {name}")


@dataclass(frozen=True, slots=True)
class Plain:
    """A text that takes nothing."""


@dataclass(frozen=True, slots=True)
class Taking:
    """A text that takes values."""

    takes: tuple[str, ...]
    """All of them, in the order in which they are declared."""
    required: frozenset[str]
    optional: Mapping[str, Any]
    """What such a value is where it is not given."""
    counts: frozenset[str]
    """Those of either that are whole numbers, for which a language may have plural forms."""


@dataclass(frozen=True, slots=True)
class Words:
    """A word for each of several things."""

    names: frozenset[str] | None
    """Which things; None: those that the default language has words for."""


@dataclass(frozen=True, slots=True)
class Within:
    """A theme within."""

    declared: type[Texts]


Kind: TypeAlias = Plain | Taking | Words | Within


class DeclarationError(TypeError):
    """A class of texts declares what no file could say; the message names it."""


def declared_in(theme: type[Texts]) -> dict[str, Kind]:
    """All texts of a theme, by name, in the order in which they are declared."""
    found: dict[str, Kind] = {}
    for name, annotation in get_type_hints(theme).items():
        if name != "language":
            found[name] = _field(theme, name, annotation)
    for name, function in inspect.getmembers(theme, inspect.isfunction):
        if getattr(function, "__isabstractmethod__", False):
            found[name] = _taking(theme, name, function)
    return found


def _field(theme: type[Texts], name: str, annotation: Any) -> Kind:
    if annotation is str:
        return Plain()
    if isinstance(annotation, type) and issubclass(annotation, Texts):
        return Within(annotation)
    if get_origin(annotation) is Mapping and get_args(annotation)[1] is str:
        return Words(_names(get_args(annotation)[0]))
    raise DeclarationError(
        f"{theme.__name__}.{name}: a text is a `str`, a `Mapping[..., str]`, a class of texts, or a method"
        " marked `@text`"
    )


def _names(key: Any) -> frozenset[str] | None:
    if get_origin(key) is Literal:
        return frozenset(map(str, get_args(key)))
    if isinstance(key, type) and issubclass(key, Enum):
        return frozenset(str(one.value) for one in key)
    return None


def _taking(theme: type[Texts], name: str, function: Callable[..., Any]) -> Taking:
    _, *given = inspect.signature(function, eval_str=True).parameters.values()
    if any(one.kind is not one.KEYWORD_ONLY for one in given):
        raise DeclarationError(f"{theme.__name__}.{name}: a text takes its values by name, after a `*`")
    optional = {one.name: one.default for one in given if one.default is not one.empty}
    return Taking(
        takes=tuple(one.name for one in given),
        required=frozenset(one.name for one in given if one.name not in optional),
        optional=optional,
        counts=frozenset(one.name for one in given if one.annotation is int),
    )
