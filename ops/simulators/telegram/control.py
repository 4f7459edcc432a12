"""The levers: `/sim/…`, by which tests, load testers and the page steer the simulator. Mistakes get a
clear 400."""

from collections.abc import Callable
from typing import Any

from .bots import TOKEN, Bot, World
from .chats import MESSAGES_PER_CHAT_MAX, Json
from .errors import ControlError
from .faults import parse_rule
from .people import TEXT_MAX, People

SEND_COUNT_MAX = 10_000
UPDATES_AT_ONCE_MAX = 10_000
CALLS_DEFAULT = 1_000

Control = Callable[[Json], Any]


class Controls:
    """One method per lever; `routes` is the table the server looks into."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._people = People(world)
        self.routes: dict[tuple[str, str], Control] = {
            ("POST", "/sim/send"): self.send,
            ("POST", "/sim/tap"): self.tap,
            ("POST", "/sim/edit"): self.edit,
            ("POST", "/sim/block"): self.block,
            ("POST", "/sim/vote"): self.vote,
            ("POST", "/sim/pay"): self.pay,
            ("POST", "/sim/updates"): self.updates,
            ("GET", "/sim/faults"): self.list_faults,
            ("POST", "/sim/faults"): self.add_faults,
            ("DELETE", "/sim/faults"): self.clear_faults,
            ("GET", "/sim/delivery"): self.show_delivery,
            ("POST", "/sim/delivery"): self.change_delivery,
            ("GET", "/sim/limits"): self.show_limits,
            ("POST", "/sim/limits"): self.change_limits,
            ("GET", "/sim/calls"): self.calls,
            ("GET", "/sim/chat"): self.chat,
            ("GET", "/sim/bots"): self.bots,
            ("POST", "/sim/bots"): self.name_bot,
            ("POST", "/sim/reset"): self.reset,
        }

    # Users.

    def send(self, given: Json) -> Json:
        """A user writes, `count` times if asked; `{n}` in the text becomes the number."""
        bot, chat_id = self._bot(given), _integer(given, "chat_id")
        count = _integer(given, "count", 1, low=1, high=SEND_COUNT_MAX)
        content = given.get("content")
        if content is not None and not isinstance(content, dict):
            raise ControlError("content must be an object with fields of a Message")
        text = given.get("text")
        if content is None and (not isinstance(text, str) or not 1 <= len(text) <= TEXT_MAX):
            raise ControlError(f"text must be a string of 1-{TEXT_MAX} characters (or give content)")
        user = self._user(bot, given, chat_id)
        ids, message_id = [], 0
        for number in range(1, count + 1):
            part = (
                content if content is not None else {"text": text.replace("{n}", str(number)) if text else ""}
            )
            message, update_id = self._people.write(bot, chat_id, user, part)
            ids.append(update_id)
            message_id = message["message_id"]
        return {"update_ids": ids, "message_id": message_id}

    def tap(self, given: Json) -> Json:
        """A user presses an inline button; `force` presses one that is not there."""
        bot, chat_id = self._bot(given), _integer(given, "chat_id")
        data = given.get("data")
        if not isinstance(data, str):
            raise ControlError("data must be a string")
        user = self._user(bot, given, chat_id)
        force = bool(given.get("force"))
        query_id, update_id = self._people.tap(
            bot, chat_id, user, _integer(given, "message_id"), data, force=force
        )
        return {"callback_query_id": query_id, "update_ids": [update_id]}

    def edit(self, given: Json) -> Json:
        """A user edits a message of theirs."""
        text = given.get("text")
        if not isinstance(text, str) or not 1 <= len(text) <= TEXT_MAX:
            raise ControlError(f"text must be a string of 1-{TEXT_MAX} characters")
        message_id = _integer(given, "message_id")
        update_id = self._people.edit(self._bot(given), _integer(given, "chat_id"), message_id, text)
        return {"update_ids": [update_id]}

    def block(self, given: Json) -> Json:
        """A user blocks the bot (`blocked: false` takes it back)."""
        blocked = bool(given.get("blocked", True))
        return {"update_ids": [self._people.block(self._bot(given), _integer(given, "chat_id"), blocked)]}

    def vote(self, given: Json) -> Json:
        """A user votes in a poll."""
        bot, chat_id = self._bot(given), _integer(given, "chat_id")
        options = given.get("options")
        if not isinstance(options, list) or not all(isinstance(option, int) for option in options):
            raise ControlError("options must be a list of numbers")
        user = self._user(bot, given, chat_id)
        return {"update_ids": [self._people.vote(bot, chat_id, user, _integer(given, "message_id"), options)]}

    def pay(self, given: Json) -> Json:
        """A user presses Pay under an invoice (`message_id`) or follows an invoice `link`."""
        bot, chat_id = self._bot(given), _integer(given, "chat_id")
        link = given.get("link")
        key = str(link).rpartition("$")[2] if link else f"{chat_id}/{_integer(given, 'message_id')}"
        query_id, update_id = self._people.pay(bot, chat_id, self._user(bot, given, chat_id), key)
        return {"pre_checkout_query_id": query_id, "update_ids": [update_id]}

    def updates(self, given: Json) -> Json:
        """Any updates at all, in the given order; one that is refused stops the rest and names its place."""
        bot = self._bot(given)
        updates = given.get("updates")
        if not isinstance(updates, list) or not 1 <= len(updates) <= UPDATES_AT_ONCE_MAX:
            raise ControlError(f"updates must be a list of 1-{UPDATES_AT_ONCE_MAX} updates")
        ids = []
        for place, update in enumerate(updates):
            try:
                ids.append(self._people.inject(bot, update))
            except ControlError as error:
                raise ControlError(f"updates[{place}]: {error} (those before it are in line)") from None
        return {"update_ids": ids}

    # Misbehaviour.

    def list_faults(self, given: Json) -> Json:
        """All rules in force, and how many calls came before their wait was over."""
        faults = self._world.faults
        return {"rules": [rule.shown() for rule in faults.rules], "early_calls": faults.early_calls}

    def add_faults(self, given: Json) -> Json:
        """More rules, all or none."""
        rules = given.get("rules")
        if not isinstance(rules, list):
            raise ControlError("rules must be a list")
        self._world.faults.add([parse_rule(rule) for rule in rules])
        return self.list_faults(given)

    def clear_faults(self, given: Json) -> Json:
        """No rules, no waits."""
        self._world.faults.clear()
        return self.list_faults(given)

    def show_limits(self, given: Json) -> Json:
        """The flood limits, and how many calls they refused."""
        limits = self._world.limits
        shown = {name: getattr(limits.settings, name) for name in limits.settings.__slots__}
        return {**shown, "refused": limits.refused}

    def change_limits(self, given: Json) -> Json:
        """Switch the flood limits on or off, or change them; every chat starts with a full allowance."""
        self._world.limits.change(given)
        return self.show_limits(given)

    def show_delivery(self, given: Json) -> Json:
        """The sending side of each bot (or of one)."""
        wanted = [self._bot(given)] if given.get("token") else list(self._world.bots.values())
        return {"bots": {bot.token: bot.inbound.state() for bot in wanted}}

    def change_delivery(self, given: Json) -> Json:
        """Move the levers of one bot, or of all that exist."""
        unknown = set(given) - _DELIVERY
        if unknown:
            raise ControlError(
                f"unknown: {', '.join(sorted(unknown))}; known: {', '.join(sorted(_DELIVERY))}"
            )
        duplicates = _real(given, "duplicate_probability", 0, 1)
        latency = given.get("latency_ms")
        if latency is not None and not isinstance(latency, dict):
            latency = {"median": latency}
        median = _real(latency or {}, "median", 0, 60_000)
        sigma = _real(latency or {}, "sigma", 0, 5)
        paused = given.get("paused")
        if paused is not None and not isinstance(paused, bool):
            raise ControlError("paused must be true or false")
        connections = _integer(given, "max_connections", 0, low=0, high=100)
        next_id = _integer(given, "next_update_id", 0)
        bots = [self._bot(given)] if given.get("token") else list(self._world.bots.values())
        for bot in bots:
            if next_id and len(bot.inbound.backlog):
                raise ControlError(
                    f"{len(bot.inbound.backlog)} updates are pending; ids can be re-seeded when none is"
                )
        for bot in bots:
            levers = bot.inbound.levers
            if duplicates is not None:
                levers.duplicate_probability = duplicates
            if latency is not None:
                levers.latency_median_ms, levers.latency_sigma = median or 0.0, sigma or 0.0
            if paused is not None:
                levers.paused = paused
            if next_id:
                _reseed(bot, next_id)
            if "max_connections" in given and (connections or None) != levers.max_connections:
                levers.max_connections = connections or None
                bot.inbound.restart()
            bot.inbound.kick()
        return self.show_delivery(given)

    # Looking.

    def calls(self, given: Json) -> Json:
        """The log of Bot API calls from number `since` on."""
        chat_id = _integer(given, "chat_id", 0) or None
        since = _integer(given, "since", 0)
        limit = _integer(given, "limit", CALLS_DEFAULT, low=1)
        token, method = given.get("token") or None, given.get("method") or None
        lowered = method.lower() if method else None
        return self._world.calls.page(since, limit, token=token, chat_id=chat_id, method=lowered)

    def chat(self, given: Json) -> Json:
        """A chat as its user sees it now, edits applied, deleted messages gone."""
        bot, chat_id = self._bot(given), _integer(given, "chat_id")
        limit = _integer(given, "limit", MESSAGES_PER_CHAT_MAX, low=1)
        chat = bot.book.find(chat_id)
        if chat is None:
            return {
                "chat": None,
                "messages": [],
                "keyboard": None,
                "blocked": False,
                "pinned": None,
                "user": None,
            }
        return {
            "chat": chat.info,
            "messages": list(chat.messages.values())[-limit:],
            "keyboard": chat.keyboard,
            "blocked": chat.blocked,
            "pinned": chat.pinned,
            "user": bot.book.users.get(chat_id),
        }

    def bots(self, given: Json) -> Json:
        """Every bot seen so far, with its menu of commands."""
        return {
            "bots": [
                {
                    "token": bot.token,
                    "bot": bot.me,
                    "commands": {
                        key.rpartition("/")[2]: value
                        for key, value in bot.settings.items()
                        if key.startswith("commands//")
                    },
                    "chats": len(bot.book.chats),
                    "webhook": bot.inbound.url,
                }
                for bot in self._world.bots.values()
            ]
        }

    def name_bot(self, given: Json) -> Json:
        """Make a bot known and give it the name people see."""
        bot = self._bot(given)
        name, username = given.get("name"), given.get("username")
        bot.rename(str(name) if name else None, str(username) if username else None)
        self._world.events.emit("bot", bot.token, None, {"bot": bot.me})
        return {"bot": bot.me}

    def reset(self, given: Json) -> Json:
        """Forget everything, as after a start."""
        self._world.reset()
        return {"ok": True}

    def _bot(self, given: Json) -> Bot:
        token = given.get("token")
        if not isinstance(token, str) or not TOKEN.fullmatch(token):
            raise ControlError("token must look like 123456:ABC-def")
        return self._world.bot(token)

    def _user(self, bot: Bot, given: Json, chat_id: int) -> Json:
        user_id = _integer(given, "user_id", chat_id if chat_id > 0 else 1, low=1)
        names = {}
        for name in ("first_name", "language_code"):
            value = given.get(name)
            if value is not None and not (isinstance(value, str) and 1 <= len(value) <= 64):
                raise ControlError(f"{name} must be a string of 1-64 characters")
            names[name] = value
        return bot.book.user(user_id, **names)


_DELIVERY = frozenset(
    {"token", "duplicate_probability", "latency_ms", "paused", "max_connections", "next_update_id"}
)


def _reseed(bot: Bot, next_id: int) -> None:
    try:
        bot.inbound.backlog.reseed(next_id)
    except ValueError as error:
        raise ControlError(str(error)) from None


def _integer(
    given: Json, name: str, default: int | None = None, *, low: int = -(2**62), high: int = 2**62
) -> int:
    value = given.get(name)
    if value is None or value == "":
        if default is None:
            raise ControlError(f"{name} is missing")
        return default
    if isinstance(value, str) and value.lstrip("-").isdigit():
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise ControlError(
            f"{name} must be a whole number" + (f" from {low} to {high}" if high < 2**62 else "")
        )
    return value


def _real(given: Json, name: str, low: float, high: float) -> float | None:
    value = given.get(name)
    if value is None:
        return None
    if not isinstance(value, (int, float)) or isinstance(value, bool) or not low <= value <= high:
        raise ControlError(f"{name} must be a number from {low} to {high}")
    return float(value)
