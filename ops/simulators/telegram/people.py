"""What users do: write, tap, edit, block, pay, vote. Each deed becomes an update in the bot's backlog.

Nothing here talks to the bot directly: what a user does is delivered, late, twice or never, as `delivery` has
it.
"""

import time
from typing import Any

from mailroom.ops.simulators.fields import ControlError

from .bots import Bot, Query, Simulation
from .chats import Chat, Json, chat_instance
from .entities import with_found
from .kinds import KINDS, QUERY_SECONDS, kind_of
from .received import learn

PRE_CHECKOUT_SECONDS = 10.0
"""How long a bot has to agree to a payment; Telegram's documentation."""

TEXT_MAX = 4096
TEXTS = (("text", "entities"), ("caption", "caption_entities"))


class People:
    """The users of one simulator."""

    def __init__(self, simulation: Simulation) -> None:
        self._simulation = simulation

    def write(self, bot: Bot, chat_id: int, user: Json, content: Json) -> tuple[Json, int | None]:
        """A user's message: its copy in the chat, and the update's id (None if it was not queued)."""
        chat = bot.book.chat(chat_id, user)
        content = learn(self._simulation.files, content)
        for part, entities in TEXTS:
            if isinstance(content.get(part), str) and entities not in content:
                found = with_found(content[part], [])
                if found:
                    content = {**content, entities: found}
        if chat.keyboard is not None and chat.keyboard.get("one_time_keyboard"):
            chat.keyboard = None
        message = bot.book.new_message(chat, user, content)
        self._simulation.events.emit("message", bot.token, chat_id, {"message": message})
        return message, bot.inbound.push({"message": message})

    def edit(self, bot: Bot, chat_id: int, message_id: int, text: str) -> int | None:
        """A user changes a message of theirs."""
        message = self._message(bot, chat_id, message_id)
        if message["from"]["is_bot"]:
            raise ControlError("a user edits only messages of users")
        message["text"], message["edit_date"] = text, int(time.time())
        found = with_found(text, [])
        message.pop("entities", None)
        if found:
            message["entities"] = found
        self._simulation.events.emit("edit", bot.token, chat_id, {"message": message})
        return bot.inbound.push({"edited_message": message})

    def tap(
        self, bot: Bot, chat_id: int, user: Json, message_id: int, data: str, *, force: bool
    ) -> tuple[str, int | None]:
        """Press an inline button: returns the query's id and the update's."""
        message = self._message(bot, chat_id, message_id)
        if not force and data not in _offered(message):
            raise ControlError(f"message {message_id} has no button with data {data!r} (any more)")
        query_id = self._simulation.new_id()
        bot.ask(
            query_id, Query("callback_query", self._simulation.clock() + QUERY_SECONDS, chat_id, user["id"])
        )
        payload = {
            "id": query_id,
            "from": user,
            "message": message,
            "chat_instance": chat_instance(bot.token, chat_id),
            "data": data,
        }
        return query_id, bot.inbound.push({"callback_query": payload})

    def block(self, bot: Bot, chat_id: int, *, blocked: bool) -> int | None:
        """Block the bot, or take it back."""
        chat = self._chat(bot, chat_id)
        if chat.is_group:
            raise ControlError("only a private chat can be blocked")
        before, after = ("member", "kicked") if blocked else ("kicked", "member")
        chat.blocked = blocked
        self._simulation.events.emit("blocked", bot.token, chat_id, {"blocked": blocked})
        until = {"until_date": 0}
        change = {
            "chat": chat.info,
            "from": bot.book.user(chat_id),
            "date": int(time.time()),
            "old_chat_member": {"user": bot.me, "status": before, **(until if before == "kicked" else {})},
            "new_chat_member": {"user": bot.me, "status": after, **(until if after == "kicked" else {})},
        }
        return bot.inbound.push({"my_chat_member": change})

    def vote(self, bot: Bot, chat_id: int, user: Json, message_id: int, options: list[int]) -> int | None:
        """Vote in a poll; only a poll that is not anonymous tells the bot who voted."""
        message = self._message(bot, chat_id, message_id)
        poll = message.get("poll")
        if poll is None or poll["is_closed"]:
            raise ControlError(f"message {message_id} is not an open poll")
        if not all(0 <= option < len(poll["options"]) for option in options):
            raise ControlError("no such option")
        for option in options:
            poll["options"][option]["voter_count"] += 1
        poll["total_voter_count"] += 1
        self._simulation.events.emit("edit", bot.token, chat_id, {"message": message})
        if poll["is_anonymous"]:
            return bot.inbound.push({"poll": poll})
        chosen = [poll["options"][option]["persistent_id"] for option in options]
        answer = {"poll_id": poll["id"], "user": user, "option_ids": options, "option_persistent_ids": chosen}
        return bot.inbound.push({"poll_answer": answer})

    def pay(self, bot: Bot, chat_id: int, user: Json, invoice_key: str) -> tuple[str, int | None]:
        """Press Pay: the bot is asked first; returns the ids of the query and of its update."""
        invoice = bot.invoices.get(invoice_key)
        if invoice is None:
            raise ControlError("there is no such invoice")
        query_id = self._simulation.new_id()
        now = self._simulation.clock()

        def done(agreed: bool, reason: str) -> None:
            self._simulation.events.emit(
                "checkout", bot.token, chat_id, {"ok": agreed, "error_message": reason}
            )
            if agreed:
                self._charge(bot, chat_id, user, invoice)

        bot.ask(
            query_id,
            Query("pre_checkout_query", now + PRE_CHECKOUT_SECONDS, chat_id, user["id"], {"done": done}),
        )
        payload = {
            "id": query_id,
            "from": user,
            "currency": invoice["currency"],
            "total_amount": invoice["total_amount"],
            "invoice_payload": invoice["payload"],
        }
        return query_id, bot.inbound.push({"pre_checkout_query": payload})

    def _charge(self, bot: Bot, chat_id: int, user: Json, invoice: Json) -> None:
        charge_id = f"{user['id']}_{self._simulation.new_id()}"
        bot.payments[charge_id] = {
            "user_id": user["id"],
            "amount": invoice["total_amount"],
            "currency": invoice["currency"],
            "payload": invoice["payload"],
            "paid_at": int(time.time()),
            "refunded": False,
        }
        payment = {
            "currency": invoice["currency"],
            "total_amount": invoice["total_amount"],
            "invoice_payload": invoice["payload"],
            "telegram_payment_charge_id": charge_id,
            "provider_payment_charge_id": "" if invoice["currency"] == "XTR" else self._simulation.new_id(),
        }
        self.write(bot, chat_id, user, {"successful_payment": payment})

    def inject(self, bot: Bot, update: Any) -> int | None:
        """Put a raw update in line as if Telegram had made it, and remember what it introduces."""
        if not isinstance(update, dict):
            raise ControlError("an update is an object")
        try:
            kind = kind_of(update)
        except ValueError as error:
            raise ControlError(str(error)) from None
        payload = update[kind]
        if not isinstance(payload, dict):
            raise ControlError(f"{kind} must be an object")
        if "update_id" in update and update["update_id"] != bot.inbound.backlog.tail:
            try:
                bot.inbound.backlog.reseed(int(update["update_id"]))
            except (TypeError, ValueError) as error:
                raise ControlError(str(error)) from None
        payload = self._introduce(bot, kind, dict(payload))
        try:
            return bot.inbound.push({kind: payload})
        except ValueError as error:
            raise ControlError(str(error)) from None

    def _introduce(self, bot: Bot, kind: str, payload: Json) -> Json:
        """Fill in what Telegram always has, and store the chat, the message or the query."""
        now = int(time.time())
        author = self._author(bot, payload)
        if author is not None:
            payload["from"] = author
        if KINDS[kind].dated:
            payload.setdefault("date", now)
            chat_info = payload.get("chat")
            if isinstance(chat_info, dict) and isinstance(chat_info.get("id"), int):
                chat = bot.book.chat(chat_info["id"], author)
                chat.info.update(chat_info)
                payload = learn(self._simulation.files, {**payload, "chat": chat.info})
                if isinstance(payload.get("message_id"), int):
                    bot.book.keep(chat, payload)
                else:
                    payload = bot.book.new_message(chat, payload.get("from") or bot.me, payload)
                self._simulation.events.emit("message", bot.token, chat_info["id"], {"message": payload})
        elif kind in ("callback_query", "inline_query", "pre_checkout_query", "shipping_query"):
            payload.setdefault("id", self._simulation.new_id())
            seconds = PRE_CHECKOUT_SECONDS if kind == "pre_checkout_query" else KINDS[kind].lifetime_seconds
            chat_id = ((payload.get("message") or {}).get("chat") or {}).get("id")
            expires_at = self._simulation.clock() + seconds
            bot.ask(str(payload["id"]), Query(kind, expires_at, chat_id, author["id"] if author else 0))
        return payload

    def _author(self, bot: Bot, payload: Json) -> Json | None:
        author = payload.get("from")
        if not isinstance(author, dict) or not isinstance(author.get("id"), int):
            return None
        known = bot.book.user(author["id"])
        known.update(author)
        return known

    def _chat(self, bot: Bot, chat_id: int) -> Chat:
        chat = bot.book.find(chat_id)
        if chat is None:
            raise ControlError(f"there is no chat {chat_id}")
        return chat

    def _message(self, bot: Bot, chat_id: int, message_id: int) -> Json:
        message = self._chat(bot, chat_id).messages.get(message_id)
        if message is None:
            raise ControlError(f"there is no message {message_id} in chat {chat_id}")
        return message


def _offered(message: Json) -> set[str]:
    rows = (message.get("reply_markup") or {}).get("inline_keyboard", ())
    return {button["callback_data"] for row in rows for button in row if "callback_data" in button}
