"""The stand-ins of a demo, all alike: started, adopted after a crash, told where the service is, stopped."""

import json
import os
import signal
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailroom.ops.embedded import child
from mailroom.ops.embedded.model import DemoModel
from mailroom.ops.embedded.payments import DemoPayments
from mailroom.ops.embedded.ports import beside, free_port
from mailroom.ops.embedded.simulator import DemoSimulator
from mailroom.ops.embedded.telegram import DemoTelegram

KINDS = ("telegram", "payments", "model")


def made(kind: str, data: Path, port: int, service: str = "http://127.0.0.1:1") -> DemoSimulator:
    if kind == "telegram":
        return DemoTelegram(data, port_wanted=port)
    if kind == "payments":
        return DemoPayments(data, port_wanted=port, notify=service, return_url="http://127.0.0.1:2")
    return DemoModel(data, port_wanted=port)


@pytest.fixture
def running(kind, tmp_path) -> Iterator[DemoSimulator]:
    simulator = made(kind, tmp_path, free_port())
    simulator.start()
    yield simulator
    simulator.stop()


@pytest.mark.parametrize("kind", KINDS)
def test_a_simulator_left_running_by_a_crash_is_adopted_and_stopped_like_an_own_one(kind, running, tmp_path):
    adopted = made(kind, tmp_path, free_port())
    assert adopted.start() == running.url
    assert adopted.pid == running.pid
    pid = adopted.pid
    adopted.stop()
    assert not child.is_alive(pid)


@pytest.mark.parametrize("kind", KINDS)
def test_a_killed_simulator_starts_again_at_the_same_address(kind, running):
    url, pid = running.url, running.pid
    os.kill(pid, signal.SIGKILL)
    while child.is_alive(pid):
        pass
    assert running.start() == url
    assert running.pid != pid


@pytest.mark.parametrize("kind", ["payments"])
def test_the_gateways_are_told_anew_where_the_service_is_and_keep_their_payments(kind, running, tmp_path):
    assert shown(running.url)["addresses"]["stripe"] == "http://127.0.0.1:1/webhook/payment/stripe"
    adopted = made(kind, tmp_path, free_port(), "http://127.0.0.1:3")
    adopted.start()
    assert shown(running.url)["base"] == "http://127.0.0.1:3"
    assert (tmp_path / "payments.sqlite").exists()
    settings = adopted.settings()
    assert settings["yookassa"].base_url == f"{running.url}/yookassa/v3"


def shown(url: str) -> dict[str, object]:
    with urllib.request.urlopen(f"{url}/sim/notify", timeout=5) as answer:
        return json.load(answer)


def test_ports_are_beside_the_services_own_as_long_as_there_are_any():
    assert beside(8080, 3) == 8083
    assert 0 < beside(65535, 1) <= 65535
