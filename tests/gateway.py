"""A gateway that stands before the Bot API, and what it says in Telegram's place when it feels like it."""

import threading
import urllib.error
import urllib.request
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

HTML = (b"text/html", b"<html><head><title>502 Bad Gateway</title></head><body><h1>nginx</h1></body></html>")
JSON = b"application/json"

NONSENSE: dict[str, tuple[int, bytes, bytes]] = {
    "a page with 502": (502, *HTML),
    "a page with 500": (500, *HTML),
    "a page with 504": (504, *HTML),
    "a page with 200": (200, *HTML),
    "a page with 404": (404, *HTML),
    "nothing with 200": (200, JSON, b""),
    "a list": (200, JSON, b"[]"),
    "a number": (200, JSON, b"1"),
    "null": (200, JSON, b"null"),
    "an object without a result": (200, JSON, b'{"ok":true}'),
    "a result that is null": (200, JSON, b'{"ok":true,"result":null}'),
    "a result that is a word": (200, JSON, b'{"ok":true,"result":"maintenance"}'),
    "a result that is a number": (200, JSON, b'{"ok":true,"result":1}'),
    "a list of what is no update": (200, JSON, b'{"ok":true,"result":[1,"two",null,{"update_id":"three"}]}'),
    "an object of what is not asked for": (200, JSON, b'{"ok":true,"result":{"url":17,"message":"hello"}}'),
    "a refusal without a description": (502, JSON, b'{"ok":false,"error_code":502}'),
    "half an object": (200, JSON, b'{"ok":true,"result":['),
    "not UTF-8": (200, JSON, b'{"ok":true,"result":"\xff\xfe"}'),
}
"""What a gateway, a captive portal or a version of the Bot API that nobody knows may answer."""


class Gateway:
    """Passes calls on to `behind`, except those that it was told to answer itself. `calls` counts them all by
    method.
    """

    def __init__(self, behind: str) -> None:
        self.behind = behind
        self.nonsense: tuple[int, bytes, bytes] | None = None
        self.only: str | None = None
        """The method that it answers itself; None for all."""
        self.answered = 0
        self.calls: Counter[str] = Counter()
        gateway = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                status, kind, content = gateway.answer(self.path, self.headers["Content-Type"], body)
                try:
                    self.send_response(status)
                    self.send_header("Content-Type", kind.decode())
                    self.send_header("Content-Length", str(len(content)))
                    self.end_headers()
                    self.wfile.write(content)
                except OSError:
                    self.close_connection = True  # the caller has gone

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def answer(self, path: str, kind: str | None, body: bytes) -> tuple[int, bytes, bytes]:
        method = path.rpartition("/")[2]
        self.calls[method] += 1
        if self.nonsense is not None and self.only in (None, method):
            self.answered += 1
            return self.nonsense
        request = urllib.request.Request(self.behind + path, body, {"Content-Type": kind or "text/plain"})
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, JSON, answer.read()
        except urllib.error.HTTPError as refusal:
            return refusal.code, JSON, refusal.read()
        except OSError:
            return 502, *HTML

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
