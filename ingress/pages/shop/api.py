"""`/app/shop/api`: the shop as JSON, for its page.

Every call says who asks: `Authorization: tma` and Telegram's init data; in the demo also
`Authorization: demo` and the number of a visitor. A refused call is answered with {"error", "what_to_do",
"code"}, written for the customer in the language asked for (?lang=).
"""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import trio
from pydantic_core import to_json
from quart import Blueprint, Response, g, request
from structlog import get_logger
from werkzeug.exceptions import RequestEntityTooLarge

from mailroom.actors.bots.shop.domain.language import Language
from mailroom.actors.pages.answer import File
from mailroom.actors.providers.mini_app import Visitor
from mailroom.actors.runtime.bridge import aio
from mailroom.ingress.asks.served_file import served_file
from mailroom.ingress.pages.shop.asked import (
    ORDER_NUMBER_MAX,
    AskedComplaint,
    AskedOrder,
    AskedPayment,
    AskedQuote,
    T,
    read,
)
from mailroom.ingress.pages.shop.counter import Counter
from mailroom.ingress.pages.shop.guard import (
    CALLS_AT_ONCE_MAX,
    CALLS_SECONDS,
    ORDERS_AT_ONCE_MAX,
    ORDERS_SECONDS,
    Visit,
    language_of,
    read_visitor,
)
from mailroom.ingress.pages.shop.problems import Problem
from mailroom.ingress.pages.shop.shops import Shops
from mailroom.storage.postgres.database import UNAVAILABLE

log = get_logger("mailroom.mini_app")

API = "/shop/api"
BODY_BYTES_MAX = 8 * 1024
"""A full cart with a long contact is a tenth of it."""
CALL_SECONDS_MAX = 25.0
"""The slowest call waits for a payment provider; a page that hears nothing for longer has given up."""
STORE_RETRY_SECONDS = 2.0
HELD_RETRY_SECONDS = 60.0
"""A store went back: a person looks at it, which takes minutes."""

_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]


def add_api(page: Blueprint, shops: Shops, counter: Counter) -> None:
    """Add the routes to the page's blueprint."""
    calls = partial(shops.allowance.take, "page_calls", most=CALLS_AT_ONCE_MAX, seconds=CALLS_SECONDS)
    orders = partial(shops.allowance.take, "page_orders", most=ORDERS_AT_ONCE_MAX, seconds=ORDERS_SECONDS)

    async def visit(take: Callable[[str], Awaitable[float]] = calls, too_many: str = "too_often") -> Visit:
        """Who asks, in which shop. Raises `Problem`."""
        chosen, accepted = request.args.get("lang"), request.accept_languages.best
        g.language = language_of(chosen, Visitor(0, ""), accepted)
        bot = shops.find(request.args.get("bot"))
        if bot is None:
            raise Problem(404, "no_shop")
        visitor, is_demo = read_visitor(
            request.headers.get("Authorization", ""), shops.tokens[bot], demo=shops.demo
        )
        g.language = language_of(chosen, visitor, accepted)
        if (seconds := await aio(take, f"{bot}:{visitor.user_id}")) > 0:
            raise Problem(429, too_many, retry_seconds=seconds)
        return Visit(bot, visitor, g.language, chosen=chosen in list(Language), demo=is_demo)

    def may_act() -> None:
        """Raise `Problem` while nothing may act, because a store went back."""
        if shops.held():
            raise Problem(503, "unavailable", retry_seconds=HELD_RETRY_SECONDS)

    @page.get(f"{API}/start")
    async def start() -> Response:
        """Who is here, and all that is on sale."""
        return _shown(await _ask(counter.start, await visit()))

    @page.get(f"{API}/catalogue")
    async def catalogue() -> Response:
        """All that is on sale now."""
        return _shown(await _ask(counter.catalogue, await visit()))

    @page.get(f"{API}/policies/<name>")
    async def policy(name: str) -> Response:
        """The terms of sale, or what is kept of people: paragraphs of plain text."""
        return _shown(await _ask(counter.policy, await visit(), name))

    @page.post(f"{API}/quote")
    async def quote() -> Response:
        """What a cart costs. Body: lines, promo_code?."""
        here = await visit()
        return _shown(await _ask(counter.quote, here, await _body(AskedQuote)))

    @page.post(f"{API}/orders")
    async def order() -> Response:
        """Order a cart. Body: key, lines, quote, promo_code?, use_balance?, contact?."""
        await visit()
        may_act()
        asked = await _body(AskedOrder)
        return _shown(await _ask(counter.order, await visit(orders, "too_many_orders"), asked))

    @page.get(f"{API}/orders")
    async def mine() -> Response:
        """The last orders of the visitor."""
        return _shown(await _ask(counter.orders, await visit()))

    @page.get(f"{API}/orders/<int:number>")
    async def one(number: int) -> Response:
        """One of them, with its goods once they are delivered."""
        return _shown(await _ask(counter.one, await visit(), _number(number)))

    @page.post(f"{API}/orders/<int:number>/pay")
    async def pay(number: int) -> Response:
        """Where to pay it. Body: provider."""
        here = await visit()
        may_act()
        asked = await _body(AskedPayment)
        return _shown(await _ask(counter.pay, here, _number(number), asked.provider))

    @page.post(f"{API}/orders/<int:number>/cancel")
    async def cancel(number: int) -> Response:
        """Give it up while it waits for its payment."""
        here = await visit()
        may_act()
        return _shown(await _ask(counter.cancel, here, _number(number)))

    @page.post(f"{API}/orders/<int:number>/complaint")
    async def complaint(number: int) -> Response:
        """Tell the shop what is wrong with it. Body: key, text."""
        here = await visit()
        may_act()
        asked = await _body(AskedComplaint)
        return _shown(await _ask(counter.complain, here, _number(number), asked))

    @page.get(f"{API}/orders/<int:number>/goods/<int:place>")
    async def goods_file(number: int, place: int) -> Response:
        """A file that was bought, as a download."""
        goods = await _ask(counter.file, await visit(), _number(number), place)
        file = File(goods.content, "application/octet-stream", goods.file_name)
        return served_file(file, file.content)

    @page.route(f"{API}/<path:rest>", methods=_METHODS)
    async def nothing(rest: str) -> Response:  # noqa: ARG001 - the name in the route
        """There is nothing else here."""
        await visit()
        raise Problem(404, "not_found")

    page.register_error_handler(Problem, _problem)


async def _ask(function: Callable[..., Awaitable[Any]], *args: Any) -> Any:
    """Call the counter on the other side; what keeps it from answering becomes a `Problem`."""
    try:
        with trio.fail_after(CALL_SECONDS_MAX):
            return await aio(function, *args)
    except Problem:
        raise
    except (*UNAVAILABLE, trio.TooSlowError) as error:
        log.error("mini_app_unavailable", path=request.path, why=str(error) or type(error).__name__)
        raise Problem(503, "unavailable", retry_seconds=STORE_RETRY_SECONDS) from None
    except Exception as error:
        log.exception("mini_app_broken", path=request.path)
        raise Problem(500, "broken") from error


async def _body(model: type[T]) -> T:
    request.max_content_length = BODY_BYTES_MAX
    try:
        if (request.content_length or 0) > BODY_BYTES_MAX:
            raise Problem(413, "too_large")
        data: bytes = await request.get_data(as_text=False)  # type: ignore[assignment]
    except RequestEntityTooLarge:
        raise Problem(413, "too_large") from None
    if len(data) > BODY_BYTES_MAX:
        raise Problem(413, "too_large")
    return read(model, data)


def _number(number: int) -> int:
    if number > ORDER_NUMBER_MAX:
        raise Problem(404, "no_order")
    return number


def _shown(value: object) -> Response:
    return Response(to_json(value), content_type="application/json")


async def _problem(problem: Exception) -> Response:
    assert isinstance(problem, Problem), "it is registered for these"
    response = _shown(problem.told(g.language))
    response.status_code = problem.status
    if problem.status == 401:
        response.headers["WWW-Authenticate"] = "tma"
    if problem.retry_seconds > 0:
        response.headers["Retry-After"] = str(int(problem.retry_seconds) + 1)
    return response
