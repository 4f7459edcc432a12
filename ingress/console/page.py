"""`/console`: the page on-call works with, its login, and the stream that keeps it up to date.

The page acts through `/ops`, like everybody else.
"""

from collections import Counter
from collections.abc import AsyncGenerator, Callable, Mapping
from functools import partial
from typing import Literal

import trio
from pydantic_core import to_json
from quart import Blueprint, Response, g, render_template, request
from quart.typing import ResponseReturnValue
from structlog import get_logger

from mailroom.actors.pages.ask import ON_CALL
from mailroom.actors.runtime.bridge import aio
from mailroom.ingress.console.by_code import add_by_code
from mailroom.ingress.console.entering import NOBODY, add_entering, login_page, not_a_page_of_its_own
from mailroom.ingress.console.feed import Feed, Order
from mailroom.ingress.console.section import BotSection
from mailroom.ingress.http.origin import is_https
from mailroom.ingress.ops.access import Access, cookie_name, is_of_the_console, is_page_of_its_own, logged_in
from mailroom.ingress.ops.guard import at_their_bot
from mailroom.ingress.ops.operations import Operations
from mailroom.storage.errors import StoreError
from mailroom.supervisors.oncall.targets import UNSTOPPABLE

log = get_logger("mailroom.console")

EVERY_SECONDS = 1.0
"""The beat of the streams."""
STREAMS_MAX = 16
"""More open pages than people on call, far fewer than connections a process can hold."""
STREAM_SECONDS_MAX = 300.0
"""A stream ends, and the browser opens another: so it does not outlive its session by more."""
STALL_SECONDS = 10.0
"""A reader that has not taken the end by then has stalled, and loses its place."""
PARTS = ("section.html", "section.css", "section.js")
"""What the page asks for of a section."""
HEADERS = {
    # Payloads are written by strangers: nothing in them can run or load, even if the page got it wrong.
    "Content-Security-Policy": "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'",
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    # Whoever opened this window has no hold of it, be it a page of this very host: those have no such header,
    # and must not get one.
    "Cross-Origin-Opener-Policy": "same-origin",
}


OF_A_SECTION = {
    # Its parts are asked for by the console's page; opened as a page of its own one is a dead one.
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}


def console(operations: Operations) -> Blueprint:
    """Build the page."""
    access, sections, closing = operations.access, operations.sections, operations.closing
    page = Blueprint(
        "console",
        __name__,
        url_prefix="/console",
        template_folder="templates",
        static_folder="static",
        static_url_path="/static",
    )
    feed, streams = Feed(operations.oncall), Streams()
    page.after_request(_harden)

    page.register_error_handler(StoreError, _store_away)
    add_entering(page, access)
    if access.codes is not None:
        add_by_code(page, access, access.codes)

    @page.get("")
    async def index() -> ResponseReturnValue:
        """The page; for a stranger the login. What it says is for nobody's script and nobody's frame."""
        if not is_page_of_its_own(request):
            return not_a_page_of_its_own()
        one = await logged_in(request, access)
        if one is None:
            return await login_page(access, "", 200)
        theirs, template = sections, "console.html"
        if not one.asker.on_call and access.people is not None:
            works = await aio(access.people.works_at, one.asker.proofs)
            if not works:
                return await login_page(access, NOBODY, 403)
            theirs, template = {bot: sections[bot] for bot in works if bot in sections}, "console_person.html"
        return await render_template(
            template,
            csrf_token=one.csrf_token,
            who=one.name,
            unstoppable=",".join(UNSTOPPABLE),
            sections=shown_sections(theirs),
        )

    @page.get("/bots/<bot>/<path:name>")
    async def section_file(bot: str, name: str) -> ResponseReturnValue:
        """A file of a section, for those who may see it."""
        one = await logged_in(request, access)
        if one is None:
            return Response("log in at /console\n", 401, content_type="text/plain")
        g.asker = one.asker
        if not one.asker.on_call and access.people is not None:
            g.asker = await at_their_bot(one.asker, bot, access.people)
        its = sections.get(bot)
        file = its.files.file(name, request.headers) if its is not None else None
        if file is None:
            return Response(f"{request.path} is no file of a section\n", 404, content_type="text/plain")
        file.headers.update(OF_A_SECTION)
        return file

    @page.get("/events")
    async def events() -> ResponseReturnValue:
        """The stream: everything the page shows, every second."""
        one = await logged_in(request, access)
        if one is None:
            return Response("log in at /console\n", 401, content_type="text/plain")
        if not is_of_the_console(request, one):
            log.warning("stream_without_csrf", who=one.asker.who, address=request.remote_addr)
            return Response("reload the console\n", 403, content_type="text/plain")
        g.asker = one.asker
        one.asker.require(ON_CALL)
        if (place := streams.open()) is None:
            words = f"{STREAMS_MAX} consoles are open; close one\n"
            return Response(words, 503, {"Retry-After": "5"}, content_type="text/plain")
        by: Literal["depth", "age"] = "age" if request.args.get("by") == "age" else "depth"
        order = Order(by, suspended_too=request.args.get("suspended") == "too")
        cookie = request.cookies.get(cookie_name(https=is_https(request)), "")
        lasts = partial(_lasts, access, cookie, closing)
        response = Response(
            _stream(feed, order, streams, place, lasts, closing), content_type="text/event-stream"
        )
        response.headers["X-Accel-Buffering"] = "no"  # nginx would hold the events back
        response.timeout = STREAM_SECONDS_MAX + STALL_SECONDS
        return response

    return page


def shown_sections(sections: Mapping[str, BotSection]) -> list[dict[str, str]]:
    """The sections as the page lays them out, each under a title that no other has."""
    titles = Counter(its.section.title for its in sections.values())
    return [
        {
            "bot": bot,
            "title": title if titles[title] == 1 else f"{title} · {bot}",
            "files": " ".join(name for name in PARTS if name in its.files),
        }
        for bot, its in sorted(sections.items())
        for title in [its.section.title]
    ]


class Streams:
    """The places of open streams. One is taken when the stream opens, before anything is sent, and comes free
    when it ends; where it never begins, after a while by itself.
    """

    def __init__(self) -> None:
        self._free_at: dict[object, float] = {}

    def open(self) -> object | None:
        """Take a place; None where there is none."""
        now = trio.current_time()
        for place in [one for one, free_at in self._free_at.items() if free_at < now]:
            del self._free_at[place]
        if len(self._free_at) >= STREAMS_MAX:
            return None
        place = object()
        self._free_at[place] = now + STALL_SECONDS
        return place

    def begin(self, place: object) -> None:
        """The stream of this place begins."""
        self._free_at[place] = trio.current_time() + STREAM_SECONDS_MAX + 2 * STALL_SECONDS

    def end(self, place: object) -> None:
        """It has ended."""
        self._free_at.pop(place, None)


def _lasts(access: Access, cookie: str, closing: trio.Event) -> bool:
    return not closing.is_set() and access.session(cookie) is not None


async def _stream(
    feed: Feed, order: Order, streams: Streams, place: object, lasts: Callable[[], bool], closing: trio.Event
) -> AsyncGenerator[bytes, None]:
    # Nothing is made before the last event is on its way: a slow reader gets fewer events, none of them old.
    streams.begin(place)
    try:
        ends = trio.current_time() + STREAM_SECONDS_MAX
        while lasts() and trio.current_time() < ends:
            next_beat = trio.current_time() + EVERY_SECONDS
            yield _event("news", await feed.news(order))
            with trio.move_on_at(next_beat):
                await closing.wait()
    finally:
        streams.end(place)


def _event(name: str, content: object) -> bytes:
    return b"event: %b\ndata: %b\n\n" % (name.encode(), to_json(content))


async def _store_away(error: Exception) -> Response:
    words = f"{error}\nOn-call may log in all the same; people as soon as that is over.\n"
    return Response(words, 503, {"Retry-After": "2"}, content_type="text/plain; charset=utf-8")


async def _harden(response: Response) -> Response:
    if request.endpoint == "console.section_file" and response.status_code in (200, 304):
        return response
    response.headers.update(HEADERS)
    is_static = request.endpoint == "console.static"
    response.headers["Cache-Control"] = "no-cache" if is_static else "no-store"
    return response
