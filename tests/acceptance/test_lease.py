"""An owner that was stopped for longer than its lease lasts, and wakes up believing it is still one."""

import signal
from pathlib import Path

import pytest

from mailroom.supervisors.ownership import TTL_SECONDS
from tests.acceptance.load import People, complaints
from tests.acceptance.processes import Simulator
from tests.acceptance.service import Service
from tests.acceptance.shape import Shape
from tests.acceptance.test_kills import make_progress, wait_for_answers


@pytest.mark.timeout(120)
def test_mbx_o2_a_stopped_owner_that_wakes_after_its_lease_commits_nothing(
    folder: Path, stores: dict[str, str], telegram: Simulator
) -> None:
    service = Service(Shape("two_workers", ("web", "worker", "worker")), folder, stores, telegram)
    web, (first, second) = service.servers[0], service.hosts
    try:
        web.start_and_wait()
        first.start_and_wait()
        second.launch()
        second.wait_for("waiting_for_chats")
        with People(lambda: service.webhook, 4, pause_seconds=0.02) as people:
            make_progress(people, 40)
            first.signal(signal.SIGSTOP)
            second.wait_for("chats_owned")
            make_progress(people, 40)
            first.signal(signal.SIGCONT)
            first.wait_for("chats_lost")
            make_progress(people, 40)
            people.finish()
        sent = wait_for_answers(telegram, people)
        # One reply may have been on its way when the first was stopped; woken, it asked before each call.
        assert not complaints(sent, people.acknowledged, crashes=1)
        assert second.said().count("chats_owned") == 1, "the one who woke up took nothing back"
        assert TTL_SECONDS < 10
    finally:
        service.kill()
