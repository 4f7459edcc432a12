"""What on-call asks for over HTTP, read and checked: bodies, query strings, and who it is."""

import json
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal, Self, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from mailroom.ingress.http.fit import WORDS, unfit_field
from mailroom.storage.redis.dead_letters import Wanted
from mailroom.storage.redis.entry import Chat
from mailroom.storage.redis.history import KEPT_SECONDS
from mailroom.storage.wrong_values import in_a_sentence
from mailroom.supervisors.oncall.context import WHO_CHARS_MAX, WHY_CHARS_MAX
from mailroom.supervisors.oncall.past import POINTS_MAX
from mailroom.supervisors.oncall.targets import TARGET_CHARS_MAX

IDS_MAX = 1_000
"""Dead letters named one by one; more are asked for with a filter."""
MOST_MAX = 1_000
"""Lines of one answer: what a person or a script reads at once, some megabytes at worst."""
DRAIN_SECONDS_MAX = 600.0
"""A request open for longer is cut by one proxy or another."""

T = TypeVar("T", bound="Asked")


class BadRequestError(Exception):
    """What was asked is malformed; the message names the field and what it must be."""


def _reason(text: str) -> str:
    if not (text := " ".join(text.split())):
        raise ValueError("must say in a few words why; the audit keeps it")
    return text


def _address(text: str) -> str:
    chat = Chat.parse(text)
    if not chat.bot or not chat.id:
        raise ValueError("must be a chat, written bot:chat_id")
    return text


class Asked(BaseModel):
    """Whatever is asked for: no field is ignored silently."""

    model_config = ConfigDict(extra="forbid")


class Reasoned(Asked):
    """An action: it always says why."""

    why: Annotated[str, Field(max_length=WHY_CHARS_MAX), AfterValidator(_reason)]


class Act(Reasoned):
    """An action on a target, everywhere or in one process."""

    target: str = Field(min_length=1, max_length=TARGET_CHARS_MAX)
    process: str | None = Field(None, max_length=TARGET_CHARS_MAX)


class Drain(Act):
    """Drain a target, waiting so long for what is at work."""

    seconds: float = Field(30.0, ge=0, le=DRAIN_SECONDS_MAX)


class Skip(Reasoned):
    """Skip the head of a chat, or the message of this number."""

    seq: int | None = None


class Filter(Asked):
    """Which dead letters; all of them where nothing is said."""

    bot: str | None = Field(None, max_length=TARGET_CHARS_MAX)
    chat: Annotated[str, Field(max_length=TARGET_CHARS_MAX), AfterValidator(_address)] | None = None
    error: str | None = Field(None, max_length=TARGET_CHARS_MAX)
    since_ms: int | None = None
    until_ms: int | None = None

    @property
    def wanted(self) -> Wanted:
        """The filter as the store takes it; an empty field of a form asks for nothing."""
        chat = Chat.parse(self.chat) if self.chat else None
        return Wanted(self.bot or None, chat, self.error or None, self.since_ms, self.until_ms)


class Bulk(Reasoned):
    """Dead letters by their ids, or all that a filter finds."""

    ids: list[Annotated[str, Field(max_length=TARGET_CHARS_MAX)]] | None = Field(None, max_length=IDS_MAX)
    filter: Filter | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.ids is None) == (self.filter is None):
            raise ValueError('give either ids or filter; {"filter": {}} means all dead letters')
        return self

    @property
    def which(self) -> Sequence[str] | Wanted:
        """What on-call's function takes."""
        return self.filter.wanted if self.filter is not None else self.ids or ()


class Edit(Reasoned):
    """A new payload, as the text itself or as the JSON it stands for."""

    payload: str | dict[str, Any]

    @property
    def text(self) -> str:
        """The payload as it will be stored."""
        if isinstance(self.payload, str):
            return self.payload
        return json.dumps(self.payload, ensure_ascii=False, separators=(",", ":"))


class TopQuery(Asked):
    """Which chats come first, how many are shown, and whether those too that somebody has suspended."""

    by: Literal["depth", "age"] = "depth"
    suspended: bool = True
    most: int = Field(20, ge=1, le=MOST_MAX)


class MostQuery(Asked):
    """How many lines are shown."""

    most: int = Field(50, ge=1, le=MOST_MAX)


class PastQuery(Asked):
    """How far back, in how many points at most, and only from which moment on."""

    seconds: int = Field(KEPT_SECONDS, ge=10, le=KEPT_SECONDS)
    most: int = Field(POINTS_MAX, ge=1, le=MOST_MAX)
    since_ms: int = Field(0, ge=0)


class DeadQuery(Filter):
    """Which dead letters are shown, and how many."""

    most: int = Field(50, ge=1, le=MOST_MAX)


def read_body(model: type[T], body: bytes) -> T:
    """Read a JSON body. Raises `BadRequestError`."""
    try:
        return _fit(model.model_validate_json(body, strict=True))
    except ValidationError as error:
        raise BadRequestError(in_a_sentence(error, list(model.model_fields))) from None


def read_query(model: type[T], query: Mapping[str, str]) -> T:
    """Read a query string. Raises `BadRequestError`."""
    try:
        return _fit(model.model_validate(query))
    except ValidationError as error:
        raise BadRequestError(in_a_sentence(error, list(model.model_fields))) from None


def read_who(header: str) -> str:
    """Read who acts. Raises `BadRequestError` for a name that would spoil the audit."""
    try:  # HTTP has no charset for headers: what a terminal sends is UTF-8, and read as Latin-1
        who = header.encode("latin-1").decode().strip()
    except UnicodeError:
        who = header.strip()
    if not who.isprintable() or len(who) > WHO_CHARS_MAX:
        raise BadRequestError(f"X-Operator: must be a name of at most {WHO_CHARS_MAX} printable characters")
    return who


def _fit(asked: T) -> T:
    if (field := unfit_field(asked)) is not None:
        raise BadRequestError(f"{field}: {WORDS}")
    return asked
