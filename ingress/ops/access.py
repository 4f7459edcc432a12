"""Who may use `/ops` and `/console`: the holder of the token, with it in a header or through a session.

The console keeps no token in the browser: a login exchanges it for a session, signed with a key that is made
from the token, so another token ends every session. A browser sends the session's cookie with every call to
this host, whichever page makes it, and customers' pages are on this host too. So a session is let in only
with its CSRF token, which only the console's own page is told.
"""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from secrets import token_urlsafe
from time import monotonic
from urllib.parse import urlsplit

from itsdangerous import BadData, URLSafeTimedSerializer
from quart import Request

from mailroom.actors.uses.allowance import Allowance
from mailroom.ingress.ops.guesses import Guesses

SESSION_SECONDS = 12 * 3600
"""A shift; whoever is on call after it logs in anew."""
ENDED_MAX = 10_000
"""Sessions remembered as ended; only who has the token can open and end one."""


@dataclass(frozen=True, slots=True)
class Session:
    """Someone who logged in. `who` is the name given at login, for the audit; it proves nothing."""

    id: str
    who: str


class Access:
    """Knows the token's digest and signs sessions; the token itself is not kept. `trusted_proxies` are
    addresses and networks whose `X-Forwarded-For` is believed.
    """

    def __init__(self, token: str, allowance: Allowance, trusted_proxies: Sequence[str] = ()) -> None:
        self.guesses = Guesses(allowance, trusted_proxies)
        self._ended: dict[str, float] = {}
        self._digest = _digest(token)
        self._key = hmac.digest(token.encode(), b"mailroom console", "sha256")
        self._signer = URLSafeTimedSerializer(
            self._key, salt="session", signer_kwargs={"key_derivation": "hmac", "digest_method": sha256}
        )

    def holds(self, token: str) -> bool:
        """Return whether this is the token; takes as long for a nearly right one as for any other."""
        return hmac.compare_digest(_digest(token), self._digest)

    def bears(self, authorization: str) -> bool:
        """Return whether an `Authorization` header carries the token."""
        scheme, _, token = authorization.partition(" ")
        return scheme.lower() == "bearer" and self.holds(token.strip())

    def open_session(self, who: str) -> str:
        """Return the cookie of a new session."""
        return str(self._signer.dumps([token_urlsafe(16), who]))

    def session(self, cookie: str) -> Session | None:
        """Return the session a cookie stands for; None where it is not ours or too old."""
        try:
            session_id, who = self._signer.loads(cookie, max_age=SESSION_SECONDS)
        except BadData:
            return None
        return None if session_id in self._ended else Session(session_id, who)

    def end(self, session: Session) -> None:
        """Have a session's cookie stand for nothing any more, wherever it was copied to.

        This process remembers it until the cookie is too old; another process behind the same address, or
        this one after a restart, does not know of it.
        """
        now = monotonic()
        for ended in [one for one, until in self._ended.items() if until < now]:
            del self._ended[ended]
        if len(self._ended) >= ENDED_MAX:
            del self._ended[next(iter(self._ended))]
        self._ended[session.id] = now + SESSION_SECONDS

    def csrf_token(self, session: Session) -> str:
        """Return what the console's page sends along with every call, and no other page can know."""
        return hmac.new(self._key, f"csrf {session.id}".encode(), sha256).hexdigest()

    def knows_csrf_token(self, session: Session, token: str) -> bool:
        """Return whether a call comes with the CSRF token of its session."""
        return hmac.compare_digest(token.encode(), self.csrf_token(session).encode())


CSRF_HEADER = "X-CSRF-Token"


def is_of_the_console(request: Request, access: Access, session: Session) -> bool:
    """Return whether the console's page sent a call, to look or to act, and no other page of this host."""
    return access.knows_csrf_token(session, request.headers.get(CSRF_HEADER, ""))


def is_page_of_its_own(request: Request) -> bool:
    """Return whether what was asked for will be a page of its own, as far as the browser says: not read by a
    script, and in no frame. No page can forge `Sec-Fetch-Dest`; it is sent over HTTPS and on localhost.
    """
    return request.headers.get("Sec-Fetch-Dest", "document") == "document"


def is_https(request: Request) -> bool:
    """Return whether the browser came over HTTPS: to us, or to the proxy in front of us."""
    forwarded = request.headers.get("X-Forwarded-Proto", request.scheme)
    return forwarded.partition(",")[0].strip().lower() == "https"


def cookie_name(*, https: bool) -> str:
    """The session's cookie. A browser lets only this very host set one that begins with `__Host-`, and only
    over HTTPS.
    """
    return "__Host-mailroom" if https else "mailroom"


def session_of(request: Request, access: Access) -> Session | None:
    """The session a request comes with."""
    return access.session(request.cookies.get(cookie_name(https=is_https(request)), ""))


def is_same_origin(request: Request) -> bool:
    """Return whether a page of ours sent this request, as far as the browser says.

    `Sec-Fetch-Site` cannot be forged by a page and knows nothing of proxies, so it decides where it is sent:
    over HTTPS and on localhost. Else the origin must be the host that was asked. Neither: not a browser.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get("Origin")
    return origin is None or urlsplit(origin).netloc == request.host


def _digest(token: str) -> bytes:
    return sha256(token.encode()).digest()
