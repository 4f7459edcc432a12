"""What a room is asked besides its chat, as a test asks it: its page, its section of the console, its hooks.

    def test_a_tip_is_taken_on_the_page(page, chat, payments):
        go = page.asks("POST", "/tips", person=chat, key="k" * 16, rub=300)
        assert go.url.startswith("https://pay.example")
        payments.pay()
        assert page.refuses("POST", "/tips", person=chat, key="l" * 16, rub=299).code == "not_now"

Each is asked by the code that HTTP is made of, and returns when all that follows is done.
"""

from collections.abc import Collection, Mapping
from functools import partial
from typing import Any

from mailroom.actors.pages.answer import Problem
from mailroom.ops.testing.asked.page import NETWORK, NOTHING
from mailroom.ops.testing.asked.person import Asker, LoggedIn
from mailroom.ops.testing.asked.question import SentFile
from mailroom.ops.testing.opened.codes import SentCode
from mailroom.ops.testing.service import Service


class AskedPage:
    """The room's page."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def asks(
        self,
        method: str,
        path: str,
        fields: Mapping[str, Any] = NOTHING,
        /,
        *,
        person: Asker = None,
        language: str | None = None,
        start: str = "",
        file: SentFile | None = None,
        body: bytes | None = None,
        **named: Any,
    ) -> Any:
        """What a person is answered, a chat of the kit's or Telegram's number of them; without one a
        stranger. Plain data as JSON has it, what is shown live as it is now, a `File` or a `Go`. Raises
        `Problem`.
        """
        asked = partial(
            self._service.under_test.page.asks,
            method,
            path,
            fields,
            person=person,
            language=language,
            start=start,
            file=file,
            body=body,
            **named,
        )
        return self._done(asked)

    def refuses(self, method: str, path: str, *args: Any, **asked: Any) -> Problem:
        """Why somebody is not answered that: the room's `Problem`, as a value."""
        return self._done(partial(self._service.under_test.page.refuses, method, path, *args, **asked))  # type: ignore[no-any-return]

    def follows(self, link: str, **asked: Any) -> Any:
        """What somebody gets who follows a link that the room has given: a `File` or data; of a link to the
        page who they are there, for `person=`. Raises `Problem`.
        """
        return self._done(partial(self._service.under_test.page.follows, link, **asked))

    def code(self, address: str, *, person: Asker = None, language: str | None = None) -> SentCode:
        """The code that comes to an address which somebody gives. Raises `Problem`."""
        at = self._service.under_test
        self._done(partial(at.page.asks_for_code, address, person=person, language=language))
        return at.codes.sent[-1]

    def enters(self, address: str, code: str, *, person: Asker = None, join: bool = False) -> LoggedIn:
        """The browser in which somebody is logged in by a code, for `person=`. Raises `Problem`."""
        entered = partial(self._service.under_test.page.enters, address, code, person=person, join=join)
        return self._done(entered)  # type: ignore[no-any-return]

    def leaves(self, person: Asker, *, everywhere: bool = False) -> None:
        """Somebody logs out."""
        self._done(partial(self._service.under_test.page.leaves, person, everywhere=everywhere))

    def logins(self, person: Asker) -> Any:
        """The browsers in which somebody is logged in. Raises `Problem`."""
        return self._done(partial(self._service.under_test.page.logins, person))

    def _done(self, asked: Any) -> Any:
        return done(self._service, asked)


class AskedSection:
    """The room's section of the console."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def asks(
        self,
        method: str,
        path: str,
        fields: Mapping[str, Any] = NOTHING,
        /,
        *,
        person: int | str | None = None,
        role: str | Collection[str] | None = None,
        file: SentFile | None = None,
        body: bytes | None = None,
        **named: Any,
    ) -> Any:
        """What is answered to a `person` (Telegram's number, or an address that they have proved), who is
        there what the room says; to whoever has a `role`; without either to on-call. Raises `Problem`.
        """
        asked = partial(
            self._service.under_test.section.asks,
            method,
            path,
            fields,
            person=person,
            role=role,
            file=file,
            body=body,
            **named,
        )
        return done(self._service, asked)

    def refuses(self, method: str, path: str, *args: Any, **asked: Any) -> Problem:
        """Why somebody is not answered that: the room's `Problem`, as a value."""
        at = self._service.under_test.section
        return done(self._service, partial(at.refuses, method, path, *args, **asked))  # type: ignore[no-any-return]


class CalledHooks:
    """What other servers call of the room."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def calls(
        self,
        path: str,
        body: bytes,
        headers: Mapping[str, str] | None = None,
        *,
        query: Mapping[str, str] | None = None,
        peer: str = NETWORK,
    ) -> int:
        """A server calls, with the signature among its `headers`; how many jobs it comes to, which are done
        then. Raises `Problem`.
        """
        at = self._service.under_test.hooks
        called = partial(at.calls, path, body, headers, query=query, peer=peer)
        return done(self._service, called)  # type: ignore[no-any-return]

    def refuses(self, path: str, *args: Any, **called: Any) -> Problem:
        """Why a call is not taken: the room's `Problem`, as a value."""
        at = self._service.under_test.hooks
        return done(self._service, partial(at.refuses, path, *args, **called))  # type: ignore[no-any-return]


def done(service: Service, asked: Any) -> Any:
    """What came of it, once all that follows is done."""
    answer = service.run_trio(asked)
    service.settle()
    return answer
