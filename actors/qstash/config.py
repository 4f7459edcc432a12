"""How one message is delivered, as its row keeps it."""

from dataclasses import asdict, dataclass
from typing import Any

from mailroom.actors.qstash.options import (
    RETRIES_DEFAULT,
    TIMEOUT_SECONDS_DEFAULT,
    Callback,
    Options,
)
from mailroom.actors.qstash.redaction import Redaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """What is not of the request itself."""

    retries: int = RETRIES_DEFAULT
    retry_delay: str | None = None
    timeout_seconds: int = TIMEOUT_SECONDS_DEFAULT
    callback: Callback | None = None
    failure_callback: Callback | None = None
    redaction: Redaction = Redaction()  # noqa: RUF009 - frozen
    limits: tuple[int | None, int | None, int] | None = None
    """Of its flow key as it was published: parallelism, rate, period in seconds."""

    def plain(self) -> dict[str, Any]:
        """As JSON takes it, without what is as usual."""
        usual = asdict(Config())
        plain = {name: value for name, value in asdict(self).items() if value != usual[name]}
        if "redaction" in plain:
            plain["redaction"]["names"] = sorted(plain["redaction"]["names"])
        return plain


def config_of(options: Options) -> Config:
    """What a publisher's options come to."""
    flow = options.flow
    return Config(
        retries=options.retries,
        retry_delay=options.retry_delay,
        timeout_seconds=options.timeout_seconds,
        callback=options.callback,
        failure_callback=options.failure_callback,
        redaction=options.redaction,
        limits=None if flow is None else (flow.parallelism, flow.rate, flow.period_seconds),
    )


def config_from(plain: dict[str, Any]) -> Config:
    """What a row has kept."""
    read = dict(plain)
    for name in ("callback", "failure_callback"):
        if read.get(name) is not None:
            read[name] = _callback(read[name])
    if "redaction" in read:
        redaction = read["redaction"]
        read["redaction"] = Redaction(redaction["body"], redaction["headers"], frozenset(redaction["names"]))
    if read.get("limits") is not None:
        read["limits"] = tuple(read["limits"])
    return Config(**read)


def _callback(plain: dict[str, Any]) -> Callback:
    headers = tuple((name, value) for name, value in plain["headers"])
    return Callback(**{**plain, "headers": headers})
