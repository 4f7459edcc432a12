"""What a bot does to a group shows when it asks, and a message says what it answers and where it is from."""

import pytest

GROUP = -100500
INTO_IT = {"chat_id": GROUP}


def test_a_group_keeps_its_title_its_words_and_who_may_what_in_it(play):
    async def scenario(sim):
        await sim.send(chat_id=GROUP, user_id=8)
        await sim.result("setChatTitle", title="Other", **INTO_IT)
        await sim.result("setChatDescription", description="About", **INTO_IT)
        await sim.result("setChatPermissions", permissions={"can_send_messages": True}, **INTO_IT)
        chat = await sim.result("getChat", **INTO_IT)
        assert (chat["title"], chat["description"], chat["permissions"]["can_send_polls"]) == (
            "Other",
            "About",
            False,
        )

        async def status():
            return (await sim.result("getChatMember", user_id=8, **INTO_IT))["status"]

        await sim.result("restrictChatMember", user_id=8, permissions={}, **INTO_IT)
        assert await status() == "restricted"
        await sim.result("promoteChatMember", user_id=8, can_pin_messages=True, **INTO_IT)
        assert [one["status"] for one in await sim.result("getChatAdministrators", **INTO_IT)] == [
            "administrator"
        ]
        await sim.result("banChatMember", user_id=8, **INTO_IT)
        assert await status() == "kicked"
        await sim.result("unbanChatMember", user_id=8, **INTO_IT)
        assert await status() == "left"

    play(scenario)


def test_a_link_into_a_group_has_a_name_and_an_end(play):
    async def scenario(sim):
        await sim.send(chat_id=GROUP, user_id=8)
        link = await sim.result("createChatInviteLink", name="n", expire_date=2_000_000_000, **INTO_IT)
        assert (link["name"], link["expire_date"]) == ("n", 2_000_000_000)
        there = {"invite_link": link["invite_link"], **INTO_IT}
        assert (await sim.result("editChatInviteLink", name="m", **there))["name"] == "m"
        assert (await sim.result("revokeChatInviteLink", **there))["is_revoked"]
        unknown = await sim.refusal("revokeChatInviteLink", invite_link="https://t.me/+no", **INTO_IT)
        assert unknown == "400 Bad Request: INVITE_HASH_EXPIRED"

    play(scenario)


def test_a_reply_quotes_words_of_the_message_and_one_to_another_chat_names_it(play):
    async def scenario(sim):
        first = await sim.result("sendMessage", chat_id=5, text="one two three")
        quoted = {"message_id": first["message_id"], "quote": "two"}
        reply = await sim.result("sendMessage", chat_id=5, text="x", reply_parameters=quoted)
        assert reply["quote"] == {"text": "two", "position": 4, "is_manual": True}
        untrue = {**quoted, "quote": "four"}
        refusal = await sim.refusal("sendMessage", chat_id=5, text="x", reply_parameters=untrue)
        assert refusal == "400 Bad Request: QUOTE_TEXT_INVALID"
        away = {"message_id": first["message_id"], "chat_id": 5}
        far = await sim.result("sendMessage", chat_id=6, text="x", reply_parameters=away)
        assert far["external_reply"]["message_id"] == first["message_id"]

    play(scenario)


def test_what_is_protected_is_not_repeated_and_what_is_forwarded_says_where_from(play):
    async def scenario(sim):
        secret = await sim.result("sendMessage", chat_id=5, text="s", protect_content=True)
        where = {"chat_id": 6, "from_chat_id": 5}
        for method, done in (("forwardMessage", "forwarded"), ("copyMessage", "copied")):
            refusal = await sim.refusal(method, message_id=secret["message_id"], **where)
            assert refusal == f"400 Bad Request: message can't be {done}"
        plain = await sim.result("sendMessage", chat_id=5, text="p")
        [again] = await sim.result("forwardMessages", message_ids=[plain["message_id"]], **where)
        shown = await sim.sim("chat?token=1001:test-token&chat_id=6", "GET")
        assert shown["messages"][-1]["message_id"] == again["message_id"]
        assert shown["messages"][-1]["forward_origin"]["sender_user"]["is_bot"]

    play(scenario)


def test_a_quiz_explains_itself_in_marked_up_words(play):
    async def scenario(sim):
        sent = await sim.result(
            "sendPoll",
            chat_id=5,
            question="<i>?</i>",
            question_parse_mode="HTML",
            options=[{"text": "*a*", "text_parse_mode": "Markdown"}, "b"],
            type="quiz",
            correct_option_id=1,
            explanation="<b>b</b>",
            explanation_parse_mode="HTML",
        )
        poll = sent["poll"]
        assert (poll["question"], poll["explanation"], poll["options"][0]["text"]) == ("?", "b", "a")
        assert poll["explanation_entities"] == [{"type": "bold", "offset": 0, "length": 1}]
        assert (await sim.result("stopPoll", chat_id=5, message_id=sent["message_id"]))["is_closed"]
        refusal = await sim.refusal("stopPoll", chat_id=5, message_id=sent["message_id"])
        assert refusal == "400 Bad Request: poll has already been closed"

    play(scenario)


@pytest.mark.long  # a poll is open for five seconds at least
def test_a_poll_closes_when_its_time_is_up_and_the_bot_hears_of_it(play):
    async def scenario(sim):
        poll = {"question": "?", "options": ["a", "b"], "open_period": 5}
        sent = await sim.result("sendPoll", chat_id=5, **poll)
        assert sent["poll"]["open_period"] == 5
        assert "have both" in await sim.refusal("sendPoll", chat_id=5, close_date=2_000_000_000, **poll)
        [closed] = await sim.result("getUpdates", timeout=20)
        assert (closed["poll"]["id"], closed["poll"]["is_closed"]) == (sent["poll"]["id"], True)

    play(scenario)


def test_stars_that_came_and_went_back_are_listed(play):
    async def scenario(sim):
        invoice = {"title": "t", "description": "d", "payload": "p", "currency": "XTR"}
        prices = [{"label": "x", "amount": 7}]
        sent = await sim.result("sendInvoice", chat_id=5, prices=prices, **invoice)
        asked = await sim.sim("pay", chat_id=5, message_id=sent["message_id"])
        query = {"pre_checkout_query_id": asked["pre_checkout_query_id"]}
        await sim.result("answerPreCheckoutQuery", ok=True, **query)
        [came] = (await sim.result("getStarTransactions"))["transactions"]
        assert (came["amount"], came["source"]["invoice_payload"]) == (7, "p")
        charge = {"telegram_payment_charge_id": came["id"]}
        await sim.result("refundStarPayment", user_id=5, **charge)
        [_, went] = (await sim.result("getStarTransactions"))["transactions"]
        assert went["receiver"]["user"]["id"] == 5

    play(scenario)


@pytest.mark.parametrize("method", ["setChatTitle", "createChatInviteLink", "banChatMember"])
def test_a_person_is_no_group(play, method):
    async def scenario(sim):
        refusal = await sim.refusal(method, chat_id=5, user_id=8, title="x")
        assert "private chat" in refusal or "supergroup and channel chats only" in refusal

    play(scenario)


def test_an_injected_query_has_a_whole_person_in_it(play):
    async def scenario(sim):
        query = {"query": "x", "offset": "", "from": {"id": 5, "first_name": "Ann"}}
        await sim.sim("updates", updates=[{"inline_query": query}])
        person = (await sim.result("getUpdates", offset=-1))[0]["inline_query"]["from"]
        assert (person["first_name"], person["is_bot"]) == ("Ann", False)

    play(scenario)
