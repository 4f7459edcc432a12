"""Everything we answer besides webhooks, as a Quart-Trio application: health, metrics, the front page,
on-call's endpoints.
"""

from collections.abc import Awaitable, Callable, Iterable

from prometheus_client import CONTENT_TYPE_LATEST
from quart import Blueprint, Response, jsonify, render_template, request
from quart_trio import QuartTrio

from mailroom.actors.providers.telegram import SECRET_HEADER
from mailroom.actors.runtime.bridge import aio
from mailroom.ingress.asks.uploads import Request
from mailroom.ingress.console.page import console
from mailroom.ingress.exposition import Exposition
from mailroom.ingress.http.fit import Number, refuse_unfit_address
from mailroom.ingress.ops.api import ops_api
from mailroom.ingress.ops.operations import Operations
from mailroom.ingress.ops.switched_off import switched_off
from mailroom.ingress.telegram.webhook import BODY_BYTES_MAX, PATH, Webhook

Readiness = Callable[[], Awaitable[dict[str, str]]]
"""Returns what keeps the service from working, by part; empty when it is ready. A part that begins with
`warning` does not keep it.
"""


def create_app(
    readiness: Readiness,
    webhook: Webhook,
    front: dict[str, object],
    operations: Operations | None = None,
    endpoints: Iterable[Blueprint] = (),
) -> QuartTrio:
    """Build the application. `front` is what the front page shows. `operations` open only to whom there is:
    on-call with a token, or people of bots. `endpoints` are those of payment providers and bots.
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

    if operations is None or operations.access.nobody:
        app.register_blueprint(switched_off())
    else:
        app.register_blueprint(ops_api(operations))
        app.register_blueprint(console(operations))
    for endpoint in endpoints:
        app.register_blueprint(endpoint)
    return app
