"""How somebody gets into the console and out of it: on-call by the token, people by a link of their bot."""

import hmac

from quart import Blueprint, Response, render_template, request
from quart.typing import ResponseReturnValue
from structlog import get_logger

from mailroom.actors.runtime.bridge import aio
from mailroom.ingress.console.own_form import NOT_OWN, is_own, own_form
from mailroom.ingress.http.origin import is_https, is_same_origin
from mailroom.ingress.ops.access import Access, cookie_name, is_page_of_its_own, logged_in
from mailroom.ingress.ops.logged_in import SESSION_SECONDS
from mailroom.ingress.ops.people import NobodyHereError
from mailroom.ingress.ops.switched_off import OFF
from mailroom.supervisors.oncall.context import WHO_CHARS_MAX

log = get_logger("mailroom.console")

SPENT = "This link was used already, or is older than 10 minutes. Say /console to your bot for a new one."
NOBODY = "You do not work at any bot here any more."


def add_entering(page: Blueprint, access: Access) -> None:
    """Build the routes."""
    guesses = access.guesses

    @page.post("/login")
    async def login() -> ResponseReturnValue:
        """Exchange the token for a session."""
        if not is_same_origin(request):
            return await login_page(access, "Another site sent this form. Log in here.", 403)
        form = await request.form
        holds = access.holds(form.get("token", ""))
        seconds = await (
            guesses.wait_seconds(request) if holds else guesses.wrong(request, "console_login_failed")
        )
        if seconds > 0:
            return await login_page(access, "Too many failed attempts.", 429, retry_seconds=int(seconds) + 1)
        if not holds:
            return await login_page(access, "That is not the token.", 401)
        who = "".join(filter(str.isprintable, form.get("who", ""))).strip()[:WHO_CHARS_MAX]
        log.info("console_login", who=who, address=request.remote_addr)
        return to_the_page(access.open_session(who), SESSION_SECONDS)

    @page.get("/enter")
    async def entrance() -> ResponseReturnValue:
        """Where a link leads: nothing is done before somebody presses, and the link's token stands where only
        this page can read it.
        """
        if not is_page_of_its_own(request):
            return not_a_page_of_its_own()
        return await own_form("console_enter.html")

    @page.post("/enter")
    async def enter() -> ResponseReturnValue:
        """Exchange the token of a link for a session, once."""
        form = await request.form
        if not is_own(form):
            return await login_page(access, NOT_OWN, 403)
        if (seconds := await guesses.wait_seconds(request)) > 0:
            return await login_page(access, "Too many failed attempts.", 429, retry_seconds=int(seconds) + 1)
        try:
            cookie = await aio(access.people.enter, form.get("token", "")) if access.people else None
        except NobodyHereError:
            return await login_page(access, NOBODY, 403)
        if cookie is None:
            await guesses.wrong(request, "console_link_wrong")
            return await login_page(access, SPENT, 401)
        return to_the_page(cookie, SESSION_SECONDS)

    @page.post("/logout")
    async def logout() -> ResponseReturnValue:
        """End the session, here and not only in the browser."""
        one = await logged_in(request, access)
        token = (await request.form).get("csrf_token", "").encode()
        if one is not None:
            if not (is_same_origin(request) and hmac.compare_digest(token, one.csrf_token.encode())):
                return await login_page(access, "Log out on the console itself.", 403)
            await aio(one.end)
        return to_the_page("", 0)


async def login_page(access: Access, words: str, status: int, retry_seconds: int = 0) -> Response:
    """What a stranger sees, with what is wrong."""
    page = await render_template(
        "console_login.html",
        words=words,
        retry_seconds=retry_seconds,
        on_call=not access.off,
        off=OFF,
        people=access.people is not None,
        codes=access.codes is not None,
    )
    response = Response(page, status, content_type="text/html; charset=utf-8")
    if status == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="mailroom"'
    if retry_seconds:
        response.headers["Retry-After"] = str(retry_seconds)
    return response


def not_a_page_of_its_own() -> Response:
    """What a script or a frame gets where a person would get a page: what it says is not for these."""
    log.warning(
        "console_asked_by_a_page", dest=request.headers["Sec-Fetch-Dest"], address=request.remote_addr
    )
    return Response(f"open {request.path} in a window of its own\n", 403, content_type="text/plain")


def to_the_page(cookie: str, seconds: int) -> Response:
    """Go on to the console, with a session for so long."""
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
