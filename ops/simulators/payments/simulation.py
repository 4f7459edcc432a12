"""One of everything: the file, the rules, the lifecycle, the gateways, the sender of notices, and the clock
they share.
"""

import time
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .faults import Faults
from .gateways.aaio import Aaio
from .gateways.gateway import Gateway
from .gateways.stripe import Stripe
from .gateways.yookassa import YooKassa
from .lifecycle import Lifecycle
from .notice_sender import NoticeSender
from .store import Store

CALLS_MAX = 20_000
"""A ring: the oldest calls are forgotten, and all of them with the process."""


@dataclass(frozen=True, slots=True)
class SeenCall:
    """A call of a merchant, as it is shown to whoever asks."""

    number: int
    at: float
    gateway: str
    method: str
    status: int
    """0: the merchant got no answer."""
    payment_id: str
    key: str


class Simulation:
    """What a simulator is about."""

    def __init__(self, state: Path | str) -> None:
        self.store = Store(state)
        self._ahead_seconds = float(self.store.setting("ahead_seconds", 0.0))
        self.faults = Faults(
            self.store.setting("faults", []), lambda rules: self.store.save_setting("faults", rules)
        )
        self.lifecycle = Lifecycle(self.store, self.faults, now=self.now, kick=self._kick)
        every: list[Gateway] = [gateway(self.store, self.lifecycle) for gateway in (YooKassa, Aaio, Stripe)]
        self.gateways = {gateway.name: gateway for gateway in every}
        self.lifecycle.gateways = self.gateways
        self.notice_sender = NoticeSender(self.store, self.lifecycle, self.gateways)
        self.calls: deque[SeenCall] = deque(maxlen=CALLS_MAX)
        self._called = 0

    def now(self) -> float:
        """The simulator's clock, seconds since 1970; controls may set it ahead."""
        return time.time() + self._ahead_seconds

    def _kick(self) -> None:
        # The sender is made last: it needs the lifecycle, and that needs somebody to wake.
        self.notice_sender.kick()

    def go_ahead(self, seconds: float) -> float:
        """Let time pass at once: pauses, plans and expiry; gives how far the clock is ahead now."""
        self._ahead_seconds += seconds
        self.store.save_setting("ahead_seconds", self._ahead_seconds)
        self.notice_sender.kick()
        return self._ahead_seconds

    def saw(self, gateway: str, method: str, status: int, payment_id: str, key: str) -> None:
        """Remember a call."""
        self._called += 1
        self.calls.append(SeenCall(self._called, self.now(), gateway, method, status, payment_id, key))

    def reset(self) -> None:
        """Forget everything but where notices go and payers come back to."""
        kept: dict[str, Any] = {name: self.store.setting(name, None) for name in ("notify", "return_url")}
        self.store.forget_all()
        for name, value in kept.items():
            if value is not None:
                self.store.save_setting(name, value)
        self.faults.clear()
        self.calls.clear()
        self._ahead_seconds = 0.0
