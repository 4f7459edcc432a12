"""Everything we answer besides webhooks, as a Quart-Trio application: health, metrics, the front page,
on-call's endpoints.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence

import trio
from prometheus_client import CONTENT_TYPE_LATEST
from quart import Blueprint, Response, jsonify, render_template, request
from quart_trio import QuartTrio

from mailroom.actors.providers.codes import CodeSender
from mailroom.actors.providers.telegram import SECRET_HEADER
from mailroom.actors.runtime.bridge import aio
from mailroom.actors.uses.allowance import Allowance
from mailroom.ingress.asks.doing import Doing
from mailroom.ingress.asks.live import Lives
from mailroom.ingress.asks.uploads import Request
from mailroom.ingress.console.asking import Asking
from mailroom.ingress.console.page import console
from mailroom.ingress.console.section import BotSection
from mailroom.ingress.exposition import Exposition
from mailroom.ingress.http.fit import Number, refuse_unfit_address
from mailroom.ingress.ops.access import Access
from mailroom.ingress.ops.api import ops_api
from mailroom.ingress.ops.people import People
from mailroom.ingress.ops.switched_off import switched_off
from mailroom.ingress.telegram.webhook import BODY_BYTES_MAX, PATH, Webhook
from mailroom.supervisors.oncall.oncall import OnCall

Readiness = Callable[[], Awaitable[dict[str, str]]]
"""Returns what keeps the service from working, by part; empty when it is ready. A part that begins with
`warning` does not keep it.
"""


def create_app(
    readiness: Readiness,
    webhook: Webhook,
    front: dict[str, object],
    oncall: OnCall | None = None,
    ops_token: str | None = None,
    closing: trio.Event | None = None,
    endpoints: Iterable[Blueprint] = (),
    sections: Mapping[str, BotSection] | None = None,
    doing: Doing | None = None,
    trusted_proxies: Sequence[str] = (),
    allowance: Allowance | None = None,
    people: People | None = None,
    senders: Sequence[CodeSender] = (),
) -> QuartTrio:
    """Build the application. `front` is what the front page shows. On-call's endpoints open only with a
    token; their streams end when `closing` is set. `endpoints` are those of payment providers and bots.
    `sections` are those of bots in the console; `doing` has them act; `people` work there, with a token for
    on-call or without; `senders` carry codes to those who have no Telegram. `trusted_proxies` are believed
    when they say who asks. Wrong tokens count in `allowance`.
    """
    app = QuartTrio(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = BODY_BYTES_MAX
    app.request_class = Request
    app.url_map.converters = {**app.url_map.converters, "int": Number}
    app.before_request(refuse_unfit_address)
    exposition = Exposition()

    @app.get("/healthz")
    async def healthz() -> Response:
        """The process answers; a platform restarts it when it does not."""
        return jsonify(status="ok")

    @app.get("/readyz")
    async def readyz() -> tuple[Response, int]:
        """The service can do its work; a load balancer sends nothing while it cannot."""
        found = await readiness()
        warnings = {part: why for part, why in found.items() if part.startswith("warning")}
        reasons = {part: why for part, why in found.items() if part not in warnings}
        status = "unready" if reasons else "ready"
        return jsonify(
            status=status, reasons=reasons, warnings=list(warnings.values())
        ), 503 if reasons else 200

    @app.get("/metrics")
    async def metrics() -> Response:
        """Prometheus reads here."""
        return Response(await exposition.latest(), content_type=CONTENT_TYPE_LATEST)

    @app.route(f"{PATH}<bot>", methods=["GET", "POST", "PUT", "DELETE", "PATCH"])
    async def telegram(bot: str) -> Response:
        """A webhook request that `http1.py` did not know for one: its address is written another way."""
        secret = request.headers.get(SECRET_HEADER, "").encode("latin-1")
        answer = webhook.refuse(request.method.encode(), bot, secret, request.content_length or 0)
        if answer is None:
            body: bytes = await request.get_data(as_text=False)  # type: ignore[assignment]
            answer = await aio(webhook.take, bot, body)
        return Response(answer.body, answer.status, dict(answer.headers))

    @app.get("/")
    async def index() -> str:
        """Where a stranger lands."""
        return await render_template("index.html", **front)

    if oncall is None or (ops_token is None and people is None):
        app.register_blueprint(switched_off())
    else:
        access = Access(ops_token, allowance or Allowance(), trusted_proxies, people, senders)
        of_bots = sections or {}
        ends = trio.Event() if closing is None else closing
        asking = Asking(doing or Doing(), Lives(ends))
        app.register_blueprint(ops_api(oncall, access, of_bots, asking))
        app.register_blueprint(console(oncall, access, ends, of_bots))
    for endpoint in endpoints:
        app.register_blueprint(endpoint)
    return app
