"""The same key, the same object: what a gateway answered under an idempotency key, it answers again.

YooKassa and Stripe remember for at least 24 hours. A refusal is not remembered: nothing has happened.
"""

import hashlib
from collections.abc import Callable

from mailroom.ops.simulators.payments.store import Store
from mailroom.ops.simulators.payments.things import KeptAnswer

from .gateway import Answer

REMEMBERED_SECONDS = 24 * 3600.0


class KeyReusedError(Exception):
    """The key was used before, for another request."""


def once(
    store: Store, gateway: str, key: str, request: bytes, now: float, do: Callable[[], Answer]
) -> tuple[Answer, bool]:
    """Do it, or give the answer that the key got before; also says whether that was so. Raises
    `KeyReusedError`.
    """
    digest = hashlib.sha256(request).hexdigest()
    with store.transaction():
        kept = store.answer(gateway, key, now - REMEMBERED_SECONDS)
        if kept is not None:
            if kept.request != digest:
                raise KeyReusedError
            headers = {"Content-Type": "application/json; charset=utf-8"}
            return Answer(kept.status, kept.body, headers, kept.payment_id), True
        answer = do()
        keep = KeptAnswer(digest, answer.status, answer.body, answer.payment_id)
        store.keep_answer(gateway, key, keep, now)
        return answer, False
