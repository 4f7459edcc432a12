"""A form that only the browser sends to which its page was shown: another site, or a page of this host that
has no more than the address, cannot have somebody logged in as somebody else.

A script on this host that sets cookies can: whoever wrote it has to work here, and to give their own link
away. `ops/docs/production.md` says so.
"""

import hmac
from hashlib import sha256
from secrets import token_urlsafe

from quart import Response, render_template, request
from werkzeug.datastructures import MultiDict

from mailroom.ingress.http.origin import is_https, is_same_origin
from mailroom.ingress.ops.access import cookie_name

FORM_SECONDS = 600
NOT_OWN = "This browser did not open the page itself, or keeps no cookies. Open it once more."


async def own_form(template: str, status: int = 200, **more: object) -> Response:
    """A page with such a form, which has `proof` in it."""
    secret = request.cookies.get(_cookie()) or token_urlsafe(32)
    page = await render_template(template, proof=_proof(secret), **more)
    response = Response(page, status, content_type="text/html; charset=utf-8")
    response.set_cookie(
        _cookie(), secret, max_age=FORM_SECONDS, path="/", httponly=True, samesite="Strict",
        secure=is_https(request),
    )  # fmt: skip
    return response


def is_own(form: MultiDict[str, str]) -> bool:
    """Whether the form that came is of a page that this browser was shown."""
    secret = request.cookies.get(_cookie(), "")
    given = form.get("proof", "").encode()
    return bool(secret) and is_same_origin(request) and hmac.compare_digest(given, _proof(secret).encode())


def _cookie() -> str:
    return f"{cookie_name(https=is_https(request))}-enter"


def _proof(secret: str) -> str:
    return hmac.new(secret.encode(), b"enter", sha256).hexdigest()
