"""`/console`: the page on-call works with, its login, and the stream that keeps it up to date.

The page acts through `/ops`, like everybody else.
"""

from collections import Counter
from collections.abc import AsyncGenerator, Callable, Mapping
from functools import partial
from typing import Literal

import trio
from pydantic_core import to_json
from quart import Blueprint, Response, render_template, request
from quart.typing import ResponseReturnValue
from structlog import get_logger

from mailroom.ingress.console.feed import Feed, Order
from mailroom.ingress.console.section import BotSection
from mailroom.ingress.ops.access import (
    SESSION_SECONDS,
    Access,
    cookie_name,
    is_https,
    is_of_the_console,
    is_page_of_its_own,
    is_same_origin,
    session_of,
)
from mailroom.supervisors.oncall.desk import OnCall
from mailroom.supervisors.oncall.office import WHO_CHARS_MAX
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
    "Referrer-Policy": "same-origin",
}


def console(
    desk: OnCall, access: Access, closing: trio.Event, sections: Mapping[str, BotSection]
) -> Blueprint:
    """Build the page. Its streams end when `closing` is set. `sections` are those of bots, by their names."""
    page = Blueprint(
        "console",
        __name__,
        url_prefix="/console",
        template_folder="templates",
        static_folder="static",
        static_url_path="/static",
    )
    guesses, feed = access.guesses, Feed(desk)
    streams = Streams()
    page.after_request(_harden)

    @page.get("")
    async def index() -> ResponseReturnValue:
        """The page; for a stranger the login. What it says is for nobody's script and nobody's frame."""
        if not is_page_of_its_own(request):
            dest = request.headers["Sec-Fetch-Dest"]
            log.warning("console_asked_by_a_page", dest=dest, address=request.remote_addr)
            return Response("open /console in a window of its own\n", 403, content_type="text/plain")
        session = session_of(request, access)
        if session is None:
            return await _login_page("", 200)
        return await render_template(
            "console.html",
            csrf_token=access.csrf_token(session),
            who=session.who,
            unstoppable=",".join(UNSTOPPABLE),
            sections=shown_sections(sections),
        )

    @page.get("/bots/<bot>/<path:name>")
    async def section_file(bot: str, name: str) -> ResponseReturnValue:
        """A file of a section, for those who may see it."""
        if session_of(request, access) is None:
            return Response("log in at /console\n", 401, content_type="text/plain")
        its = sections.get(bot)
        file = its.files.answer(name, request.headers, OF_A_SECTION) if its is not None else None
        return file or Response(f"{request.path} is no file of a section\n", 404, content_type="text/plain")

    @page.post("/login")
    async def login() -> ResponseReturnValue:
        """Exchange the token for a session."""
        if not is_same_origin(request):
            return await _login_page("Another site sent this form. Log in here.", 403)
        form = await request.form
        holds = access.holds(form.get("token", ""))
        seconds = await (
            guesses.wait_seconds(request) if holds else guesses.wrong(request, "console_login_failed")
        )
        if seconds > 0:
            return await _login_page("Too many failed attempts.", 429, retry_seconds=int(seconds) + 1)
        if not holds:
            return await _login_page("That is not the token.", 401)
        who = "".join(filter(str.isprintable, form.get("who", ""))).strip()[:WHO_CHARS_MAX]
        log.info("console_login", who=who, address=request.remote_addr)
        return _to_the_page(access.open_session(who), SESSION_SECONDS)

    @page.post("/logout")
    async def logout() -> ResponseReturnValue:
        """End the session, here and not only in the browser."""
        session = session_of(request, access)
        token = (await request.form).get("csrf_token", "")
        if session is not None and not (is_same_origin(request) and access.knows_csrf_token(session, token)):
            return await _login_page("Log out on the console itself.", 403)
        if session is not None:
            access.end(session)
        return _to_the_page("", 0)

    @page.get("/events")
    async def events() -> ResponseReturnValue:
        """The stream: everything the page shows, every second."""
        session = session_of(request, access)
        if session is None:
            return Response("log in at /console\n", 401, content_type="text/plain")
        if not is_of_the_console(request, access, session):
            log.warning("stream_without_csrf", who=session.who, address=request.remote_addr)
            return Response("reload the console\n", 403, content_type="text/plain")
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


async def _login_page(words: str, status: int, retry_seconds: int = 0) -> Response:
    page = await render_template("console_login.html", words=words, retry_seconds=retry_seconds)
    response = Response(page, status, content_type="text/html; charset=utf-8")
    if status == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="mailroom"'
    if retry_seconds:
        response.headers["Retry-After"] = str(retry_seconds)
    return response


def _to_the_page(cookie: str, seconds: int) -> Response:
    https = is_https(request)
    response = Response("", 303, {"Location": "/console"})
    response.set_cookie(
        cookie_name(https=https),
        cookie,
        max_age=seconds,
        path="/",
        httponly=True,
        samesite="Strict",
        secure=https,
    )
    return response


async def _harden(response: Response) -> Response:
    if request.endpoint == "console.section_file" and response.status_code in (200, 304):
        return response
    response.headers.update(HEADERS)
    is_static = request.endpoint == "console.static"
    response.headers["Cache-Control"] = "no-cache" if is_static else "no-store"
    return response
