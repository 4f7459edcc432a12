"""Carries notices to the merchant, with each gateway's habit: its patience, what confirms, when it gives up.

A notice is due until the merchant has confirmed it, so that a killed simulator carries it again. AAIO
tries once: its notice is settled before it is sent, and a kill in that moment loses it, as it would there.
"""

import asyncio
import contextlib
from collections.abc import Mapping

import aiohttp

from .gateways.gateway import Gateway
from .lifecycle import Lifecycle
from .store import Store
from .things import Notice

IN_FLIGHT_MAX = 64
"""Shops are asked to take this many at once."""
ANSWER_SECONDS = 10.0
"""How long a merchant may think about a notice."""
ANSWER_CHARS_MAX = 200
PATH = "/webhook/payment/{gateway}"


class NoticeSender:
    """Works between `with` and its end; `kick` says that there may be something to carry."""

    def __init__(self, store: Store, lifecycle: Lifecycle, gateways: Mapping[str, Gateway]) -> None:
        self._store = store
        self._lifecycle = lifecycle
        self._gateways = gateways
        self._kicked = asyncio.Event()
        self._progress = asyncio.Event()
        self._in_flight: dict[int, asyncio.Task[None]] = {}

    def kick(self) -> None:
        """Look now."""
        self._kicked.set()

    def address(self, gateway: str, account: str = "") -> str:
        """Where a gateway sends the notices of an account; empty while nobody has said."""
        notify = self._store.setting("notify", {})
        base, urls = notify.get("base", ""), notify.get("urls", {})
        url: str = (
            urls.get(f"{gateway}/{account}")
            or urls.get(gateway)
            or (base and base + PATH.format(gateway=gateway))
        )
        return url

    async def run(self) -> None:
        """Carry until cancelled."""
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=ANSWER_SECONDS)) as http:
            try:
                while True:
                    self._kicked.clear()
                    self._lifecycle.sweep()
                    self._send_what_is_due(http)
                    with contextlib.suppress(TimeoutError):
                        await asyncio.wait_for(self._kicked.wait(), self._rest_seconds())
            finally:
                for task in self._in_flight.values():
                    task.cancel()

    async def wait_until_told(self, payment_id: str, patience_seconds: float) -> None:
        """Return when every notice about a payment was tried, or patience has run out."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(patience_seconds):
                while any(not notice.attempts for notice in self._store.notices(payment_id)):
                    self._progress.clear()
                    await self._progress.wait()

    def _send_what_is_due(self, http: aiohttp.ClientSession) -> None:
        if self._store.setting("paused", False):
            return
        room = IN_FLIGHT_MAX - len(self._in_flight)
        for notice in self._store.notices_due(self._lifecycle.now(), IN_FLIGHT_MAX + len(self._in_flight)):
            if room <= 0:
                return
            payment = self._store.payment(notice.payment_id)
            account = payment.details.get("merchant", "") if payment is not None else ""
            address = self.address(notice.gateway, account)
            if address and notice.number not in self._in_flight:
                room -= 1
                task = asyncio.create_task(self._carry(http, address, notice))
                self._in_flight[notice.number] = task

    async def _carry(self, http: aiohttp.ClientSession, address: str, notice: Notice) -> None:
        try:
            gateway = self._gateways[notice.gateway]
            notice.attempts += 1
            once = not gateway.habit.pauses_seconds or bool(notice.forged)
            if once:
                notice.state, notice.due_at = "given up", None
                self._store.save_notice(notice)
            headers = gateway.seal(notice.body, forged=notice.forged == "wrong_signature")
            status = 0
            try:
                async with http.post(
                    address, data=notice.body, headers=headers, allow_redirects=False
                ) as response:
                    words = (await response.content.read(ANSWER_CHARS_MAX)).decode(errors="replace")
                    status, notice.answer = response.status, f"{response.status} {words}".strip()
            except (aiohttp.ClientError, TimeoutError, OSError) as error:
                notice.answer = f"no answer: {str(error) or type(error).__name__}"
            now = self._lifecycle.now()
            if status and gateway.habit.confirms(status):
                notice.state, notice.due_at = "delivered", None
            elif not once:
                self._postpone(notice, gateway, now)
            with self._store.transaction():
                self._store.save_notice(notice)
                self._store.release_notices(notice, now)
        finally:
            del self._in_flight[notice.number]
            self._progress.set()
            self.kick()

    @staticmethod
    def _postpone(notice: Notice, gateway: Gateway, now: float) -> None:
        pauses = gateway.habit.pauses_seconds
        again_at = now + pauses[min(notice.attempts, len(pauses)) - 1]
        if again_at > notice.happened_at + gateway.habit.patience_seconds:
            notice.state, notice.due_at = "given up", None
        else:
            notice.due_at = again_at

    def _rest_seconds(self) -> float | None:
        now = self._lifecycle.now()
        moments = [at for at in (self._store.next_due(), self._store.next_notice_due(now)) if at is not None]
        return max(0.0, min(moments) - now) if moments else None
