"""The simulator as its own process: killed and started again it goes on, and the real package talks to it."""

import http.server
import json
import queue
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from mailroom.ops.simulators.payments.gateways import aaio

COMMAND = [sys.executable, "-m", "mailroom.ops.simulators.payments"]
PATIENCE_SECONDS = 15.0


class Process:
    """The simulator, over one file."""

    def __init__(self, state: Path) -> None:
        self.state = state
        self.port = 0
        self.running: subprocess.Popen[str] | None = None

    def start(self) -> str:
        command = [*COMMAND, "--port", str(self.port), "--state", str(self.state)]
        self.running = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self.url = self.running.stdout.readline().split()[-1]
        self.port = int(self.url.rpartition(":")[2])
        return self.url

    def kill(self) -> None:
        self.running.kill()
        self.running.wait()
        self.running.stdout.close()

    def sim(self, control: str, **given: Any) -> Any:
        data = json.dumps(given).encode() if given else None
        with urllib.request.urlopen(f"{self.url}/sim/{control}", data=data, timeout=10) as answer:
            return json.load(answer)


@pytest.fixture
def process(tmp_path) -> Iterator[Process]:
    started = Process(tmp_path / "payments.sqlite")
    started.start()
    yield started
    started.kill()


@pytest.fixture
def notices() -> Iterator[tuple[str, "queue.Queue[bytes]"]]:
    """A shop's webhook that says 200."""
    taken: queue.Queue[bytes] = queue.Queue()

    class Hook(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            taken.put(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hook)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", taken
    server.shutdown()
    server.server_close()


@pytest.fixture
def yookassa(process):
    """The real package, pointed at the simulator."""
    module = pytest.importorskip("yookassa")
    module.Configuration.configure("demo", "test_demo", api_url=f"{process.url}/yookassa/v3")
    return module


def test_the_real_yookassa_package_pays_refunds_and_parses_our_notices(process, yookassa, notices):
    from yookassa.domain.notification import WebhookNotificationFactory

    base, taken = notices
    process.sim("notify", base=base)
    wanted = {
        "amount": {"value": "1490.00", "currency": "RUB"},
        "capture": False,
        "confirmation": {"type": "redirect", "return_url": "https://shop.example/back"},
        "description": "Заказ 1042",
        "metadata": {"order_id": "1042"},
        "receipt": {
            "customer": {"email": "anna@example.com"},
            "items": [
                {
                    "description": "Светлица",
                    "quantity": "2.000",
                    "amount": {"value": "745.00", "currency": "RUB"},
                    "vat_code": 1,
                }
            ],
        },
    }
    made = yookassa.Payment.create(wanted, "key-1")
    assert made.status == "pending"
    assert made.confirmation.confirmation_url.startswith(process.url)
    assert yookassa.Payment.create(wanted, "key-1").id == made.id
    process.sim("act", id=made.id, act="pay")
    factory = WebhookNotificationFactory()
    held = factory.create(json.loads(taken.get(timeout=PATIENCE_SECONDS)))
    assert (held.event, held.object.status) == ("payment.waiting_for_capture", "waiting_for_capture")
    captured = yookassa.Payment.capture(made.id, {"amount": wanted["amount"]}, "key-2")
    assert (captured.status, captured.paid) == ("succeeded", True)
    paid = factory.create(json.loads(taken.get(timeout=PATIENCE_SECONDS)))
    assert paid.event == "payment.succeeded"
    assert paid.object.metadata["order_id"] == "1042"
    assert paid.object.payment_method.card.last4 == "4477"
    found = yookassa.Payment.find_one(made.id)
    assert (found.status, str(found.amount.value), found.receipt_registration) == (
        "succeeded",
        "1490.00",
        "succeeded",
    )
    part = {"payment_id": made.id, "amount": {"value": "490.00", "currency": "RUB"}}
    refund = yookassa.Refund.create(part, "key-3")
    assert (refund.status, str(refund.amount.value)) == ("succeeded", "490.00")
    told = factory.create(json.loads(taken.get(timeout=PATIENCE_SECONDS)))
    assert (told.event, told.object.payment_id) == ("refund.succeeded", made.id)
    assert yookassa.Refund.find_one(refund.id).status == "succeeded"
    assert [one.id for one in yookassa.Payment.list({"limit": 1}).items] == [made.id]
    assert yookassa.Settings.get_account_settings().account_id == "demo"


def test_the_real_yookassa_package_raises_our_refusals_as_its_own(process, yookassa):
    from yookassa.domain.exceptions import BadRequestError, NotFoundError, UnauthorizedError

    with pytest.raises(NotFoundError):
        yookassa.Payment.find_one("00000000-0000-0000-0000-000000000000")
    with pytest.raises(BadRequestError):
        yookassa.Refund.create(
            {"payment_id": "0" * 36, "amount": {"value": "1.00", "currency": "EUR"}}, "k" * 65
        )
    yookassa.Configuration.secret_key = "test_guess"
    with pytest.raises(UnauthorizedError):
        yookassa.Payment.find_one("00000000-0000-0000-0000-000000000000")


def test_killed_and_started_again_it_has_its_payments_and_delivers_what_it_owes(process, notices):
    base, taken = notices
    body = json.dumps(
        {
            "amount": {"value": "10.00", "currency": "RUB"},
            "capture": True,
            "confirmation": {"type": "redirect", "return_url": "https://shop.example/back"},
        }
    ).encode()
    headers = {"Authorization": "Basic ZGVtbzp0ZXN0X2RlbW8=", "Idempotence-Key": "k"}

    def create() -> Any:
        request = urllib.request.Request(f"{process.url}/yookassa/v3/payments", body, headers)
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)

    made = create()
    process.sim("faults", rules=[{"kind": "late", "delay_ms": 500, "times": 1}])
    process.sim("notify", base="http://127.0.0.1:9")
    process.sim("act", id=made["id"], act="pay")
    process.kill()
    process.start()
    assert create()["id"] == made["id"]
    assert process.sim(f"payment?id={made['id']}")["payment"]["status"] == "paid"
    process.sim("notify", base=base)
    told = json.loads(taken.get(timeout=PATIENCE_SECONDS))
    assert told["object"]["id"] == made["id"]


def aaio_order(url: str) -> str:
    fields = {"merchant_id": aaio.MERCHANT_ID, "amount": "10", "currency": "RUB", "order_id": "7"}
    form = urlencode({**fields, "sign": aaio.sign(fields, aaio.SECRET_1)}).encode()
    with urllib.request.urlopen(f"{url}/aaio/merchant/get_pay_url", form, timeout=10) as answer:
        return json.load(answer)["url"].rsplit("/", 1)[1]


def test_what_was_planned_is_done_after_a_kill_and_the_rules_are_still_in_force(process, notices):
    base, taken = notices
    process.sim("notify", base=base)
    process.sim("faults", rules=[{"kind": "duplicate", "copies": 2}])
    id_ = aaio_order(process.url)
    process.sim("act", id=id_, act="pay_late", after_seconds=1)
    process.kill()
    process.start()
    assert taken.get(timeout=PATIENCE_SECONDS) == taken.get(timeout=PATIENCE_SECONDS)


def test_a_port_in_use_and_a_file_that_cannot_be_had_are_one_line(process, tmp_path):
    for options, words in (
        (["--port", str(process.port)], "cannot listen on 127.0.0.1:"),
        (["--port", "0", "--state", str(tmp_path)], "cannot keep the state in "),
    ):
        failed = subprocess.run([*COMMAND, *options], capture_output=True, text=True, timeout=30, check=False)
        assert failed.returncode == 1
        assert failed.stderr.startswith(words)
        assert failed.stderr.count("\n") == 1
