"""An ask, sent to `/ops/bots` of a running service."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import httpx
from pydantic import BaseModel

from mailroom.actors.pages.ask import IN_PATH, Ask, Upload
from mailroom.actors.pages.visit import COMMAND
from mailroom.ops.cli.consent import NotDoneError, WrongUsageError
from mailroom.ops.faults import CannotStartError
from mailroom.ops.settings import Settings

MORE_SECONDS = 5.0
"""Over what an answer may take: until then the service itself says that it takes too long."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What is asked, and by whom."""

    bot: str
    ask: Ask[Any, Any]
    asked: BaseModel
    act: dict[str, str]
    """`why` and `key`, where something is done."""
    who: str
    type: str = ""
    """Of the file, where there is one."""

    @property
    def path(self) -> str:
        """Its address below the service's."""
        fields = self.asked.model_dump(mode="json", include=set(self.ask.in_path))
        written = IN_PATH.sub(lambda found: quote(str(fields[found[1]]), safe=""), self.ask.path)
        return f"/ops/bots/{quote(self.bot, safe='')}{written}"

    @property
    def fields(self) -> dict[str, Any]:
        """What was given of the rest."""
        left_out = {*self.ask.in_path, "file"}
        return self.asked.model_dump(mode="json", exclude_unset=True, exclude=left_out) | self.act


def send(settings: Settings, url: str | None, sent: Sent) -> httpx.Response:
    """Ask, and return the answer. Raises `CannotStartError` where nobody answers, `NotDoneError` and
    `WrongUsageError` in the words of the service.
    """
    if settings.ops_token is None:
        raise CannotStartError(
            "MAILROOM_OPS_TOKEN is not set: a bot's section is asked at /ops/bots of the running service,"
            " which opens with that token. Set it here and there."
        )
    ask, where = sent.ask, (url or _here(settings)).rstrip("/")
    headers = [
        (b"Authorization", f"Bearer {settings.ops_token}".encode()),
        (b"User-Agent", COMMAND.encode()),
        (b"X-Operator", sent.who.encode()),
    ]
    body: dict[str, Any] = {}
    if ask.takes is not None:
        headers.append((b"Content-Type", (sent.type or _type(ask.takes)).encode()))
        body = {"params": _query(sent.fields), "content": sent.asked.model_dump(include={"file"})["file"]}
    elif ask.method == "GET":
        body = {"params": _query(sent.fields)}
    else:
        body = {"json": sent.fields}
    try:
        answer = httpx.request(
            ask.method, f"{where}{sent.path}", headers=headers, timeout=ask.seconds + MORE_SECONDS, **body
        )
    except httpx.TimeoutException:
        unsure = f" Whether it was done is in the log of {sent.bot}." if ask.changes else ""
        raise NotDoneError(f"{where} did not answer in time.{unsure}") from None
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise CannotStartError(
            f"Nobody answers at {where} ({error}). Start the service, or say with --url where it answers."
        ) from None
    if answer.is_success:
        return answer
    words = _words(answer)
    if answer.status_code in (400, 413, 415, 422):
        raise WrongUsageError(words)
    raise NotDoneError(words)


def _here(settings: Settings) -> str:
    host = "127.0.0.1" if settings.host in ("0.0.0.0", "::") else settings.host  # noqa: S104 - nobody listens here
    return f"http://{host}:{settings.port or 8080}"


def _type(takes: Upload) -> str:
    """What a file is taken for that does not say what it is."""
    return next((one for one in takes.types if "*" not in one), "application/octet-stream")


def _query(fields: dict[str, Any]) -> dict[str, Any]:
    written = {name: value for name, value in fields.items() if value is not None}
    return {name: str(value).lower() if isinstance(value, bool) else value for name, value in written.items()}


def _words(answer: httpx.Response) -> str:
    try:
        return str(answer.json()["error"])
    except (ValueError, KeyError, TypeError):
        return f"{answer.url} answers {answer.status_code}: that is no service of this kind; see --url."
