"""An hour of attack in a minute: `/healthz` answers throughout, messages are handled, and nothing is left."""

import pytest

from tests.acceptance.hostile.attack import ATTACKS, Held, slowest_health_seconds
from tests.acceptance.hostile.stack import Stack, new_chat, numbered
from tests.acceptance.processes import wait_until
from tests.acceptance.shape import TOGETHER, in_shapes

HEALTH_SECONDS_MAX = 3.0
"""200 ms where nothing else runs, a multiple of it on a busy machine; all used to stand still for 16 s."""
GROWTH_BYTES_MAX = 64 * 1024 * 1024
"""Allocators keep some; the attack sends a multiple of it."""


@in_shapes(TOGETHER)  # a server that hosts the chats too has more to do than one that does not
@pytest.mark.timeout(240)
@pytest.mark.parametrize("attack", ATTACKS)
def test_health_answers_throughout_the_attack_and_nothing_is_left_of_it(stack: Stack, attack: str) -> None:
    (service,), chat = stack.service.servers, new_chat()
    assert service.child is not None
    assert stack.post(chat, "before")[0][0] == 200
    stack.wait_for_replies(chat, 1)
    before = Held.by(service.child.pid, service.port)
    slowest = slowest_health_seconds(service.port, attack)
    print(f"{attack}: /healthz within {slowest * 1000:.0f} ms")
    assert slowest < HEALTH_SECONDS_MAX

    def held() -> Held:
        return Held.by(service.child.pid, service.port)  # type: ignore[union-attr]

    wait_until(lambda: held().connections <= before.connections, "the connections of before", 30)
    # The pools of stores and Telegram breathe by a few.
    wait_until(lambda: held().descriptors <= before.descriptors + 4, "the descriptors of before", 30)
    assert held().resident_bytes - before.resident_bytes < GROWTH_BYTES_MAX
    assert stack.post(chat, "after")[0][0] == 200
    assert stack.wait_for_replies(chat, 2) == numbered(["before", "after"])
