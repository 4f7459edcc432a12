"""The webhooks of outside systems, `/webhook/FAMILY/ACCOUNT`: a request in, byte for byte, an answer out.

What a request means is for the family to say; here it is seen that it is short enough, and who sent it.
"""

from collections.abc import Mapping, Sequence
from typing import Protocol

from pydantic_core import to_json
from quart import Blueprint, Response, request

from mailroom.actors.providers.account import Family
from mailroom.actors.providers.payments import Notice
from mailroom.actors.runtime.bridge import aio
from mailroom.ingress.http.peer import forwarded_of, networks, peer_of
from mailroom.ingress.http.whole_body import whole_body
from mailroom.ingress.telegram.webhook import Answer

PATH = "/webhook/"
NOTICE_BYTES_MAX = 256 * 1024
"""A notice has a few kilobytes; Stripe's, with the whole object in it, some dozens."""


class AccountEndpoint(Protocol):
    """What takes the notices of a family."""

    def names(self, account: str) -> Sequence[str]:
        """The accounts that a notice for this name may be of; none: nobody is called so."""

    def known(self) -> Sequence[str]:
        """The names of all accounts."""

    async def take(self, account: str, notice: Notice) -> Answer:
        """Verify a notice and have it durably in line before it is answered with 200. On the asyncio side."""


def account_webhooks(
    endpoints: Mapping[Family, AccountEndpoint], trusted_proxies: Sequence[str] = ()
) -> Blueprint:
    """Build the routes of families. `trusted_proxies` are addresses and networks whose `X-Forwarded-For` is
    believed.
    """
    blueprint = Blueprint("accounts", __name__)
    trusted = networks(trusted_proxies)

    async def read(family: Family, account: str) -> Answer:
        endpoint = endpoints[family]
        if not endpoint.names(account):
            known = ", ".join(endpoint.known()) or "none"
            return problem(404, f"there is no {family} account of this name; there are: {known}")
        body = await whole_body(request, NOTICE_BYTES_MAX)
        if body is None:
            return problem(413, f"a notice has at most {NOTICE_BYTES_MAX} bytes")
        peer = peer_of(request.remote_addr or "", forwarded_of(request.headers), trusted)
        headers = {name.lower(): value for name, value in request.headers.items()}
        return await aio(endpoint.take, account, Notice(headers, body, peer))

    def add_route(family: Family) -> None:
        async def notice(account: str) -> Response:
            answer = await read(family, account)
            return Response(answer.body, answer.status, dict(answer.headers))

        blueprint.add_url_rule(f"{PATH}{family}/<account>", family, notice, methods=["POST"])

    for family in endpoints:
        add_route(family)
    return blueprint


def problem(status: int, words: str, retry_seconds: int | None = None) -> Answer:
    """An answer that says why not, and when to try again."""
    headers = [("content-type", "application/json")]
    if retry_seconds is not None:
        headers.append(("retry-after", str(retry_seconds)))
    return Answer(status, headers, to_json({"ok": False, "error": words}))
