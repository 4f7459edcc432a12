"""The page of a room, asked without HTTP: by whoever proves who they are, as a browser has them proved."""

from collections.abc import Mapping
from functools import partial
from types import MappingProxyType
from typing import Any
from urllib.parse import unquote, urlsplit

from werkzeug.datastructures import LanguageAccept

from mailroom.actors.pages.answer import File, Problem
from mailroom.actors.runtime.bridge import aio
from mailroom.actors.uses.allowance import Allowance
from mailroom.actors.uses.file_links import AT
from mailroom.ingress.asks.call import Call
from mailroom.ingress.asks.doing import Doing
from mailroom.ingress.asks.reading import not_found
from mailroom.ingress.pages.allowances import Allowances
from mailroom.ingress.pages.answers import Answers
from mailroom.ingress.pages.bot_page import BotPage
from mailroom.ingress.pages.called import LANGUAGE, Called
from mailroom.ingress.pages.people import OwnAnswers
from mailroom.ingress.pages.who import Who, who_bears
from mailroom.ops.testing.asked.person import Asker, LoggedIn, Says, who_is
from mailroom.ops.testing.asked.question import SentFile, call
from mailroom.ops.testing.asked.refused import refused
from mailroom.ops.testing.asked.shown import shown

NETWORK = "203.0.113.7"
"""Where everybody comes from: an address that documents are written with."""
BROWSER = "a browser of mailroom.testing"
NOTHING: Mapping[str, Any] = MappingProxyType({})


class RoomPage:
    """One page. Awaited on Trio's side."""

    def __init__(self, here: BotPage, doing: Doing, allowance: Allowance) -> None:
        self.here = here
        self._doing = doing
        allowances = Allowances(allowance, [])
        self._answers, self._own = Answers(allowances, doing), OwnAnswers(allowances, doing)

    async def asks(
        self,
        method: str,
        path: str,
        fields: Mapping[str, Any] = NOTHING,
        /,
        *,
        person: Asker = None,
        language: str | None = None,
        start: str = "",
        network: str = NETWORK,
        file: SentFile | None = None,
        body: bytes | None = None,
        **named: Any,
    ) -> Any:
        """What somebody is answered: plain data, as JSON has it; what is shown live as it is now; a `File` or
        a `Go`. Fields are `named`, or stand in `fields` where a name of theirs is one of ours. Raises
        `Problem`.
        """
        who = await self._who(person, method, path, start)
        asked = call(method, path, {**fields, **named}, file=file, body=body)
        called = self._called(asked, who, language, network)
        return await shown(self._doing, await self._answers.page(self.here, called))

    async def refuses(self, method: str, path: str, *args: Any, **asked: Any) -> Problem:
        """Why somebody is not answered that. An answer all the same is an `AssertionError`."""
        return await refused(self.asks(method, path, *args, **asked))

    async def follows(self, link: str, **asked: Any) -> Any:
        """What somebody gets who follows a link that the room has given: the `File` or data of it; of a link
        to the page itself who they are there, for `person=`. Raises `Problem`.
        """
        parts = urlsplit(link)
        rest = unquote(parts.path).removeprefix(f"/app/{self.here.bot}/")
        if parts.fragment.startswith("l="):
            return Says(f"grant {parts.fragment.removeprefix('l=')}")
        kind, _, rest = rest.partition("/")
        token, _, path = rest.partition("/")
        if kind == AT:
            return await self._file(token)
        called = self._called(call("GET", f"/{path}", asked), Who(), None, NETWORK)
        await self._answers.allowances.call(NETWORK, self.here, called.who)
        called = self._called(called.call, await who_bears(token, self.here), None, NETWORK)
        return await shown(self._doing, await self._answers.link(self.here, called))

    async def asks_for_code(self, address: str, *, person: Asker = None, language: str | None = None) -> Any:
        """Somebody has a code sent to an address of theirs. Raises `Problem`."""
        data, _ = await self._asks_platform("POST", "/_code", person, language, address=address)
        return data

    async def enters(
        self,
        address: str,
        code: str,
        *,
        person: Asker = None,
        join: bool = False,
        language: str | None = None,
    ) -> LoggedIn:
        """Somebody enters the code that has come there: the browser in which they are logged in. `person` is
        who they are already. Raises `Problem`.
        """
        data, token = await self._asks_platform(
            "POST", "/_enter", person, language, address=address, code=code, join=join
        )
        return LoggedIn(token or "", data["person"])

    async def leaves(self, person: Asker, *, everywhere: bool = False) -> None:
        """Somebody logs out."""
        await self._asks_platform("POST", "/_leave", person, None, everywhere=everywhere)

    async def logins(self, person: Asker) -> Any:
        """The browsers in which somebody is logged in. Raises `Problem`."""
        data, _ = await self._asks_platform("GET", "/_sessions", person, None)
        return data

    async def _asks_platform(
        self, method: str, path: str, person: Asker, language: str | None, **fields: Any
    ) -> tuple[Any, str | None]:
        who = await who_is(person, self.here)
        called = self._called(call(method, path, fields), who, language, NETWORK)
        told = await self._own.answer(self.here, called, BROWSER)
        return told.data, told.token

    async def _who(self, person: Asker, method: str, path: str, start: str) -> Who:
        try:
            return await who_is(person, self.here, start)
        except Problem:
            if self._answers.is_for_anyone(self.here, method, path):
                return Who()
            raise

    async def _file(self, token: str) -> File:
        files = self.here.room.files
        if (link := files.links.read(token)) is None:
            raise not_found()
        found = await aio(partial(files.get, link.digest))
        if found is None:
            raise not_found()
        return File(found.content, found.type, link.name, inline=link.inline)

    def _called(self, asked: Call, who: Who, language: str | None, network: str) -> Called:
        if language is not None:
            asked = Call(
                asked.method, asked.path, {**asked.query, LANGUAGE: [language]}, asked.whole, asked.mime_type
            )
        return Called(asked, who, network, LanguageAccept())
