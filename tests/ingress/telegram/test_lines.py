"""The line of a bot to Telegram outlives whatever is answered to it, and says what somebody else does to the
bot. Telegram is its simulator, behind a gateway that can be told to talk nonsense.
"""

import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest
import structlog
import trio
from aiogram import Bot, Router
from aiogram.client.telegram import TelegramAPIServer
from prometheus_client import REGISTRY

from mailroom.actors.hosting.bot import dispatcher_of
from mailroom.actors.providers.telegram import UnreadableUpdateError, read_update
from mailroom.actors.runtime import host
from mailroom.actors.runtime.bridge import aio
from mailroom.ingress.telegram import polling
from mailroom.ingress.telegram import reached as telegram
from mailroom.ingress.telegram.polling import Poller
from mailroom.ingress.telegram.reached import Line
from mailroom.ops.host_bot import host as hosted
from mailroom.ops.simulators.telegram.inbound import OTHER_POLLER
from mailroom.ops.simulators.telegram.serving import simulator
from mailroom.storage.errors import StoreUnavailable
from tests.gateway import JSON, NONSENSE, Gateway

TOKEN = "42:token"
OURS = "https://ours.example"
URL = f"{OURS}/webhook/telegram/shop"
THEIRS = "https://theirs.example/some/secret/path"
SECONDS_MAX = 20


class Taken:
    """An intake that keeps what it is given."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []

    async def take(self, _receiver: Any, body: bytes, **_: Any) -> str:
        status = "accepted"
        try:
            read_update(body)
        except UnreadableUpdateError:
            status = "dead"
        self.bodies.append(body)
        return status


@dataclass
class Scene:
    """A bot at its line."""

    gateway: Gateway
    simulation: Any
    bot: Any
    intake: Taken = field(default_factory=Taken)
    opened: int = 0
    held: int = 0
    line: Any = None

    @property
    def inbound(self) -> Any:
        return self.simulation.bot(TOKEN).inbound

    def _open(self) -> None:
        self.opened += 1

    def _hold(self) -> None:
        self.held += 1

    async def served(self) -> None:
        """Serve by webhook."""
        self.line = Line(self.bot, self.intake)  # type: ignore[arg-type]
        await self.line.serve(OURS, "secret", self._hold, self._open)

    async def polled(self) -> None:
        """Serve by polling."""
        self.line = Poller(self.bot, self.intake)  # type: ignore[arg-type]
        await self.line.run()

    def someone_sets(self, url: str) -> None:
        """Somebody else who has the token sets or (with "") removes the webhook."""
        self.inbound.webhook._set_at = -100.0  # a second after the last time
        self.inbound.set_webhook(url, allowed=None, drop_pending=False)

    def write(self, text: str = "hello") -> None:
        """A user writes."""
        person = {"id": 7, "is_bot": False, "first_name": "Ann"}
        chat = {"id": 7, "type": "private"}
        content = {"message_id": 1, "date": 2_000_000_000, "chat": chat, "from": person, "text": text}
        self.inbound.push({"message": content})

    @property
    def url(self) -> str:
        return str(self.inbound.webhook.url)

    async def until(self, true: Callable[[], Any], what: str = "it") -> None:
        with trio.move_on_after(SECONDS_MAX):
            while not true():  # noqa: ASYNC110 - what is waited for happens in another process
                await trio.sleep(0.005)
            return
        raise AssertionError(f"waited in vain for {what}: {self.line and self.line.state.details()}")


@pytest.fixture
def play(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[Any]]:
    """Play a scene with a line that looks every few milliseconds; returns what was logged."""
    for name, seconds in (("WATCH_SECONDS", 0.02), ("SURE_SECONDS", 0.01), ("PAUSE_SECONDS", 0.01)):
        for module in (telegram, polling):
            if hasattr(module, name):
                monkeypatch.setattr(module, name, seconds)
    monkeypatch.setattr(telegram, "PAUSE_MAX_SECONDS", 0.02)
    monkeypatch.setattr(polling, "PAUSE_MAX_SECONDS", 0.02)

    @contextlib.asynccontextmanager
    async def scene() -> AsyncIterator[Scene]:
        running = simulator(seed=1)
        telegram_ = await aio(running.__aenter__)
        gateway = Gateway(telegram_.url)
        bot = Bot(TOKEN)
        bot.session.api = TelegramAPIServer.from_base(gateway.url)
        parking = SimpleNamespace(for_bot=lambda _name: None, watch=lambda _bot: None)
        made = hosted("shop", bot, dispatcher_of(Router(), {}), None, parking)  # type: ignore[arg-type]
        try:
            yield Scene(gateway, telegram_.simulation, made)
        finally:
            with trio.CancelScope(shield=True):
                await aio(bot.session.close)
                gateway.close()
                await aio(running.__aexit__, None, None, None)

    def played(
        act: Callable[[Scene], Any], *, polled: bool = False, begun: bool = True, before: Any = None
    ) -> list[Any]:
        async def main() -> None:
            with trio.fail_after(SECONDS_MAX * 2):
                async with scene() as one, trio.open_nursery() as nursery:
                    if before is not None:
                        before(one)
                    if begun:
                        nursery.start_soon(one.polled if polled else one.served)
                    await act(one)
                    nursery.cancel_scope.cancel()

        with structlog.testing.capture_logs() as lines:
            host.run(main)
        return lines

    return played


def said(lines: list[Any]) -> list[str]:
    return [line["event"] for line in lines]


def line_is(state: str) -> bool:
    return REGISTRY.get_sample_value("mailroom_telegram_line", {"bot": "shop", "state": state}) == 1


def lost(reason: str) -> float:
    labels = {"bot": "shop", "reason": reason}
    return REGISTRY.get_sample_value("mailroom_webhook_lost_total", labels) or 0.0


class TestNonsense:
    """The accident: a gateway answered with a page for half a minute, and the bot was silent for good."""

    def test_a_bot_is_registered_once_telegram_is_back_whatever_was_answered(self, play) -> None:
        async def act(scene: Scene) -> None:
            for name, scene.gateway.nonsense in NONSENSE.items():
                scene.opened = scene.gateway.answered = 0
                async with trio.open_nursery() as line:
                    line.start_soon(scene.served)
                    await scene.until(lambda: scene.gateway.answered >= 2, f"two tries against {name}")
                    assert scene.url == "", name
                    assert scene.opened, f"the start did not wait for Telegram for ever: {name}"
                    assert line_is("failing"), name
                    scene.gateway.nonsense = None
                    await scene.until(lambda: scene.url == URL, f"the registration after {name}")
                    await scene.until(lambda: line_is("open"), "the state")
                    line.cancel_scope.cancel()
                scene.someone_sets("")

        assert "webhook_not_registered" in said(play(act, begun=False))

    def test_a_bot_is_polled_once_telegram_is_back_whatever_was_answered(self, play) -> None:
        async def act(scene: Scene) -> None:
            scene.gateway.only = "getUpdates"
            for number, (name, nonsense) in enumerate(NONSENSE.items(), 1):
                await scene.until(lambda: scene.inbound._poll is not None, f"polling before {name}")
                scene.gateway.answered, scene.gateway.nonsense = 0, nonsense
                scene.write(f"before {name}")  # ends the call that waits
                await scene.until(lambda: scene.gateway.answered >= 2, f"two tries against {name}")
                await scene.until(lambda: line_is("failing"), f"the state after {name}")
                scene.gateway.nonsense = None
                scene.write(f"after {name}")
                await scene.until(
                    lambda n=number: len(scene.intake.bodies) == 2 * n, f"messages after {name}"
                )
                await scene.until(lambda: line_is("open"), f"the state after {name}")

        assert "polling_failed" in said(play(act, polled=True))

    def test_of_a_batch_with_an_unreadable_update_all_are_taken_and_telegram_forgets_them(self, play) -> None:
        whole = [
            b'{"update_id":%d,"message":{"chat":{"id":5},"text":"%d"}}' % (n, n) for n in (900, 902, 904)
        ]
        half = rb'{"update_id":901,"message":{"text":"\ud83d","chat":{"id":5}}}'
        deep = b'{"update_id":903,"message":{"x":' + b"[" * 5000 + b"]" * 5000 + b',"chat":{"id":5}}}'
        batch = [whole[0], half, b'{"update_id":"\xff"}', whole[1], deep, whole[2]]
        taken = [whole[0], half, whole[1], deep, whole[2]]

        async def act(scene: Scene) -> None:
            scene.gateway.only = "getUpdates"
            scene.gateway.nonsense = (200, JSON, b'{"ok":true,"result":[' + b",".join(batch) + b"]}")
            await scene.until(lambda: len(scene.intake.bodies) >= len(taken), "the batch")
            await scene.until(lambda: scene.line._offset == 905, "the next batch's beginning")
            assert scene.intake.bodies[: len(taken)] == taken
            scene.intake.bodies.clear()
            scene.gateway.nonsense = None
            scene.write("the line lives")
            await scene.until(
                lambda: b"the line lives" in b"".join(scene.intake.bodies), "a message after it"
            )

        play(act, polled=True)

    def test_catching_up_outlives_nonsense_and_loses_nothing(self, play) -> None:
        def backlog(scene: Scene) -> None:
            for number in range(3):
                scene.write(f"message {number}")
            scene.gateway.nonsense, scene.gateway.only = NONSENSE["a page with 502"], "getUpdates"

        async def act(scene: Scene) -> None:
            await scene.until(lambda: scene.gateway.answered >= 3, "three tries")
            scene.gateway.nonsense = None
            await scene.until(lambda: scene.url == URL, "the registration")
            assert [text in body for text, body in zip((b"0", b"1", b"2"), scene.intake.bodies, strict=True)]

        play(act, before=backlog)

    def test_a_store_that_is_away_is_waited_for(self, play) -> None:
        async def away(*_: Any, **__: Any) -> str:
            raise StoreUnavailable("Redis does not answer")

        async def act(scene: Scene) -> None:
            taking, scene.intake.take = scene.intake.take, away  # type: ignore[method-assign]
            scene.write("kept")
            await scene.until(lambda: line_is("failing"), "the state")
            scene.intake.take = taking  # type: ignore[method-assign]
            await scene.until(lambda: scene.intake.bodies, "the message")

        play(act, polled=True)


class TestWebhookWatched:
    """The accident: a colleague tried the bot on a laptop, which removed its webhook, and it was silent for
    a day.
    """

    def test_a_webhook_that_somebody_removed_is_put_back_with_what_waited_in_order(self, play) -> None:
        before = lost("removed")

        async def act(scene: Scene) -> None:
            await scene.until(lambda: scene.url == URL, "the registration")
            scene.someone_sets("")
            scene.write("first")
            scene.write("second")
            await scene.until(lambda: scene.url == URL, "the webhook put back")
            assert [b"first" in scene.intake.bodies[0], b"second" in scene.intake.bodies[1]] == [True, True]
            assert scene.held == 1, "the webhook waited until the backlog was in"
            await scene.until(lambda: scene.opened == 2, "the webhook open")
            assert line_is("open")

        assert "webhook_removed" in said(play(act))
        assert lost("removed") == before + 1

    def test_anothers_webhook_is_said_and_never_fought_over(self, play) -> None:
        before = lost("replaced")

        async def act(scene: Scene) -> None:
            await scene.until(lambda: scene.url == URL, "the registration")
            scene.someone_sets(THEIRS)
            await scene.until(lambda: line_is("elsewhere"), "the notice")
            looks = scene.gateway.calls["getWebhookInfo"]
            await scene.until(lambda: scene.gateway.calls["getWebhookInfo"] >= looks + 5, "five looks more")
            assert scene.url == THEIRS
            assert scene.gateway.calls["setWebhook"] == 1
            assert scene.line.state.details()["why"] == "the webhook points at https://theirs.example"
            scene.someone_sets("")
            await scene.until(lambda: scene.url == URL, "the webhook put back once it was free")
            await scene.until(lambda: line_is("open"), "the state")

        lines = play(act)
        assert said(lines).count("webhook_elsewhere") == 1
        assert "secret" not in str([line for line in lines if line["event"] == "webhook_elsewhere"])
        assert lost("replaced") == before + 1

    def test_a_webhook_removed_again_and_again_is_left_alone_for_a_while_and_said(
        self, play, monkeypatch
    ) -> None:
        async def act(scene: Scene) -> None:
            for _ in range(2):
                await scene.until(lambda: scene.url == URL, "the webhook")
                await scene.until(lambda: line_is("open"), "the state")
                scene.someone_sets("")
            await scene.until(lambda: scene.url == URL, "the webhook")
            scene.someone_sets("")
            await scene.until(lambda: line_is("contested"), "the notice")
            looks = scene.gateway.calls["getWebhookInfo"]
            await scene.until(lambda: scene.gateway.calls["getWebhookInfo"] >= looks + 5, "five looks more")
            assert scene.url == "", "nobody fights"
            scene.line._leave_alone_until = 0.001  # the truce is over
            await scene.until(lambda: scene.url == URL, "one more try")

        assert said(play(act)).count("webhook_contested") == 1

    def test_a_webhook_replaced_again_and_again_is_left_alone_too(self, play) -> None:
        async def act(scene: Scene) -> None:
            for _ in range(3):
                await scene.until(lambda: scene.url == URL, "the webhook")
                await scene.until(lambda: line_is("open"), "the state")
                scene.someone_sets(THEIRS)
                await scene.until(lambda: line_is("elsewhere"), "the notice")
                scene.someone_sets("")
            await scene.until(lambda: line_is("contested"), "the notice of the contest")
            assert scene.url == "", "nobody fights"

        play(act)

    def test_a_backlog_that_another_process_of_ours_fetches_is_no_removal(self, play, monkeypatch) -> None:
        monkeypatch.setattr(telegram, "SURE_SECONDS", 0.3)
        before = lost("removed")

        async def act(scene: Scene) -> None:
            await scene.until(lambda: scene.url == URL, "the registration")
            looks = scene.gateway.calls["getWebhookInfo"]
            scene.someone_sets("")
            await scene.until(lambda: scene.gateway.calls["getWebhookInfo"] > looks, "a look at it gone")
            scene.someone_sets(URL)
            await scene.until(lambda: scene.gateway.calls["getWebhookInfo"] >= looks + 3, "two looks more")
            assert scene.gateway.calls["setWebhook"] == 1

        play(act)
        assert lost("removed") == before

    def test_what_telegram_complains_of_is_shown_in_the_tree(self, play) -> None:
        async def act(scene: Scene) -> None:
            await scene.until(lambda: scene.url == URL, "the registration")
            scene.write("waits there")  # nobody is at that address
            await scene.until(lambda: "telegrams_last_error" in scene.line.state.details(), "the details")
            shown = scene.line.state.details()
            assert str(shown["telegrams_last_error"]).startswith("Can't connect to the webhook")
            assert shown["waiting_at_telegram"] == 1
            assert isinstance(shown["telegrams_last_error_seconds_ago"], int)

        play(act)


class TestPollingContested:
    def test_a_webhook_set_while_we_poll_is_waited_for_and_not_removed(self, play) -> None:
        async def act(scene: Scene) -> None:
            await scene.until(lambda: scene.gateway.calls.get("getUpdates"), "polling")
            scene.someone_sets(THEIRS)
            await scene.until(lambda: line_is("elsewhere"), "the notice")
            looks = scene.gateway.calls["getWebhookInfo"]
            await scene.until(lambda: scene.gateway.calls["getWebhookInfo"] >= looks + 5, "five looks more")
            assert scene.url == THEIRS
            assert scene.gateway.calls["deleteWebhook"] == 1
            scene.someone_sets("")
            scene.write("at last")
            await scene.until(lambda: scene.intake.bodies, "the message once it was gone")

        lines = play(act, polled=True)
        assert said(lines).count("webhook_elsewhere") == 1
        assert "polling_conflict" not in said(lines)

    def test_another_caller_of_get_updates_is_told_apart_from_a_webhook(self, play) -> None:
        async def act(scene: Scene) -> None:
            await scene.until(lambda: scene.inbound._poll is not None, "polling")
            scene.inbound._abort_poll(OTHER_POLLER)
            await scene.until(lambda: line_is("contested"), "the notice")
            scene.write("at last")
            await scene.until(lambda: scene.intake.bodies, "the message all the same")
            assert scene.gateway.calls["deleteWebhook"] == 1
            assert "getWebhookInfo" not in scene.gateway.calls

        lines = play(act, polled=True)
        assert "webhook_elsewhere" not in said(lines)
        assert "polling_conflict" in said(lines)
