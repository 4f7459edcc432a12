"""The browsers in which somebody has logged in to a page: by a cookie that no script reads.

A browser sends the cookie with every call to the page's address, whichever page makes it. So what changes
something is taken with a cookie only where a page of this host has sent it, which `Sec-Fetch-Site` or
`Origin` say, and with a header of our own, which no form can send and no other site may. What that does not
keep out is a script on another page of this very host: see `ops/docs/people-of-a-page.md`.
"""

from quart import Request, Response, g, request
from structlog import get_logger

from mailroom.actors.pages.answer import Problem
from mailroom.actors.people.enter import SESSION_SECONDS
from mailroom.actors.people.session import session_of
from mailroom.actors.runtime.bridge import aio
from mailroom.ingress.asks.doing import problem_of
from mailroom.ingress.http.origin import is_https, is_same_origin
from mailroom.ingress.pages.addresses import address
from mailroom.ingress.pages.bot_page import BotPage
from mailroom.storage.postgres.sessions import Session

log = get_logger("mailroom.pages")

HEADER, OF_THE_PAGE = "X-Mailroom", "page"
"""What the kit sends along with every call."""
LOOKS = frozenset({"GET", "HEAD"})
RENEWED = "page_cookie"


def cookie_name(*, https: bool) -> str:
    """What the cookie is called: the browser lets nobody set one that begins so over plain HTTP."""
    return "__Secure-mailroom-page" if https else "mailroom-page"


async def session_in(request: Request, here: BotPage) -> Session | None:
    """The session that a request comes with; None where there is none, or it is over. Raises `Problem` for
    what would change something and was not sent by a page of ours: `not_of_the_page`.
    """
    token = request.cookies.get(cookie_name(https=is_https(request)), "")
    if not token or "code" not in here.page.enter:
        return None
    if request.method not in LOOKS and not is_of_the_page(request):
        raise not_of_the_page(request, here)
    try:
        session: Session | None = await aio(session_of, here.room.database, here.bot, token)
    except Exception as error:
        raise problem_of(error, bot=here.bot, what="session") from error
    if session is not None and session.stale:
        setattr(g, RENEWED, (here.bot, token))
    return session


def is_of_the_page(request: Request) -> bool:
    """Whether a page of this host has sent a request, by a script that knows what it does."""
    return is_same_origin(request) and request.headers.get(HEADER) == OF_THE_PAGE


def not_of_the_page(request: Request, here: BotPage) -> Problem:
    """Another site wants something done for whoever looks at it."""
    log.warning("sent_by_another_page", bot=here.bot, path=request.path, address=request.remote_addr)
    return Problem("not_of_the_page", "forbidden")


def put_cookie(response: Response, request: Request, bot: str, token: str) -> None:
    """Have the browser remember a session; none with an empty token."""
    https = is_https(request)
    response.set_cookie(
        cookie_name(https=https),
        token,
        max_age=int(SESSION_SECONDS) if token else 0,
        path=address(bot),
        httponly=True,
        samesite="Lax",
        secure=https,
    )


async def renew(response: Response) -> Response:
    """Have the browser keep the cookie of a session that goes on as long as we do. Not with what caches on
    the way may keep: whoever is given that by them would be logged in as somebody else.
    """
    renewed = getattr(g, RENEWED, None)
    kept = "public" in response.headers.get("Cache-Control", "")
    if renewed is not None and not kept and "Set-Cookie" not in response.headers:
        put_cookie(response, request, *renewed)
    return response
