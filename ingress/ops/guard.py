"""Who is let in at `/ops`: the token, and a session of the console with what proves that its page sent it.

On-call may everything. A person may what is below `/ops/bots/BOT` of a bot where its room says that they are
somebody; all else is refused to them, and that is in the audit.
"""

from dataclasses import replace
from functools import partial

from quart import g, jsonify, request
from quart.typing import ResponseReturnValue
from structlog import get_logger

from mailroom.actors.runtime.bridge import aio
from mailroom.ingress.http.origin import is_same_origin
from mailroom.ingress.ops.access import CSRF_HEADER, Access, is_of_the_console, logged_in
from mailroom.ingress.ops.asker import Asker, NotAllowedError
from mailroom.ingress.ops.people import People
from mailroom.ingress.ops.switched_off import OFF

log = get_logger("mailroom.ops")

OF_A_BOT = "/ops/bots/<bot>"
"""What the rules of addresses begin with that people may use."""
CALLS_MAX, CALLS_SECONDS = 600, 60.0
"""Of a person, from all their browsers: many times what a console asks that shows several sections."""
LOG_IN = "log in at the console: say /console to the bot, and open the link that it sends"


async def guard(access: Access) -> ResponseReturnValue | None:
    """Refuse who is not let in, before anything is said about what there is; else note who it is. Raises
    `NotAllowedError` for what is not a person's to ask.
    """
    if not is_ops(request.path):
        return None
    authorization = request.headers.get("Authorization")
    if authorization is not None:
        return await _bearer(access, authorization)
    one = await logged_in(request, access)
    if one is None:
        return _stranger(access)
    if not is_same_origin(request):
        return jsonify(error="another site sent this; act from the console itself"), 403
    if not is_of_the_console(request, one):
        log.warning("ops_without_csrf", path=request.path, who=one.asker.who, address=request.remote_addr)
        words = "is missing or of another session; reload the console, or send the token as a bearer"
        return jsonify(error=f"{CSRF_HEADER}: {words}"), 403
    g.asker = one.asker
    if not one.asker.on_call and access.people is not None:
        take = partial(access.allowance.take, most=CALLS_MAX, seconds=CALLS_SECONDS)
        if (seconds := await aio(take, "console_calls", one.asker.person or "")) > 0:
            answer = jsonify(error="you ask too often; wait")
            return answer, 429, {"Retry-After": str(int(seconds) + 1)}
        g.asker = await at_their_bot(one.asker, _bot_asked(), access.people)
    return None


async def _bearer(access: Access, authorization: str) -> ResponseReturnValue | None:
    if access.off:
        return jsonify(error=OFF), 404
    bears, guesses = access.bears(authorization), access.guesses
    seconds = await (
        guesses.wait_seconds(request) if bears else guesses.wrong(request, "ops_token_wrong", authorization)
    )
    if seconds > 0:
        answer = jsonify(error="too many wrong tokens came from this address; wait")
        return answer, 429, {"Retry-After": str(int(seconds) + 1)}
    if not bears:
        return _stranger(access)
    g.asker = Asker(True, "api")
    return None


def _stranger(access: Access) -> ResponseReturnValue:
    if access.off and _bot_asked() is None:
        return jsonify(error=OFF), 404
    words = LOG_IN if access.off else "send the token of MAILROOM_OPS_TOKEN: Authorization: Bearer TOKEN"
    return jsonify(error=words), 401, {"WWW-Authenticate": 'Bearer realm="mailroom"'}


async def at_their_bot(person: Asker, bot: str | None, people: People) -> Asker:
    """A person with what they are at a bot; `bot` is None for what is of none. Raises `NotAllowedError`."""
    if bot is None:
        raise NotAllowedError("this is on-call's alone")
    roles = await aio(people.roles, bot, person.proofs)
    if not roles:
        raise NotAllowedError(f"you do not work at a bot called {bot[:100]!r}")
    return replace(person, roles=roles)


def _bot_asked() -> str | None:
    """The bot whose section is asked, as the application itself has read the address."""
    rule = request.url_rule
    if rule is None or not (rule.rule == OF_A_BOT or rule.rule.startswith(f"{OF_A_BOT}/")):
        return None
    return str((request.view_args or {})["bot"])


def is_ops(path: str) -> bool:
    """Return whether an address is below `/ops`, be there anything or not."""
    return path == "/ops" or path.startswith("/ops/")
