"""Bots with a web server of their own, the usual form in production."""

import json
import os
import signal
from pathlib import Path

BOTS = Path(__file__).with_name("bots")


def listening(visitors):
    """What is sent to a server before that waits at Telegram."""
    for variant in visitors.variants:
        variant.wait_for(lambda v=variant: "Running on" in v.output(), "web server")


def test_a_webhook_bot_with_other_routes_on_its_port(on_both, free_port):
    with on_both(BOTS / "webhook.py", environment={"WEB_PORT": free_port}) as visitors:
        visitors.expect(2)
        listening(visitors)
        visitors.says("hello")
        visitors.says("again")
        answers = [
            (
                variant.request("GET", "/readyz"),
                variant.request("POST", "/notify", "12"),
                variant.request("POST", "/webhook", "{}"),
                variant.request("GET", "/nowhere")[0],
            )
            for variant in visitors.variants
        ]
        assert answers[0] == answers[1]
        assert answers[1][2] == (401, "Unauthorized")
        visitors.expect(1)


def test_bots_that_a_request_names_by_their_tokens(on_both, free_port):
    with on_both(BOTS / "multibot.py", environment={"WEB_PORT": free_port}) as visitors:
        visitors.expect(1)
        listening(visitors)
        visitors.says("hello")
        for variant in visitors.variants:
            variant.telegram.ask(
                "POST", "send", token=variant.token, chat_id=7, text=f"/add {variant.tokens[1]}"
            )
        visitors.expect(2)
        visitors.says("hello", bot=1)
        visitors.says("hello", bot=1)
        visitors.says("hello", bot=0)


def test_a_crash_loses_nothing_that_a_webhook_bot_answered_with_200(alone, free_port):
    port = free_port()
    environment = {"WEB_PORT": port}
    with alone(BOTS / "webhook.py", environment=environment, exit_code=-signal.SIGKILL) as (visitors, first):
        first.own = environment
        visitors.expect(2)
        listening(visitors)
        update = {"update_id": 5, "message": {"message_id": 1, "date": 1, "text": "/slow"}}
        update["message"] |= {"chat": {"id": 7, "type": "private"}}
        update["message"] |= {"from": {"id": 7, "is_bot": False, "first_name": "x"}}
        secret = {"X-Telegram-Bot-Api-Secret-Token": "my-secret"}
        assert first.request("POST", "/webhook", json.dumps(update), secret)[0] == 200
        os.kill(first.process.pid, signal.SIGKILL)
        first.process.join()
        assert [call["method"] for call in first.calls()][2:] == []
    with alone(BOTS / "webhook.py", environment=environment, tokens=first.tokens) as (_, second):
        second.wait_for(
            lambda: "slow" in [call["args"].get("text") for call in second.calls()], "answer after the crash"
        )


def answered(variant, token):
    return "sendMessage" in [call["method"] for call in variant.calls(token)]


def test_bots_known_by_their_tokens_are_served_after_a_restart_before_anybody_writes(alone, free_port):
    port = free_port()
    with alone(BOTS / "multibot.py", environment={"WEB_PORT": port}) as (visitors, first):
        visitors.expect(1)
        visitors.says(f"/add {first.tokens[1]}", calls=2)
        visitors.says("hello", bot=1, calls=0)
        # By what it is and not by its number: a webhook refused within the same second is set again.
        first.wait_for(lambda: answered(first, first.tokens[1]), "answer of the bot that was added")
    with alone(BOTS / "multibot.py", environment={"WEB_PORT": port}, tokens=first.tokens) as (
        visitors,
        again,
    ):
        again.own = {"WEB_PORT": port}
        bot_id = first.tokens[1].partition(":")[0]
        listening(visitors)
        ready = next(line for line in again.output().splitlines() if '"event":"ready"' in line)
        assert bot_id in ready
        assert again.request("POST", f"/webhook/bot/1:{'A' * 81}", "{}")[0] == 401, "a token nobody has"


def test_what_waited_at_telegram_for_a_webhook_bot_comes_in_the_order_of_its_ids(alone, free_port):
    port = free_port()
    with alone(BOTS / "webhook.py", environment={"WEB_PORT": port}) as (visitors, first):
        visitors.expect(2)
        listening(visitors)
        visitors.says("hello")
    for number in range(6):
        who = {"chat_id": 7, "user_id": 7, "text": f"{number}"}
        first.telegram.ask("POST", "send", token=first.token, **who)
    with alone(BOTS / "webhook.py", environment={"WEB_PORT": port}, tokens=first.tokens) as (_, again):
        again.wait_for(
            lambda: [call["args"].get("text", "")[:8] for call in again.calls()].count("<b>7</b>") == 1,
            "answer to the last of what waited",
        )

        def webhook_calls():
            everything = again.telegram.ask("GET", "calls", token=again.token, limit=10_000)["calls"]
            return [call for call in everything if call["method"] in ("deleteWebhook", "setWebhook")]

        def set_again():  # Telegram takes one in a second
            last = webhook_calls()[-1]
            return last["method"] == "setWebhook" and last["ok"]

        again.wait_for(set_again, "webhook set again")
        webhook = webhook_calls()
        assert [call["method"] for call in webhook if call["ok"]][-2:] == ["deleteWebhook", "setWebhook"]
        assert webhook[-1]["args"]["secret_token"] == "my-secret"
        texts = [call["args"]["text"] for call in again.calls() if call["method"] == "sendMessage"]
        assert [text[3] for text in texts] == ["1", "2", "3", "4", "5", "6", "7"]
        assert "catching_up" in again.output()
        answered = len(again.calls())
        again.telegram.ask("POST", "send", token=again.token, chat_id=7, text="and now")
        again.wait_for(lambda: len(again.calls()) > answered, "answer by the webhook")
