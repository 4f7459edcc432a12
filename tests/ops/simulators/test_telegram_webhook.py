"""Updates over real sockets: webhook, secret, retries, controls, polling."""

import asyncio

from aiohttp import MultipartWriter, web

HOOK = "setWebhook"


def test_an_update_reaches_the_webhook_with_its_secret(play):
    async def scenario(sim):
        hook = await sim.receiver()
        assert (await sim.api(HOOK, url=hook.url, secret_token="s3cret"))["description"] == "Webhook was set"
        sent = await sim.send("hi", first_name="Анна", language_code="ru")
        update = await hook.next()
        assert update["update_id"] == sent["update_ids"][0]
        assert update["message"]["text"] == "hi"
        assert update["message"]["from"]["first_name"] == "Анна"
        assert update["message"]["from"]["language_code"] == "ru"
        assert update["message"]["message_id"] == sent["message_id"]
        assert hook.headers["X-Telegram-Bot-Api-Secret-Token"] == "s3cret"
        await sim.until(lambda: not sim.simulation.bots["1001:test-token"].inbound.backlog)
        info = await sim.result("getWebhookInfo")
        assert info["url"] == hook.url
        assert info["pending_update_count"] == 0

    play(scenario)


def test_a_refused_update_comes_again_and_the_error_is_shown(play):
    async def scenario(sim):
        hook = await sim.receiver()
        answers = [web.Response(status=503), web.Response()]
        hook.answer = lambda update: answers.pop(0)
        await sim.result(HOOK, url=hook.url)
        await sim.send()
        first, again = await hook.next(), await hook.next()
        assert first == again
        info = await sim.result("getWebhookInfo")
        assert info["last_error_message"] == "Wrong response from the webhook: 503 Service Unavailable"

    play(scenario)


def test_retry_after_holds_one_chat_and_no_other(play):
    async def scenario(sim):
        hook = await sim.receiver()
        flooded = 1

        def answer(update):
            if update["message"]["chat"]["id"] == flooded:
                return web.Response(status=429, headers={"Retry-After": "3600"})
            return web.Response()

        hook.answer = answer
        await sim.result(HOOK, url=hook.url)
        await sim.send(chat_id=flooded)
        await sim.send(chat_id=flooded, text="second")
        assert (await hook.next())["message"]["text"] == "hello"
        await sim.send(chat_id=2, text="other")
        assert (await hook.next())["message"]["text"] == "other"
        await sim.until(
            lambda: sim.simulation.bot("1001:test-token").inbound.webhook.state()["in_flight"] == 0
        )
        assert hook.requests.empty()
        assert (await sim.result("getWebhookInfo"))["pending_update_count"] == 2

    play(scenario)


def test_texts_of_one_chat_arrive_in_order_over_many_connections(play):
    async def scenario(sim):
        hook = await sim.receiver()
        await sim.result(HOOK, url=hook.url)
        await sim.send("n{n}", count=100)
        texts = [(await hook.next())["message"]["text"] for _ in range(100)]
        assert texts == [f"n{number}" for number in range(1, 101)]

    play(scenario)


def test_a_webhook_that_nobody_serves_keeps_the_updates(play):
    async def scenario(sim):
        hook = await sim.receiver()
        await sim.cleanups.pop()()
        await sim.result(HOOK, url=hook.url)
        await sim.send()
        bot = sim.simulation.bot("1001:test-token")
        await sim.until(lambda: "last_error_message" in bot.inbound.info())
        assert bot.inbound.info()["last_error_message"].startswith("Can't connect to the webhook")
        assert len(bot.inbound.backlog) == 1

    play(scenario)


def test_a_connection_cut_before_the_answer_means_the_same_update_again(play):
    async def scenario(sim):
        hook = await sim.receiver()
        cut = [True]
        original = hook.take

        async def take(request):
            if cut.pop() if cut else False:
                hook.requests.put_nowait((await request.json(), request.headers))
                request.transport.abort()
                return web.Response()
            return await original(request)

        hook.take = take
        runner = web.ServerRunner(web.Server(take), shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        sim.cleanups.append(runner.cleanup)
        await sim.result(HOOK, url=f"http://127.0.0.1:{runner.addresses[0][1]}/")
        await sim.send()
        assert await hook.next() == await hook.next()

    play(scenario)


def test_a_method_in_the_answer_is_executed_in_any_encoding(play):
    async def scenario(sim):
        hook = await sim.receiver()

        def multipart():
            writer = MultipartWriter("form-data")
            for name, value in (("method", "sendMessage"), ("chat_id", "5"), ("text", "два")):
                writer.append(value).set_content_disposition("form-data", name=name)
            return web.Response(body=writer)

        answers = [
            web.json_response({"method": "sendMessage", "chat_id": 5, "text": "one"}),
            multipart(),
            web.json_response({"method": "getMe"}),
            web.json_response({"method": "setWebhook", "url": ""}),
            web.json_response({"method": "sendMessage", "chat_id": 5, "text": ""}),
        ]
        count = len(answers)
        hook.answer = lambda update: answers.pop(0)
        await sim.result(HOOK, url=hook.url)
        await sim.send(count=count)
        for _ in range(count):
            await hook.next()
        bot = sim.simulation.bot("1001:test-token")
        await sim.until(lambda: not bot.inbound.backlog)
        calls = (await sim.sim("calls?since=1", "GET"))["calls"]
        assert [(call["method"], call["args"]["text"], call["ok"]) for call in calls] == [
            ("sendMessage", "one", True),
            ("sendMessage", "два", True),
            ("sendMessage", "", False),
        ]
        assert bot.inbound.webhook.url == hook.url

    play(scenario)


def test_an_outage_builds_a_backlog_that_comes_afterwards(play):
    async def scenario(sim):
        hook = await sim.receiver()
        await sim.result(HOOK, url=hook.url)
        await sim.sim("delivery", paused=True)
        await sim.send(count=5)
        assert (await sim.result("getWebhookInfo"))["pending_update_count"] == 5
        assert hook.requests.empty()
        await sim.sim("delivery", paused=False)
        for _ in range(5):
            await hook.next()

    play(scenario)


def test_duplicates_on_demand_come_exactly_twice(play):
    async def scenario(sim):
        hook = await sim.receiver()
        await sim.result(HOOK, url=hook.url)
        await sim.sim("delivery", token="1001:test-token", duplicate_probability=1)
        sent = await sim.send(count=3)
        got = [(await hook.next())["update_id"] for _ in range(6)]
        assert sorted(got) == sorted(sent["update_ids"] * 2)
        await sim.until(lambda: not sim.simulation.bot("1001:test-token").inbound.backlog)
        assert hook.requests.empty()

    play(scenario)


def test_network_delay_changes_no_outcome(play):
    async def scenario(sim):
        hook = await sim.receiver()
        await sim.result(HOOK, url=hook.url)
        await sim.sim("delivery", latency_ms={"median": 5, "sigma": 0.5}, max_connections=3)
        sent = await sim.send(count=5)
        assert [(await hook.next())["update_id"] for _ in range(5)] == sent["update_ids"]
        await sim.until(lambda: not sim.simulation.bot("1001:test-token").inbound.backlog)

    play(scenario)


def test_ids_can_be_set_and_go_down_after_a_silent_week(play):
    async def scenario(sim):
        await sim.send()
        token = "1001:test-token"
        refused = await sim.sim("delivery", expect=400, token=token, next_update_id=7)
        assert "1 updates are pending" in refused["error"]
        await sim.result("getUpdates", offset=-1)
        await sim.result("getUpdates", offset=sim.simulation.bot(token).inbound.backlog.tail)
        await sim.sim("delivery", token=token, next_update_id=7)
        assert (await sim.send())["update_ids"] == [7]

    play(scenario)


def test_disallowed_kinds_take_no_id(play):
    async def scenario(sim):
        await sim.result("getUpdates", allowed_updates=["callback_query"])
        assert (await sim.send())["update_ids"] == [None]
        await sim.result("getUpdates", allowed_updates=[])
        first = (await sim.send())["update_ids"][0]
        assert (await sim.send())["update_ids"] == [first + 1]
        assert (await sim.result("getWebhookInfo")).get("allowed_updates") is None

    play(scenario)


def test_get_updates_confirms_by_offset_and_waits(play):
    async def scenario(sim):
        await sim.send("a{n}", count=3)
        updates = await sim.result("getUpdates", limit=2)
        assert [update["message"]["text"] for update in updates] == ["a1", "a2"]
        offset = updates[-1]["update_id"] + 1
        assert [u["message"]["text"] for u in await sim.result("getUpdates", offset=offset)] == ["a3"]
        waiting = asyncio.create_task(sim.result("getUpdates", offset=offset + 1, timeout=30))
        await sim.until(lambda: sim.simulation.bot("1001:test-token").inbound._poll is not None)
        await sim.send("late")
        assert [update["message"]["text"] for update in await waiting] == ["late"]

    play(scenario)


def test_two_pollers_or_a_webhook_beside_a_poller_conflict(play):
    async def scenario(sim):
        first = asyncio.create_task(sim.refusal("getUpdates", timeout=30))
        inbound = sim.simulation.bot("1001:test-token").inbound
        await sim.until(lambda: inbound._poll is not None)
        second = asyncio.create_task(sim.refusal("getUpdates", timeout=30))
        assert (await first).startswith("409 Conflict: terminated by other getUpdates request")
        await sim.until(lambda: inbound._poll is not None)
        hook = await sim.receiver()
        await sim.result(HOOK, url=hook.url)
        assert await second == "409 Conflict: terminated by setWebhook request"
        assert (await sim.refusal("getUpdates")).startswith("409 Conflict: can't use getUpdates method while")

    play(scenario)


def test_set_webhook_is_taken_once_a_second_and_checked(play):
    async def scenario(sim):
        hook = await sim.receiver()
        assert await sim.refusal(HOOK, url="ftp://x") == (
            "400 Bad Request: bad webhook: An HTTPS URL must be provided for webhook"
        )
        assert (await sim.refusal(HOOK, url="http://[bad")).startswith("400")
        assert "unallowed characters" in await sim.refusal(HOOK, url=hook.url, secret_token="no spaces")
        await sim.result(HOOK, url=hook.url)
        body = await sim.api(HOOK, url=hook.url)
        assert body["error_code"] == 429
        assert body["parameters"] == {"retry_after": 1}
        assert sim.headers["Retry-After"] == "1"
        assert (await sim.api("deleteWebhook"))["description"] == "Webhook was deleted"
        assert (await sim.api("deleteWebhook"))["description"] == "Webhook is already deleted"

    play(scenario)


def test_dropping_pending_updates_empties_the_backlog(play):
    async def scenario(sim):
        await sim.send(count=3)
        await sim.result("deleteWebhook", drop_pending_updates=True)
        assert await sim.result("getUpdates") == []

    play(scenario)
