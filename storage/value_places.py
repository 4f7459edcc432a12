"""What a model allows at the place of a value: which names, which kind of number, from where to where."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value stands in a model."""

    annotation: Any
    """The type of it there; None where a model knows no such name."""
    limits: Mapping[str, Any]
    """`ge`, `gt`, `le`, `lt`, as far as the model has them."""
    names: Sequence[str]
    """What the table may hold that the value is in."""

    @property
    def whole(self) -> bool:
        """Whether whole numbers belong there."""
        return self.annotation is int or any(one is int for one in get_args(self.annotation))


NOWHERE = Place(None, {}, ())
"""Where the model is not known."""


def place_of(model: type[BaseModel], location: Sequence[int | str]) -> Place:
    """The place of a value in a model, as far as its types tell."""
    annotation, limits, names = _opened(model)[0], {}, []
    for step in location:
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            names = list(annotation.model_fields)
            field = annotation.model_fields.get(str(step))
            annotation, limits = (None, {}) if field is None else _opened(field.annotation, field)
        else:
            inner = [one for one in get_args(annotation) if one is not Ellipsis]
            annotation, limits = _opened(inner[-1]) if inner else (None, {})
    return Place(annotation, limits, names)


def in_words(limits: Mapping[str, Any]) -> str:
    """Between which numbers; empty where there are no limits."""
    match limits:
        case {"ge": least, "le": most}:
            return f"from {least} to {most}"
        case {"ge": least}:
            return f"{least} or more"
        case {"gt": bound}:
            return f"more than {bound}"
        case {"le": most}:
            return f"{most} or less"
        case {"lt": bound}:
            return f"less than {bound}"
        case _:
            return ""


def _opened(annotation: Any, field: FieldInfo | None = None) -> tuple[Any, dict[str, Any]]:
    """A type without what is said about it, and its limits."""
    said: list[Any] = list(field.metadata) if field is not None else []
    while True:
        origin, parts = get_origin(annotation), get_args(annotation)
        if origin is Annotated:
            annotation = parts[0]
            said += [one for part in parts[1:] for one in getattr(part, "metadata", [part])]
        elif origin in (Union, UnionType) and len(real := [one for one in parts if one is not NoneType]) == 1:
            annotation = real[0]
        else:
            break
    limits = {
        name: getattr(one, name) for one in said for name in ("ge", "gt", "le", "lt") if hasattr(one, name)
    }
    return annotation, {name: bound for name, bound in limits.items() if bound is not None}
