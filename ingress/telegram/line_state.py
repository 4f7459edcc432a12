"""How a bot's line to Telegram is, for on-call to see: in the tree, in the metrics, in the log."""

import time
from typing import Literal, get_args
from urllib.parse import urlsplit

from prometheus_client import Counter, Gauge
from structlog import get_logger

from mailroom.actors.metrics import child
from mailroom.ingress.telegram.bot_api import WebhookInfo

log = get_logger("mailroom.telegram")

State = Literal["starting", "open", "failing", "elsewhere", "contested"]
"""open: updates come. failing: Telegram does not answer as it should, and is asked again. elsewhere: another
service's webhook stands, and theirs is respected. contested: somebody else does with this bot again and again
what only one may do.
"""

TROUBLED: frozenset[State] = frozenset({"failing", "elsewhere", "contested"})

LINE = Gauge("mailroom_telegram_line", "How the line of a bot is: 1 for the state it is in", ["bot", "state"])
LOST = Counter(
    "mailroom_webhook_lost_total",
    "Times a webhook of ours was found removed or replaced by somebody else",
    ["bot", "reason"],
)


class LineState:
    """The state of one line, and what Telegram last said of it."""

    def __init__(self, bot: str) -> None:
        self.bot = bot
        self.now: State = "starting"
        self._why = ""
        self._info: WebhookInfo | None = None
        # A counter that appears with its first event has not risen: an alert would miss the first.
        for reason in ("removed", "replaced"):
            child(LOST, bot, reason)
        self._show()

    def become(self, state: State, why: str = "") -> bool:
        """Note a state. True if it is another than before."""
        changed = state != self.now
        self.now, self._why = state, why
        if changed:
            self._show()
        return changed

    def told(self, info: WebhookInfo) -> None:
        """Note what getWebhookInfo said."""
        self._info = info

    def lost(self, reason: Literal["removed", "replaced"]) -> None:
        """Count a webhook that somebody took away."""
        child(LOST, self.bot, reason).inc()

    @property
    def trouble(self) -> str:
        """Why no updates come; empty where they do, or where it is too early to say."""
        return f"{self.now}, {self._why}" if self.now in TROUBLED else ""

    def details(self) -> dict[str, str | int | float]:
        """What the tree shows of the line."""
        shown: dict[str, str | int | float] = {"line": self.now}
        if self._why:
            shown["why"] = self._why
        if (info := self._info) is not None:
            shown["waiting_at_telegram"] = info.pending
            if info.last_error:
                shown["telegrams_last_error"] = info.last_error
                shown["telegrams_last_error_seconds_ago"] = max(int(time.time()) - info.last_error_at, 0)
        return shown

    def _show(self) -> None:
        for state in get_args(State):
            child(LINE, self.bot, state).set(state == self.now)


def host_of(url: str) -> str:
    """As much of an address as may be shown: the path of a webhook is often its secret."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
