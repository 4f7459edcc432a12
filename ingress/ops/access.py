"""Who may use `/ops` and `/console`: the holder of the token, with it in a header or through a session; and
people who work there (`people.py`), through a session only.

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

from itsdangerous import BadData, URLSafeTimedSerializer
from quart import Request

from mailroom.actors.providers.codes import CodeSender
from mailroom.actors.runtime.bridge import aio
from mailroom.actors.uses.allowance import Allowance
from mailroom.ingress.http.origin import is_https
from mailroom.ingress.ops.asker import Asker
from mailroom.ingress.ops.guesses import Guesses
from mailroom.ingress.ops.logged_in import SESSION_SECONDS, LoggedIn
from mailroom.ingress.ops.people import People
from mailroom.ingress.ops.staff_codes import StaffCodes

ENDED_MAX = 10_000
"""Sessions remembered as ended; only who has the token can open and end one."""


@dataclass(frozen=True, slots=True)
class Session:
    """Someone who logged in. `who` is the name given at login, for the audit; it proves nothing."""

    id: str
    who: str


class Access:
    """Knows the token's digest and signs sessions; the token itself is not kept. Without a token nobody is
    on call here. `trusted_proxies` are addresses and networks whose `X-Forwarded-For` is believed.
    """

    def __init__(
        self,
        token: str | None,
        allowance: Allowance,
        trusted_proxies: Sequence[str] = (),
        people: People | None = None,
        senders: Sequence[CodeSender] = (),
    ) -> None:
        self.allowance = allowance
        self.guesses = Guesses(allowance, trusted_proxies)
        self.people = people
        """None where no bot has a section."""
        self.codes = StaffCodes(people, senders, allowance) if people is not None and senders else None
        """None where nobody carries codes."""
        self.off = token is None
        """Whether there is no on-call."""
        self.nobody = token is None and people is None
        """Whether there is nobody at all to let in."""
        self._ended: dict[str, float] = {}
        secret = token if token is not None else token_urlsafe(32)  # which nobody is told
        self._digest = _digest(secret)
        self._key = hmac.digest(secret.encode(), b"mailroom console", "sha256")
        self._signer = URLSafeTimedSerializer(
            self._key, salt="session", signer_kwargs={"key_derivation": "hmac", "digest_method": sha256}
        )

    def holds(self, token: str) -> bool:
        """Return whether this is the token; takes as long for a nearly right one as for any other."""
        return not self.off and hmac.compare_digest(_digest(token), self._digest)

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


CSRF_HEADER = "X-CSRF-Token"


def is_of_the_console(request: Request, one: LoggedIn) -> bool:
    """Return whether the console's page sent a call, to look or to act, and no other page of this host."""
    return hmac.compare_digest(request.headers.get(CSRF_HEADER, "").encode(), one.csrf_token.encode())


def is_page_of_its_own(request: Request) -> bool:
    """Return whether what was asked for will be a page of its own, as far as the browser says: not read by a
    script, and in no frame. No page can forge `Sec-Fetch-Dest`; it is sent over HTTPS and on localhost.
    """
    return request.headers.get("Sec-Fetch-Dest", "document") == "document"


def cookie_name(*, https: bool) -> str:
    """The session's cookie. A browser lets only this very host set one that begins with `__Host-`, and only
    over HTTPS.
    """
    return "__Host-mailroom" if https else "mailroom"


async def logged_in(request: Request, access: Access) -> LoggedIn | None:
    """Who a request comes from that has a session: on-call, or a person. Raises `StoreError` where it cannot
    be told whether it is a person's.
    """
    cookie = request.cookies.get(cookie_name(https=is_https(request)), "")
    if (session := access.session(cookie)) is None:
        return await aio(access.people.logged_in, cookie) if access.people is not None else None

    async def end() -> None:
        access.end(session)

    asker = Asker(True, session.who or "console")
    return LoggedIn(asker, session.who, access.csrf_token(session), end)


def _digest(token: str) -> bytes:
    return sha256(token.encode()).digest()
