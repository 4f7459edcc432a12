"""Who is let in at `/ops`: the token, and a session of the console with what proves that its page sent it."""

from quart import g, jsonify, request
from quart.typing import ResponseReturnValue
from structlog import get_logger

from mailroom.ingress.ops.access import CSRF_HEADER, Access, is_of_the_console, is_same_origin, session_of
from mailroom.ingress.ops.asker import Asker

log = get_logger("mailroom.ops")


async def guard(access: Access) -> ResponseReturnValue | None:
    """Refuse who is not let in, before anything is said about what there is; else note who it is."""
    if not is_ops(request.path):
        return None
    authorization = request.headers.get("Authorization")
    if authorization is not None:
        bears, guesses = access.bears(authorization), access.guesses
        seconds = await (
            guesses.wait_seconds(request)
            if bears
            else guesses.wrong(request, "ops_token_wrong", authorization)
        )
        if seconds > 0:
            answer = jsonify(error="too many wrong tokens came from this address; wait")
            return answer, 429, {"Retry-After": str(int(seconds) + 1)}
        if bears:
            g.asker = Asker(True, "api")
            return None
    session = session_of(request, access) if authorization is None else None
    if session is None:
        answer = jsonify(error="send the token of MAILROOM_OPS_TOKEN: Authorization: Bearer TOKEN")
        return answer, 401, {"WWW-Authenticate": 'Bearer realm="mailroom"'}
    if not is_same_origin(request):
        return jsonify(error="another site sent this; act from the console itself"), 403
    if not is_of_the_console(request, access, session):
        log.warning("ops_without_csrf", path=request.path, who=session.who, address=request.remote_addr)
        words = "is missing or of another session; reload the console, or send the token as a bearer"
        return jsonify(error=f"{CSRF_HEADER}: {words}"), 403
    g.asker = Asker(True, session.who or "console")
    return None


def is_ops(path: str) -> bool:
    """Return whether an address is below `/ops`, be there anything or not."""
    return path == "/ops" or path.startswith("/ops/")
