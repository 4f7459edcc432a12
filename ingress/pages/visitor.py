"""Who asks, as far as a request proves it: by its `Authorization`, else by a cookie (`who.py`).

Whoever says by a header who they are is that one, and nobody else: where it proves nothing, no cookie makes
up for it.
"""

from quart import Request

from mailroom.ingress.pages.bot_page import BotPage
from mailroom.ingress.pages.sessions import session_in
from mailroom.ingress.pages.who import START, Who, who_is_in, who_says


async def who_asks(request: Request, here: BotPage) -> Who:
    """Who it is that asks. Raises `Problem` for a proof that proves nothing: `not_signed`, `too_old`,
    `link_over`; for a cookie that another page has made the browser send: `not_of_the_page`.
    """
    start = request.args.get(START, "")
    if authorization := request.headers.get("Authorization", ""):
        return await who_says(authorization, here, start)
    session = await session_in(request, here)
    return Who(start=start) if session is None else who_is_in(session, start)
