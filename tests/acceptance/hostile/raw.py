"""HTTP as somebody sends it who does not care for the rules: bytes out, answers in."""

import socket
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPResponse
from typing import Self

ANSWER_SECONDS_MAX = 10.0


@dataclass(frozen=True)
class Seen:
    """An answer."""

    status: int
    headers: dict[str, str]
    body: bytes


class Connection:
    """One connection, written to byte by byte if need be."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), ANSWER_SECONDS_MAX)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._file = self.socket.makefile("rb")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()
        self.socket.close()

    def send(self, *parts: bytes, pause_seconds: float = 0.0) -> None:
        """Send the parts one by one; a peer that has hung up is no news, the answer tells why."""
        for part in parts:
            with suppress(BrokenPipeError, ConnectionResetError):
                self.socket.sendall(part)
            time.sleep(pause_seconds)  # the network's, not the test's: the parts must arrive apart

    def answer(self) -> Seen:
        """Read one answer; raises when the connection ends without one."""
        response = HTTPResponse(_Again(self._file))  # type: ignore[arg-type]
        response.begin()
        body = response.read()
        return Seen(response.status, {name.lower(): value for name, value in response.headers.items()}, body)

    def ended(self) -> bool:
        """Whether the other side closes now."""
        try:
            return self._file.read(1) == b""
        except ConnectionResetError:
            return True


class _Again:
    """Lets HTTPResponse read one answer after another from the same file."""

    def __init__(self, file: object) -> None:
        self._file = file

    def makefile(self, _mode: str) -> "_Kept":
        return _Kept(self._file)


class _Kept:
    def __init__(self, file: object) -> None:
        self._file = file

    def __getattr__(self, name: str) -> object:
        return getattr(self._file, name)

    def close(self) -> None:
        """Not yet: another answer may follow."""


def request(
    path: str,
    body: bytes = b"",
    *,
    method: str = "POST",
    secret: str | None = None,
    headers: Iterable[str] = (),
) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Host: mailroom", f"Content-Length: {len(body)}"]
    if secret is not None:
        lines.append(f"X-Telegram-Bot-Api-Secret-Token: {secret}")
    return "\r\n".join([*lines, *headers, "", ""]).encode() + body


def ask(port: int, data: bytes) -> Seen:
    with Connection(port) as connection:
        connection.send(data)
        return connection.answer()


def chunked(data: bytes) -> bytes:
    """The head of a request without a body, as one whose body comes in chunks."""
    return data.replace(b"Content-Length: 0", b"Transfer-Encoding: chunked")
