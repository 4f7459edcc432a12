"""What users do, as requests: `/sim/send`, `/sim/tap` and their like. Mistakes get a clear 400."""

from mailroom.ops.simulators import fields
from mailroom.ops.simulators.controls import ControlHandler, Route
from mailroom.ops.simulators.fields import ControlError

from .bots import TOKEN, Bot, Simulation
from .chats import Json
from .people import TEXT_MAX, People

SEND_COUNT_MAX = 10_000
UPDATES_AT_ONCE_MAX = 10_000
NAME_MAX = 64


def bot_of(simulation: Simulation, given: Json) -> Bot:
    """Return the bot a request is about; any token of the right form is a bot."""
    token = given.get("token")
    if not isinstance(token, str) or not TOKEN.fullmatch(token):
        raise ControlError("token must look like 123456:ABC-def")
    return simulation.bot(token)


class Deeds:
    """One method per deed of a user; each answers with the ids of the updates it made."""

    def __init__(self, simulation: Simulation) -> None:
        self._simulation = simulation
        self._people = People(simulation)
        self.routes: dict[Route, ControlHandler] = {
            ("POST", "/sim/send"): self.send,
            ("POST", "/sim/tap"): self.tap,
            ("POST", "/sim/edit"): self.edit,
            ("POST", "/sim/block"): self.block,
            ("POST", "/sim/vote"): self.vote,
            ("POST", "/sim/pay"): self.pay,
            ("POST", "/sim/updates"): self.updates,
        }

    def send(self, given: Json) -> Json:
        """A user writes, `count` times if asked; `{n}` in the text becomes the number."""
        fields.only(given, _WHO | {"text", "content", "count"})
        bot, chat_id, user = self._who(given)
        count = fields.integer(given, "count", 1, low=1, high=SEND_COUNT_MAX)
        content = given.get("content")
        if content is not None and not isinstance(content, dict):
            raise ControlError("content must be an object with fields of a Message")
        text = fields.line(given, "text", TEXT_MAX)
        if content is None and text is None:
            raise ControlError("text is missing (or give content)")
        update_ids: list[int | None] = []
        message_id = 0
        for number in range(1, count + 1):
            part = content if text is None else {**(content or {}), "text": text.replace("{n}", str(number))}
            message, update_id = self._people.write(bot, chat_id, user, dict(part or {}))
            update_ids.append(update_id)
            message_id = message["message_id"]
        return {"update_ids": update_ids, "message_id": message_id}

    def tap(self, given: Json) -> Json:
        """A user presses an inline button; `force` presses one that is not there."""
        fields.only(given, _WHO | {"message_id", "data", "force"})
        bot, chat_id, user = self._who(given)
        data = given.get("data")
        if not isinstance(data, str):
            raise ControlError("data must be a string")
        message_id, force = fields.integer(given, "message_id"), fields.flag(given, "force") is True
        query_id, update_id = self._people.tap(bot, chat_id, user, message_id, data, force=force)
        return {"update_ids": [update_id], "callback_query_id": query_id}

    def edit(self, given: Json) -> Json:
        """A user edits a message of theirs."""
        fields.only(given, _WHO | {"message_id", "text"})
        bot, chat_id, _ = self._who(given)
        text = fields.line(given, "text", TEXT_MAX)
        if text is None:
            raise ControlError("text is missing")
        return {"update_ids": [self._people.edit(bot, chat_id, fields.integer(given, "message_id"), text)]}

    def block(self, given: Json) -> Json:
        """A user blocks the bot (`blocked: false` takes it back)."""
        fields.only(given, _WHO | {"blocked"})
        bot, chat_id, user = self._who(given)
        bot.book.chat(chat_id, user)
        blocked = fields.flag(given, "blocked") is not False
        return {"update_ids": [self._people.block(bot, chat_id, blocked=blocked)]}

    def vote(self, given: Json) -> Json:
        """A user votes in a poll."""
        fields.only(given, _WHO | {"message_id", "options"})
        bot, chat_id, user = self._who(given)
        options = given.get("options")
        if not isinstance(options, list) or not all(isinstance(option, int) for option in options):
            raise ControlError("options must be a list of numbers")
        message_id = fields.integer(given, "message_id")
        return {"update_ids": [self._people.vote(bot, chat_id, user, message_id, options)]}

    def pay(self, given: Json) -> Json:
        """A user presses Pay under an invoice (`message_id`) or follows an invoice `link`."""
        fields.only(given, _WHO | {"message_id", "link"})
        bot, chat_id, user = self._who(given)
        link = given.get("link")
        key = str(link).rpartition("$")[2] if link else f"{chat_id}/{fields.integer(given, 'message_id')}"
        query_id, update_id = self._people.pay(bot, chat_id, user, key)
        return {"update_ids": [update_id], "pre_checkout_query_id": query_id}

    def updates(self, given: Json) -> Json:
        """Any updates at all, in the given order; one that is refused stops the rest and names its place."""
        fields.only(given, frozenset({"token", "updates"}))
        bot = bot_of(self._simulation, given)
        updates = given.get("updates")
        if not isinstance(updates, list) or not 1 <= len(updates) <= UPDATES_AT_ONCE_MAX:
            raise ControlError(f"updates must be a list of 1-{UPDATES_AT_ONCE_MAX} updates")
        update_ids = []
        for place, update in enumerate(updates):
            try:
                update_ids.append(self._people.inject(bot, update))
            except ControlError as error:
                raise ControlError(f"updates[{place}]: {error} (those before it are in line)") from None
        return {"update_ids": update_ids}

    def _who(self, given: Json) -> tuple[Bot, int, Json]:
        bot = bot_of(self._simulation, given)
        chat_id = fields.integer(given, "chat_id")
        if chat_id == 0:
            raise ControlError("chat_id must not be 0")
        user_id = fields.integer(given, "user_id", chat_id if chat_id > 0 else 1, low=1)
        user = bot.book.user(
            user_id,
            first_name=fields.line(given, "first_name", NAME_MAX),
            language_code=fields.line(given, "language_code", NAME_MAX),
        )
        return bot, chat_id, user


_WHO = frozenset({"token", "chat_id", "user_id", "first_name", "language_code"})
