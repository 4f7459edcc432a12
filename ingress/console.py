"""`/console`: the page on-call works with, its login, and the stream that keeps it up to date.

The page acts through `/ops`, like everybody else.
"""

from collections.abc import AsyncGenerator, Collection

import trio
from pydantic_core import to_json
from quart import Blueprint, Response, render_template, request
from quart.typing import ResponseReturnValue
from structlog import get_logger

from ingress.access import (
    SESSION_SECONDS,
    Access,
    Attempts,
    cookie_name,
    is_https,
    is_same_origin,
    session_of,
)
from ingress.feed import By, Feed
from ingress.rates import Rates
from supervisors.oncall.desk import OnCall
from supervisors.oncall.office import WHO_CHARS_MAX
from supervisors.oncall.targets import UNSTOPPABLE

log = get_logger("mailroom.console")

EVERY_SECONDS = 1.0
"""The beat of the streams."""
STREAMS_MAX = 16
"""More open pages than people on call, far fewer than connections a process can hold."""
STREAM_SECONDS_MAX = 300.0
"""A stream ends, and the browser opens another: so it does not outlive its session by more."""
STALL_SECONDS = 10.0
"""A reader that has not taken the end by then has stalled, and loses its place."""
RETRY_MS = 2000
HEADERS = {
    # Payloads are written by strangers: nothing in them can run or load, even if the page got it wrong.
    "Content-Security-Policy": "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'",
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def console(desk: OnCall, access: Access, closing: trio.Event, shops: Collection[str] = ()) -> Blueprint:
    """Build the page. Its streams end when `closing` is set. `shops` are the bots that have a section."""
    page = Blueprint(
        "console", __name__, url_prefix="/console", static_folder="static", static_url_path="/static"
    )
    attempts, feed = Attempts(), Feed(desk, Rates())
    streams: set[object] = set()
    page.after_request(_harden)

    @page.get("")
    async def index() -> ResponseReturnValue:
        """The page; for a stranger the login."""
        session = session_of(request, access)
        if session is None:
            return await _login_page("", 200)
        return await render_template(
            "console.html",
            csrf_token=access.csrf_token(session),
            who=session.who,
            unstoppable=",".join(UNSTOPPABLE),
            shops=sorted(shops),
        )

    @page.post("/login")
    async def login() -> ResponseReturnValue:
        """Exchange the token for a session."""
        if not is_same_origin(request):
            return await _login_page("Another site sent this form. Log in here.", 403)
        if (seconds := attempts.wait_seconds()) > 0:
            return await _login_page("Too many failed attempts.", 429, retry_seconds=int(seconds) + 1)
        form = await request.form
        if not access.holds(form.get("token", "")):
            attempts.failed()
            log.warning("console_login_failed", address=request.remote_addr)
            return await _login_page("That is not the token.", 401)
        who = "".join(filter(str.isprintable, form.get("who", ""))).strip()[:WHO_CHARS_MAX]
        log.info("console_login", who=who, address=request.remote_addr)
        return _to_the_page(access.open_session(who), SESSION_SECONDS)

    @page.post("/logout")
    async def logout() -> ResponseReturnValue:
        """Forget the session."""
        session = session_of(request, access)
        token = (await request.form).get("csrf_token", "")
        if session is not None and not (is_same_origin(request) and access.knows_csrf_token(session, token)):
            return await _login_page("Log out on the console itself.", 403)
        return _to_the_page("", 0)

    @page.get("/events")
    async def events() -> ResponseReturnValue:
        """The stream: everything the page shows, every second."""
        if session_of(request, access) is None:
            return Response("log in at /console\n", 401, content_type="text/plain")
        if len(streams) >= STREAMS_MAX:
            words = f"{STREAMS_MAX} consoles are open; close one\n"
            return Response(words, 503, {"Retry-After": "5"}, content_type="text/plain")
        by: By = "age" if request.args.get("by") == "age" else "depth"
        response = Response(_stream(feed, by, streams, closing), content_type="text/event-stream")
        response.headers["X-Accel-Buffering"] = "no"  # nginx would hold the events back
        response.timeout = STREAM_SECONDS_MAX + STALL_SECONDS
        return response

    return page


async def _stream(
    feed: Feed, by: By, streams: set[object], closing: trio.Event
) -> AsyncGenerator[bytes, None]:
    # Nothing is made before the last event is on its way: a slow reader gets fewer events, none of them old.
    place = object()
    streams.add(place)
    try:
        yield f"retry: {RETRY_MS}\n".encode() + _event("history", feed.history())
        ends = trio.current_time() + STREAM_SECONDS_MAX
        while not closing.is_set() and trio.current_time() < ends:
            next_beat = trio.current_time() + EVERY_SECONDS
            yield _event("news", await feed.news(by))
            with trio.move_on_at(next_beat):
                await closing.wait()
    finally:
        streams.discard(place)


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
    response.headers.update(HEADERS)
    is_static = request.endpoint == "console.static"
    response.headers["Cache-Control"] = "no-cache" if is_static else "no-store"
    return response
