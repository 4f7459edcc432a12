"""Who is let in at `/ops`: the token, and a session of the console with what proves that our page sent it."""

from quart import g, jsonify, request
from quart.typing import ResponseReturnValue

from mailroom.ingress.access import Access, is_same_origin, session_of

SEEING = frozenset({"GET", "HEAD"})
"""What a session may do by its cookie alone."""


async def guard(access: Access) -> ResponseReturnValue | None:
    """Refuse who is not let in, before anything is said about what there is; else note who it is."""
    if not is_ops(request.path):
        return None
    g.who = "api"
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
            return None
    session = session_of(request, access) if authorization is None else None
    if session is None:
        answer = jsonify(error="send the token of MAILROOM_OPS_TOKEN: Authorization: Bearer TOKEN")
        return answer, 401, {"WWW-Authenticate": 'Bearer realm="mailroom"'}
    if request.method not in SEEING:
        if not is_same_origin(request):
            return jsonify(error="another site sent this; act from the console itself"), 403
        if not access.knows_csrf_token(session, request.headers.get("X-CSRF-Token", "")):
            return jsonify(error="X-CSRF-Token: is missing or of another session; reload the console"), 403
    g.who = session.who or "console"
    return None


def is_ops(path: str) -> bool:
    """Return whether an address is below `/ops`, be there anything or not."""
    return path == "/ops" or path.startswith("/ops/")
