"""What a page or a section may ask, as a value: one row of its table.

Ask("POST", "/orders/{number}/pay", PayOrder, pay, KNOWN, says="Where to pay it.")
"""

import re
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict

from mailroom.actors.pages.answer import Answer
from mailroom.actors.pages.visit import Visit

if TYPE_CHECKING:  # frameworks
    from mailroom.actors.hosting.room import Room

O = TypeVar("O", bound=BaseModel)  # noqa: E741 - a room's options
M = TypeVar("M", bound=BaseModel)  # what is asked

Method = Literal["GET", "POST", "PUT", "DELETE"]

ANYONE = frozenset({"anyone"})
"""Whoever comes by."""
KNOWN = frozenset({"known"})
"""Whoever has proved who they are."""
BEARER = frozenset({"bearer"})
"""Whoever comes with a link that grants it."""
ON_CALL = frozenset({"on_call"})
"""Nobody but who is on call."""

BODY_BYTES_MAX = 8 * 1024
"""Of a question; what takes a file says its own limit."""
UPLOAD_BYTES_MAX = 32 * 2**20
"""Of a file that an ask takes: it is held in memory."""
IN_PATH = re.compile(r"\{(\w+)\}")
PATH = re.compile(r"(/([A-Za-z0-9_.-]+|\{[a-z_]+\}))+")


class AskError(ValueError):
    """There can be no such ask; the message says why. A mistake in the program."""


class Asked(BaseModel):
    """Whatever is asked for: no field is ignored silently."""

    model_config = ConfigDict(extra="forbid", frozen=True)


@dataclass(frozen=True, slots=True)
class Allow:
    """How often somebody may ask: at most so many in so many seconds, by whoever asks, of all asks that give
    the same name.
    """

    name: str
    most: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Upload:
    """A file comes as the body; the model has a field `file: bytes` for it."""

    bytes_max: int
    types: tuple[str, ...] = ("*/*",)
    """What it may be, as `text/csv` or `image/*`."""


@dataclass(frozen=True)
class Ask(Generic[O, M]):
    """One question that a room answers. Raises `AskError` for what could not be asked."""

    method: Method
    path: str
    """With the fields of the model that stand in it: `/orders/{number}`."""
    model: type[M]
    """Reads path, query and body in one; the query of a GET, and where a file is the body."""
    function: "Callable[[Room[O], Visit, M], Awaitable[Answer]]"
    """Awaited on the asyncio side. Raises `Problem`."""
    may: Collection[str]
    """Roles of the room, or `ANYONE`, `KNOWN`, `BEARER`, `ON_CALL`. Whoever has none of them is refused."""
    allow: Allow | None = field(default=None, kw_only=True)
    takes: Upload | None = field(default=None, kw_only=True)
    changes: bool = field(default=True, kw_only=True)
    """Whether it does something, which then goes on to its end whoever still waits; no GET does."""
    keyed: bool = field(default=False, kw_only=True)
    """Whether it has to come with a key of whoever asks, so that it is done once."""
    seconds: float = field(default=25.0, kw_only=True)
    """How long an answer may take."""
    says: str = field(default="", kw_only=True)
    """What it is for, in a sentence: in OpenAPI, in `--help`, and in the list of what there is."""

    def __post_init__(self) -> None:
        where = f"{self.method} {self.path}"
        if PATH.fullmatch(self.path) is None:
            raise AskError(f"{where}: a path is written /orders/{{number}}")
        fields = set(self.model.model_fields)
        if missing := [name for name in self.in_path if name not in fields]:
            raise AskError(
                f"{where}: {self.model.__name__} has no field {missing[0]!r}, which the path names"
            )
        if reserved := fields & {"key", "why"}:
            raise AskError(f"{where}: {min(reserved)!r} is read by the platform: it stands in the visit")
        if (self.takes is None) == ("file" in fields):
            raise AskError(f"{where}: a model has a field `file` where the ask takes one, and nowhere else")
        if self.takes and not 0 < self.takes.bytes_max <= UPLOAD_BYTES_MAX:
            raise AskError(f"{where}: a file may have from 1 to {UPLOAD_BYTES_MAX} bytes")
        if self.method == "GET":
            if self.takes or self.keyed:
                raise AskError(f"{where}: a GET takes no file and needs no key, for it does nothing")
            object.__setattr__(self, "changes", False)
        if not self.may:
            raise AskError(f"{where}: say who may; ANYONE is one who may")
        if isinstance(self.may, str):
            raise AskError(f"{where}: may is several roles: write {{{self.may!r}}}")

    @property
    def in_path(self) -> tuple[str, ...]:
        """The fields that stand in the path."""
        return tuple(IN_PATH.findall(self.path))

    @property
    def name(self) -> str:
        """What it is called at the command line and in OpenAPI: `post-orders-number-pay`."""
        return "-".join([self.method.lower(), *re.findall(r"\w+", self.path)])
