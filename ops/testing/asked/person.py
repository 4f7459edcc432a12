"""Who asks at a page: what a browser would send along to prove it."""

import hmac
import json
import time
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Protocol
from urllib.parse import urlencode

from mailroom.actors.people.session import session_of
from mailroom.actors.providers.mini_app import SIGNING
from mailroom.actors.runtime.bridge import aio
from mailroom.ingress.pages.bot_page import BotPage
from mailroom.ingress.pages.who import Who, who_is_in, who_says


class OfTelegram(Protocol):
    """Somebody who opens the page in Telegram: a chat of the kit's is one."""

    @property
    def id(self) -> int:
        """Telegram's number of them."""

    @property
    def name(self) -> str:
        """What they are called."""

    @property
    def language(self) -> str:
        """What their Telegram speaks."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in Telegram."""

    id: int
    name: str = "Ann"
    language: str = "en"
    username: str | None = None


@dataclass(frozen=True, slots=True)
class LoggedIn:
    """A browser in which somebody has logged in by a code."""

    token: str
    person: str
    """The same within the bot whenever they come."""


@dataclass(frozen=True, slots=True)
class Says:
    """Whoever sends this `Authorization`, whatever it proves: `Says("demo 7001")`, `Says("grant TOKEN")`."""

    authorization: str


Asker = int | OfTelegram | LoggedIn | Says | None
"""Telegram's number of somebody, a chat, a browser, a word; None: nobody has proved anything."""


async def who_is(asker: Asker, here: BotPage, start: str = "") -> Who:
    """Who that is, as the page sees it. Raises `Problem` for a proof that proves nothing there."""
    if asker is None:
        return Who(start=start)
    if isinstance(asker, Says):
        return await who_says(asker.authorization, here, start)
    if isinstance(asker, LoggedIn):
        if not asker.token or "code" not in here.page.enter:
            return Who(start=start)
        session = await aio(session_of, here.room.database, here.bot, asker.token)
        return Who(start=start) if session is None else who_is_in(session, start)
    person: OfTelegram = Person(asker) if isinstance(asker, int) else asker
    return await who_says(f"tma {init_data(person_fields(person), here.token)}", here, start)


def person_fields(person: OfTelegram) -> dict[str, Any]:
    """Somebody as Telegram tells a page of them."""
    fields = {"id": person.id, "first_name": person.name, "language_code": person.language}
    username = getattr(person, "username", None)
    return {**fields, "username": username} if username else fields


def init_data(person: dict[str, Any], token: str, *, at: float | None = None, **more: str) -> str:
    """What a page is handed that Telegram has opened for a person, `at` some moment, signed with the bot's
    token.
    """
    fields = {
        "auth_date": str(int(at or time.time())),
        "query_id": "AAE0",
        "user": json.dumps(person),
        **more,
    }
    lines = "\n".join(f"{name}={fields[name]}" for name in sorted(fields))
    secret = hmac.digest(SIGNING, token.encode(), "sha256")
    return urlencode({**fields, "hash": hmac.new(secret, lines.encode(), sha256).hexdigest()})
