"""The head of a request: read whole, once, and strictly, before anything is decided.

Two programs that read one head differently are how a request is smuggled past a proxy. So whatever RFC 9112
leaves to interpretation is refused, and whoever comes after us reads the head as we understood it: `plain`.
"""

import re

from httptools import HttpParserError, HttpParserUpgrade, HttpRequestParser

from mailroom.actors.providers.telegram import SECRET_HEADER
from mailroom.ingress.http.refused import RefusedError

HEAD_BYTES_MAX = 32 * 1024
HEADERS_MAX = 100
"""Browsers behind two proxies send some thirty."""

END = b"\r\n\r\n"
_SECRET = SECRET_HEADER.lower().encode()
_METHOD = re.compile(rb"[A-Z]{1,20}(?:-|\Z| )")
"""How every method we could be asked with begins."""
_VERSIONS = (b" HTTP/1.1", b" HTTP/1.0")
_OFFERS = frozenset({b"upgrade", b"http2-settings"})
"""Offers of another protocol: we speak HTTP/1.1, and RFC 9110 (7.8) has the others ignored."""
_ABSOLUTE = re.compile(rb"https?://([^/?#]*)", re.IGNORECASE)


class Head:
    """A request without its body. Also what llhttp calls as it reads."""

    __slots__ = (
        "_complete",
        "chunked",
        "expects_continue",
        "headers",
        "keeps_alive",
        "length",
        "method",
        "secret",
        "target",
        "version",
    )

    def __init__(self) -> None:
        self.method = b""
        self.target = b""
        self.version = b"1.1"
        self.headers: list[tuple[bytes, bytes]] = []
        """Names in lower case."""
        self.length: int | None = None
        self.chunked = False
        self.secret = b""
        """What Telegram's header says; a trailer of this name is not in the head."""
        self.expects_continue = False
        self.keeps_alive = False
        self._complete = False

    def on_url(self, url: bytes) -> None:
        """The target."""
        self.target += url

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header."""
        self.headers.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        """The head is read."""
        self._complete = True

    @property
    def path(self) -> str:
        """The address without its query."""
        return self.target.partition(b"?")[0].decode("latin-1")

    def plain(self) -> bytes:
        """The head for whoever reads it after us: no offers, the target as an address on this host."""
        lines = [b"%b %b HTTP/%b" % (self.method, self.target, self.version)]
        lines += [b"%b: %b" % header for header in self.headers if header[0] not in _OFFERS]
        return b"\r\n".join((*lines, b"", b""))

    @staticmethod
    def read(raw: bytes) -> "Head":
        """Read a head with its empty line. Raises `RefusedError`."""
        head = Head()
        parser = HttpRequestParser(head)
        try:
            parser.feed_data(raw)
        except HttpParserUpgrade:
            pass  # an offer
        except HttpParserError as error:
            raise RefusedError(400, f"not HTTP: {error}") from None
        if not raw[: raw.index(b"\r\n")].endswith(_VERSIONS):
            raise RefusedError(505, "this is HTTP/1.1")
        if not head._complete:
            raise RefusedError(400, "not HTTP: the head does not end")
        head.method = parser.get_method()
        head.version = parser.get_http_version().encode()
        head.keeps_alive = head.version == b"1.1" and parser.should_keep_alive()
        head._understand()
        return head

    def _understand(self) -> None:
        if len(self.headers) > HEADERS_MAX:
            raise RefusedError(431, f"a request has at most {HEADERS_MAX} headers")
        if self.method == b"CONNECT":
            raise RefusedError(501, "this is no proxy")
        hosts = 0
        for name, value in self.headers:
            if name == _SECRET:
                if self.secret:
                    raise RefusedError(400, f"two headers {SECRET_HEADER}")
                self.secret = value
            elif name == b"content-length":
                self.length = int(value)
            elif name == b"transfer-encoding":
                if self.chunked or self.version != b"1.1" or value.strip().lower() != b"chunked":
                    raise RefusedError(501, "a body comes with its length or in chunks, not otherwise")
                self.chunked = True
            elif name == b"host":
                hosts += 1
            elif name == b"expect":
                self.expects_continue = value.lower() == b"100-continue" and self.version == b"1.1"
        if hosts > 1 or (not hosts and self.version == b"1.1"):
            raise RefusedError(400, "a request names one host")
        if absolute := _ABSOLUTE.match(self.target):
            self._make_local(absolute)

    def _make_local(self, absolute: re.Match[bytes]) -> None:
        # RFC 9112, 3.2.2: the host of the target counts, not the header's.
        rest = self.target[absolute.end() :].partition(b"#")[0]
        self.target = rest if rest.startswith(b"/") else b"/" + rest
        others = [header for header in self.headers if header[0] != b"host"]
        self.headers = [(b"host", absolute[1].rpartition(b"@")[2]), *others]


def may_begin(received: bytes | bytearray) -> bool:
    """Whether a request can begin like this: what is none need not be waited for to its end."""
    return _METHOD.match(bytes(received[:21])) is not None
