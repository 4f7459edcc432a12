"""How payment providers are asked: in time, with a limit on what they may answer, and with the contract's
errors for everything that can go wrong on the way.
"""

import asyncio
import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from decimal import Decimal
from email.utils import parsedate_to_datetime
from typing import Any, Literal, TypeVar

import httpx
from pydantic import BaseModel, ValidationError
from structlog import get_logger

from mailroom.actors.providers.payments import (
    PaymentProviderError,
    ProviderRefusedError,
    ProviderUnavailableError,
)
from mailroom.storage.texts import printable
from mailroom.storage.wrong_values import in_a_sentence

log = get_logger("mailroom.payment")

CONNECT_SECONDS = 5.0
"""A server that is there answers a connection within a second, from anywhere."""
READ_SECONDS = 15.0
"""Providers ask banks before they answer; ten seconds happen."""
CALL_SECONDS = 25.0
"""For a whole call, however slowly its bytes drip; a payer is looking at a chat that says nothing yet."""
ANSWER_BYTES_MAX = 1_000_000
"""A payment is a few kilobytes. What is longer is not an answer to our question."""
WORDS_CHARS_MAX = 300
"""As much of a provider's own words as goes into an error."""
RETRY_AFTER_SECONDS_MAX = 3600.0
"""However long a provider asks us to wait: a payer does not wait longer."""

Model = TypeVar("Model", bound=BaseModel)
Thing = TypeVar("Thing")


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: the status, and the JSON object; an empty one if it was none."""

    status: int
    body: Mapping[str, Any]
    retry_after: float | None
    """How many seconds the header asked us to wait."""


class Api:
    """A provider's API. `secrets` are taken out of whatever it says before that becomes a message."""

    def __init__(
        self,
        http: httpx.AsyncClient,
        provider: str,
        base_url: str,
        *,
        secrets: Sequence[str],
        headers: Mapping[str, str] | None = None,
        auth: tuple[str, str] | None = None,
    ) -> None:
        self._http = http
        self._provider = provider
        self._base_url = base_url.rstrip("/")
        self._secrets = [secret for secret in secrets if secret]
        self._headers = dict(headers or {})
        self._auth = httpx.BasicAuth(*auth) if auth else None

    async def ask(
        self,
        method: Literal["GET", "POST"],
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        json: object = None,
        form: Mapping[str, str] | None = None,
        query: Mapping[str, str] | None = None,
    ) -> Answer:
        """Ask, and return what was answered, whatever its status. Raises `ProviderUnavailableError` if
        nothing came that can be read: then what was asked for may have happened all the same.
        """
        request = self._http.build_request(
            method,
            self._base_url + path,
            headers={**self._headers, **(headers or {})},
            json=json,
            data=form,
            params=query,
            timeout=httpx.Timeout(READ_SECONDS, connect=CONNECT_SECONDS),
        )
        try:
            async with asyncio.timeout(CALL_SECONDS):
                # A redirect is not followed: it would carry our credentials to somebody else.
                response = await self._http.send(
                    request, auth=self._auth, stream=True, follow_redirects=False
                )
                try:
                    return self._answer(response, await self._content(response))
                finally:
                    await response.aclose()
        except TimeoutError:
            raise self._silent(f"has not finished its answer within {CALL_SECONDS:g} s") from None
        except httpx.RequestError as error:
            raise self._silent(f"does not answer: {type(error).__name__}") from error

    def read(self, model: type[Model], body: Mapping[str, Any]) -> Model:
        """The answer as what it should be. Raises `ProviderUnavailableError` that names the fields which are
        missing or odd. Not a refusal: what was asked for has been done, perhaps, and a refund that is taken
        for refused may be paid a second time in another way.
        """
        try:
            return model.model_validate(body)
        except ValidationError as error:
            raise self._silent(f"answered something that we cannot read ({faults_of(error)})") from None

    def each(
        self, model: type[Model], items: Sequence[Mapping[str, Any]], read: Callable[[Model], Thing]
    ) -> list[Thing]:
        """What can be read of a list: one thing that is odd must not hide the others."""
        found: list[Thing] = []
        for item in items:
            try:
                found.append(read(model.model_validate(item)))
            except (ValidationError, ProviderRefusedError) as error:
                why = faults_of(error) if isinstance(error, ValidationError) else str(error)
                log.warning(
                    "listed_unreadable", provider=self._provider, id=self.plain(str(item.get("id"))), why=why
                )
        return found

    def failure(
        self, answer: Answer, words: str, retry_after: float | None = None, *, code: str = ""
    ) -> PaymentProviderError:
        """The error that an answer is which is not the wanted one; words and code are the provider's own."""
        message = f"{self._provider} answered {answer.status}: {self.plain(words) or 'without a word'}"
        # 202: accepted, and still at work on it. 409: the same call of ours is being worked on.
        if answer.status in (202, 408, 409, 425, 429) or answer.status >= 500:
            wait = answer.retry_after if retry_after is None else retry_after
            return ProviderUnavailableError(
                message, None if wait is None else min(max(wait, 0.0), RETRY_AFTER_SECONDS_MAX)
            )
        # With these nothing passes by itself: our key is wrong, may not do it, or is another merchant's.
        return ProviderRefusedError(
            message, "person" if answer.status in (401, 403, 404) else "passes", code=code
        )

    def plain(self, words: str) -> str:
        """The provider's words as they may be kept and shown: short, on one line, without our secrets, and
        without what no database takes.
        """
        for secret in self._secrets:
            words = words.replace(secret, "[secret]")
        return printable(" ".join(words.split()))[:WORDS_CHARS_MAX]

    def _silent(self, words: str) -> ProviderUnavailableError:
        return ProviderUnavailableError(
            f"{self._provider} {words}; whether it did what was asked is not known"
        )

    async def _content(self, response: httpx.Response) -> bytes:
        content = bytearray()
        async for chunk in response.aiter_bytes():
            content += chunk
            if len(content) > ANSWER_BYTES_MAX:
                raise self._silent(f"answered {response.status_code} with more than {ANSWER_BYTES_MAX} bytes")
        return bytes(content)

    def _answer(self, response: httpx.Response, content: bytes) -> Answer:
        body = json_object(content)
        if body is None and response.is_success:
            # A proxy's page, or half an answer.
            raise self._silent(f"answered {response.status_code} with something that is no JSON object")
        return Answer(response.status_code, body or {}, _seconds(response.headers.get("Retry-After", "")))


def json_object(content: bytes) -> dict[str, Any] | None:
    """The JSON object that these bytes are, its numbers exact; None if they are none."""
    try:
        found = json.loads(content, parse_float=Decimal)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def faults_of(error: ValidationError) -> str:
    """Which fields are wrong and how, without their values: those may be secret, or endless."""
    return in_a_sentence(error, tell_values=False)


def _seconds(retry_after: str) -> float | None:
    """The header `Retry-After`, which is a number or a date (RFC 9110)."""
    if retry_after.isascii() and retry_after.isdigit():
        return float(retry_after)
    try:
        at = parsedate_to_datetime(retry_after)
        return max(at.replace(tzinfo=at.tzinfo or UTC).timestamp() - time.time(), 0.0)
    except (
        ValueError,
        TypeError,
        IndexError,
        OverflowError,
    ):  # what it raises, by what is wrong with the date
        return None
