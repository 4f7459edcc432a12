"""The stand-in for companies that carry mail and SMS in demo mode, and how codes are sent by it."""

import httpx

from mailroom.actors.people.address import bare
from mailroom.actors.providers.codes import (
    AddressKind,
    AddressRefusedError,
    SenderAwayError,
    SenderRefusedError,
    code_text,
)
from mailroom.ops.embedded.simulator import DemoSimulator

KEY = "demo"
"""Whoever has any key is let in."""
CALL_SECONDS = 10.0


class DemoCourier(DemoSimulator):
    """The simulator of a company that carries mail and SMS."""

    name = "the courier simulator"
    module = "mailroom.ops.simulators.courier"
    label = "courier"


class DemoCodeSender:
    """An account there, as a `CodeSender`."""

    takes: tuple[AddressKind, ...] = ("mail", "phone")

    def __init__(self, url: str, http: httpx.AsyncClient) -> None:
        self.name = "courier"
        self._url = url
        self._http = http

    async def send(self, address: str, code: str, *, language: str, title: str, key: str) -> None:
        """Have it carried. Raises `CodeSenderError`."""
        try:
            answer = await self._http.post(
                f"{self._url}/v1/messages",
                json={"to": bare(address), "title": title, "text": code_text(code, language, title)},
                headers={"Authorization": f"Bearer {KEY}", "Idempotency-Key": key},
                timeout=CALL_SECONDS,
                follow_redirects=False,
            )
        except httpx.TransportError as error:
            raise SenderAwayError(f"the courier does not answer: {type(error).__name__}") from error
        words = f"the courier answered {answer.status_code}"
        if answer.status_code == 202:
            return
        if answer.status_code == 422:
            raise AddressRefusedError(words)
        if answer.status_code in (401, 403):
            raise SenderRefusedError(words)
        seconds = answer.headers.get("Retry-After", "")
        raise SenderAwayError(words, float(seconds) if seconds.isdigit() else None)
