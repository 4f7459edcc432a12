"""The Telegram webhook: a request in, an update durably in line, an answer out. `http1.py` brings the
requests.

It is the one address whose cost is multiplied by every message, so it goes without a framework's routing and
without crossing into Trio: from the parser to the store in one step. Everything else is `app.py`.
"""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field

from prometheus_client import Counter
from structlog import get_logger

from mailroom.actors.metrics import child
from mailroom.actors.providers.telegram import SECRET_HEADER, NotAnUpdateError
from mailroom.ingress.telegram.intake import Intake, Receiver
from mailroom.storage.errors import StoreUnavailable
from mailroom.storage.texts import as_json

log = get_logger("mailroom.webhook")

PATH = "/webhook/telegram/"
BODY_BYTES_MAX = 1024 * 1024
"""Telegram's own limit for an update is 512 KiB."""
FULL_RETRY_SECONDS = 2
"""When a refused chat is to be tried again: time for its mailbox to make room, and yet it does not stall."""
STORE_RETRY_SECONDS = 1

ANSWERS = Counter("mailroom_webhook_responses_total", "Answers to webhook requests", ["status"])


@dataclass(frozen=True, slots=True)
class Answer:
    """What is answered: 200 says it all, anything else says why and, where it helps, when to try again."""

    status: int
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""


TAKEN = Answer(200)


class Webhook:
    """Answers `POST /webhook/telegram/{bot}`. `secrets` holds, by bot, what Telegram sends along."""

    def __init__(self, intake: Intake, secrets: Mapping[str, str]) -> None:
        self._intake = intake
        self._secrets = {name: secret.encode() for name, secret in secrets.items()}
        self.closed: set[str] = set()
        """Bots whose backlog is being fetched: their webhook waits, or it would overtake the backlog."""

    def admit(self, name: str, secret: str) -> None:
        """Answer for one more bot."""
        self._secrets[name] = secret.encode()

    def refuse(self, method: bytes, bot: str, secret: bytes, length: int) -> Answer | None:
        """What is answered to a request by its head alone; None where its body is worth reading."""
        answer = self._refusal(method, bot, secret, length)
        if answer is not None:
            child(ANSWERS, str(answer.status)).inc()
        return answer

    async def take(self, bot: str, body: bytes) -> Answer:
        """Take one update, of a request that was not refused. 200 means that it is durably in line."""
        answer = await self._take(self._intake.receivers[bot], body)
        child(ANSWERS, str(answer.status)).inc()
        return answer

    def too_large(self) -> Answer:
        """The answer to a body that turned out to be too large."""
        child(ANSWERS, "413").inc()
        return _TOO_LARGE

    def _refusal(self, method: bytes, bot: str, secret: bytes, length: int) -> Answer | None:
        receiver: Receiver | None = self._intake.receivers.get(bot)
        if receiver is None:
            return problem(404, "there is no bot of this name")
        if method != b"POST":
            return problem(405, "send updates with POST", ("allow", "POST"))
        if not hmac.compare_digest(secret, self._secrets[receiver.name]):
            return problem(401, f"the header {SECRET_HEADER} is missing or wrong")
        return _TOO_LARGE if length > BODY_BYTES_MAX else None

    async def _take(self, receiver: Receiver, body: bytes) -> Answer:
        if receiver.name in self.closed:
            return _later(503, "the backlog is being fetched; try again", STORE_RETRY_SECONDS)
        try:
            status = await self._intake.take(receiver, body)
        except NotAnUpdateError as error:
            return problem(400, f"not an Update: {error}")
        except StoreUnavailable as error:
            log.error("update_not_stored", bot=receiver.name, why=str(error))
            return _later(503, "the message could not be stored; try again", STORE_RETRY_SECONDS)
        if status == "full":
            return _later(429, "this chat has too many messages waiting; try again", FULL_RETRY_SECONDS)
        return TAKEN


def problem(status: int, words: str, *headers: tuple[str, str]) -> Answer:
    """A refusal: one sentence for whoever is at fault."""
    body = as_json({"ok": False, "error": words})
    return Answer(status, [("content-type", "application/json"), *headers], body)


def _later(status: int, words: str, seconds: int) -> Answer:
    return problem(status, words, ("retry-after", str(seconds)))


_TOO_LARGE = problem(413, f"an update has at most {BODY_BYTES_MAX} bytes")
