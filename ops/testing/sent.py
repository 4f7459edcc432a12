"""What a bot has sent, as plain values: they compare, and a failing assert shows them as a person would see
them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

CONTENT_SHOWN_MAX = 12


@dataclass(frozen=True, slots=True)
class Button:
    """A button under a message, or of the keyboard in the place of the letters."""

    text: str
    data: str = ""
    """What a tap sends to the bot."""
    url: str = ""
    """Where it leads, or which Mini App it opens."""
    kind: str = "data"
    """`data`, `url`, `web_app`, `pay`, `text` (of a keyboard), `contact` and `location` (of one too),
    `other`.
    """

    def __repr__(self) -> str:
        more = {"data": self.data, "url": self.url, "web_app": self.url}.get(self.kind, self.kind)
        return f"[{self.text}]" if self.kind == "text" else f"[{self.text} -> {more}]"


@dataclass(frozen=True, slots=True)
class Media:
    """A file in a message."""

    kind: str
    """`photo`, `document`, `video`, `voice` and so on."""
    name: str = ""
    content: bytes = b""

    def __repr__(self) -> str:
        return f"<{self.kind} {self.name} {len(self.content)} bytes>".replace("  ", " ")


@dataclass(frozen=True, slots=True)
class Sent:
    """One call that a bot has made and Telegram has carried out. `message_id`, `args` and `message` are not
    compared.
    """

    text: str = ""
    """The text or caption as it is read, without markup; an invoice's title; what a tap was answered with."""
    buttons: tuple[tuple[Button, ...], ...] = ()
    media: tuple[Media, ...] = ()
    method: str = "sendMessage"
    chat: int | str | None = field(default=None, compare=False)
    message_id: int | None = field(default=None, compare=False)
    args: Mapping[str, Any] = field(default_factory=dict, compare=False)
    """The call's arguments, as they went out."""
    message: Mapping[str, Any] = field(default_factory=dict, compare=False)
    """The message as Telegram has it now: entities, invoice, location, and whatever else it holds."""

    @property
    def labels(self) -> list[list[str]]:
        """What its buttons say, row by row."""
        return [[button.text for button in row] for row in self.buttons]

    def __repr__(self) -> str:
        parts = [repr(self.text)] if self.text else []
        parts += [repr(one) for one in self.media]
        parts += [" ".join(map(repr, row)) for row in self.buttons]
        shown = ", ".join(parts)
        return f"Sent({shown})" if self.method == "sendMessage" else f"Sent({self.method}: {shown})"


class Answers(tuple[Sent, ...]):
    """What a bot did in a chat after something had happened there."""

    __slots__ = ()

    @property
    def texts(self) -> list[str]:
        """What was said."""
        return [one.text for one in self]

    @property
    def one(self) -> Sent:
        """The only answer. Raises `AssertionError` where there is none, or more."""
        assert len(self) == 1, f"expected one answer, and there were {len(self)}: {list(self)}"
        return self[0]

    @property
    def text(self) -> str:
        """What the only answer says. Raises `AssertionError` where there is none, or more."""
        return self.one.text

    @property
    def labels(self) -> list[list[str]]:
        """What the buttons of the only answer say, row by row."""
        return self.one.labels

    def __repr__(self) -> str:
        return f"Answers{list(self)}"


def buttons_of(markup: Mapping[str, Any] | None) -> tuple[tuple[Button, ...], ...]:
    """The buttons of a `reply_markup`."""
    markup = markup or {}
    rows = markup.get("inline_keyboard") or markup.get("keyboard") or ()
    return tuple(tuple(map(_button, row)) for row in rows if row)


def buttons_in(rows: tuple[tuple[Button, ...], ...]) -> Iterator[Button]:
    """All of them, row after row."""
    for row in rows:
        yield from row


def _button(given: Mapping[str, Any] | str) -> Button:
    if isinstance(given, str):
        return Button(given, kind="text")
    text = str(given["text"])
    if (data := given.get("callback_data")) is not None:
        return Button(text, data=str(data))
    if given.get("url"):
        return Button(text, url=str(given["url"]), kind="url")
    if (app := given.get("web_app")) is not None:
        return Button(text, url=str(app["url"]), kind="web_app")
    if given.get("pay"):
        return Button(text, kind="pay")
    for name, kind in (("request_contact", "contact"), ("request_location", "location")):
        if given.get(name):
            return Button(text, kind=kind)
    return Button(text, kind="text" if set(given) <= {"text", "style", "icon_custom_emoji_id"} else "other")
