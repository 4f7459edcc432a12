"""A bounded attack on the listener of a process on this machine, by somebody without any secret.

    python -m tests.acceptance.hostile.attack PORT [PID]

Each kind of attack runs in a process of its own, while this one asks for `/healthz` over new connections and
prints how long the slowest answer took. With the PID, also what the process holds before and after.
"""

import argparse
import resource
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

from tests.acceptance.hostile.raw import Connection, chunked, request
from tests.acceptance.processes import wait_until

WEBHOOK = "/webhook/telegram/strict"
FORGED = request(WEBHOOK, b'{"update_id": 1}', secret="wrong")
HEALTH = request("/healthz", method="GET")
PAGE = 4096
PROBE_PAUSE_SECONDS = 0.02
PROBE_SECONDS_MAX = 60.0
ATTACK_SECONDS_MAX = 120.0


def chunks(port: int) -> None:
    """Six megabytes in chunks of one byte, to the webhook and to another address."""
    for head in (request(WEBHOOK, secret="wrong"), request("/ops/nothing")):
        _shout(port, chunked(head) + b"1\r\nx\r\n" * 1_000_000 + b"0\r\n\r\n")


def trailers(port: int) -> None:
    """Trailers without an end, and the secret among them."""
    trailer = b"X-Telegram-Bot-Api-Secret-Token: wrong\r\n"
    _shout(port, chunked(request(WEBHOOK)) + b"0\r\n" + trailer * 100_000)
    _shout(port, request(WEBHOOK, secret="wrong", headers=["X-Long: x"] * 50_000))


def closed(port: int) -> None:
    """Two thousand connections that are closed after one request, or none."""
    for number in range(2000):
        with Connection(port) as connection:
            if number % 2:
                connection.send(FORGED)
                connection.answer()


def unread(port: int) -> None:
    """Requests without an end whose answers are not read."""
    with ExitStack() as opened:
        for data in [FORGED * 10_000, HEALTH * 10_000, request("/metrics", method="GET") * 50] * 3:
            one = opened.enter_context(socket.socket())
            one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            one.connect(("127.0.0.1", port))
            one.settimeout(0.5)
            with suppress(OSError):
                one.sendall(data)
        time.sleep(2)  # the attack's length: this long nothing is read


def silent(port: int) -> None:
    """More connections than a process has descriptors by default, which say nothing or half a head."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 4096), hard))
    with ExitStack() as opened:
        for number in range(1500):
            with suppress(OSError):
                connection = opened.enter_context(Connection(port))
                connection.send(FORGED[: number % 40])
        time.sleep(2)  # the attack's length


def forged(port: int) -> None:
    """Requests with a wrong secret, as fast as one can send them."""
    ends = time.monotonic() + 3
    while time.monotonic() < ends:
        with suppress(OSError), Connection(port) as connection:
            for _ in range(5):
                connection.send(FORGED * 50)
                connection.socket.recv(65536)


ATTACKS: dict[str, Callable[[int], None]] = {
    one.__name__: one for one in (chunks, trailers, closed, unread, silent, forged)
}


@dataclass(frozen=True)
class Held:
    """What a process holds."""

    descriptors: int
    resident_bytes: int
    connections: int

    @staticmethod
    def by(pid: int, port: int) -> "Held":
        """Count it."""
        process = Path(f"/proc/{pid}")
        resident = int((process / "statm").read_text().split()[1]) * PAGE
        with Connection(port) as connection:
            connection.send(request("/metrics", method="GET"))
            lines = connection.answer().body.decode().splitlines()
        gauge = next((line for line in lines if line.startswith("mailroom_connections ")), "- 1")
        return Held(len(list((process / "fd").iterdir())), resident, int(float(gauge.split()[1])))


def slowest_health_seconds(port: int, attack: str) -> float:
    """Run one attack; return how long the slowest answer to `/healthz` took meanwhile."""
    command = [sys.executable, "-m", "tests.acceptance.hostile.attack", str(port), "--only", attack]
    attacker = subprocess.Popen(command)
    slowest, until = 0.0, time.monotonic() + ATTACK_SECONDS_MAX
    try:
        while attacker.poll() is None and time.monotonic() < until:
            slowest = max(slowest, _health_seconds(port))
            time.sleep(PROBE_PAUSE_SECONDS)
    finally:
        attacker.kill()
        attacker.wait()
    return max(slowest, _health_seconds(port))


def _health_seconds(port: int) -> float:
    """How long one answer takes; a connection that made room for another tries again."""
    began = time.monotonic()
    while time.monotonic() - began < PROBE_SECONDS_MAX:
        with suppress(OSError, ValueError), Connection(port) as connection:
            connection.socket.settimeout(PROBE_SECONDS_MAX)
            connection.send(HEALTH)
            if connection.answer().status == 200:
                break
    return time.monotonic() - began


def _shout(port: int, data: bytes) -> None:
    with suppress(OSError), Connection(port) as connection:
        connection.socket.settimeout(60)
        connection.socket.sendall(data)
        connection.answer()


def main() -> None:
    """Attack, and print what it did."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("port", type=int)
    parser.add_argument("pid", type=int, nargs="?")
    parser.add_argument("--only", choices=ATTACKS)
    given = parser.parse_args()
    if given.only:
        ATTACKS[given.only](given.port)
        return
    before = Held.by(given.pid, given.port) if given.pid else None
    for attack in ATTACKS:
        print(f"{attack}: /healthz within {slowest_health_seconds(given.port, attack) * 1000:.0f} ms")
    if before is not None:
        with suppress(AssertionError):
            wait_until(
                lambda: Held.by(given.pid, given.port).descriptors <= before.descriptors, "it lets go", 30
            )
        print(f"before {before}\nafter  {Held.by(given.pid, given.port)}")


if __name__ == "__main__":
    main()
