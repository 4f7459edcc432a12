"""`/app/shop`: the shop as a page, for Telegram's window and, in the demo, for any browser.

The page is static; what it shows and does goes through `/app/shop/api` (`api.py`).
"""

from typing import Any

from quart import Blueprint, Response, render_template, request
from quart.typing import ResponseReturnValue

from mailroom.ingress.pages.shop.api import add_api
from mailroom.ingress.pages.shop.counter import Counter
from mailroom.ingress.pages.shop.pictures import add_pictures
from mailroom.ingress.pages.shop.shops import Shops

PAGE = "/app/shop"
TELEGRAM_SCRIPT = "https://telegram.org"
"""Where the script comes from through which a page speaks with Telegram."""
TELEGRAM_WEB = "https://web.telegram.org https://webk.telegram.org https://webz.telegram.org"
"""Telegram in a browser shows the page in a frame."""
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


def mini_app(shops: Shops) -> Blueprint:
    """Build the page, its files and its API."""
    page = Blueprint(
        "mini_app",
        __name__,
        url_prefix="/app",
        template_folder="templates",
        static_folder="static",
        static_url_path="/static",
    )
    page.after_request(_harden)
    counter = Counter(shops)

    @page.get("/shop")
    async def shop() -> ResponseReturnValue:
        """The page of a shop: ?bot=NAME where there are several."""
        bot = shops.find(request.args.get("bot"))
        told: dict[str, Any] = {
            "bot": bot or "",
            "demo": shops.demo,
            "chat_url": shops.chat_urls.get(bot or ""),
        }
        return await render_template("app_shop.html", **told), 200 if bot else 404

    add_api(page, shops, counter)
    add_pictures(page, shops)
    return page


async def _harden(response: Response) -> Response:
    response.headers.update(HEADERS)
    # A file has one of its own, which is stricter.
    policy = _policy(in_telegram=request.args.get("telegram") == "1")
    response.headers.setdefault("Content-Security-Policy", policy)
    is_static = request.endpoint == "mini_app.static"
    if (
        is_static or "ETag" not in response.headers
    ):  # what is called by its content says itself how it is kept
        response.headers["Cache-Control"] = "no-cache" if is_static else "no-store"
    return response


def _policy(*, in_telegram: bool) -> str:
    """Nothing but our own files; Telegram's script only where the page has found itself inside Telegram,
    and has asked for itself again with `telegram=1`.
    """
    scripts = f"'self' {TELEGRAM_SCRIPT}" if in_telegram else "'self'"
    return (
        f"default-src 'self'; script-src {scripts}; img-src 'self' data:; object-src 'none'; "
        f"base-uri 'none'; form-action 'none'; frame-ancestors 'self' {TELEGRAM_WEB}"
    )
