"""Looking without touching: `/sim/calls`, `/sim/chat`, `/sim/bots`."""

from mailroom.ops.simulators import fields
from mailroom.ops.simulators.controls import ControlHandler, Route
from mailroom.ops.simulators.fields import ControlError

from .bots import Simulation
from .chats import MESSAGES_PER_CHAT_MAX, Json
from .deeds import NAME_MAX, bot_of

CALLS_DEFAULT = 1_000
PEOPLE_MAX = 20
HINT_MAX = 400


class Views:
    """One method per view."""

    def __init__(self, simulation: Simulation) -> None:
        self._simulation = simulation
        self.routes: dict[Route, ControlHandler] = {
            ("GET", "/sim/calls"): self.calls,
            ("GET", "/sim/chat"): self.chat,
            ("GET", "/sim/bots"): self.bots,
            ("POST", "/sim/bots"): self.name_bot,
        }

    def calls(self, given: Json) -> Json:
        """The log of Bot API calls from number `since` on."""
        fields.only(given, frozenset({"token", "since", "chat_id", "limit", "method"}))
        method = given.get("method") or None
        return self._simulation.calls.page(
            fields.integer(given, "since", 0),
            fields.integer(given, "limit", CALLS_DEFAULT, low=1),
            token=given.get("token") or None,
            chat_id=fields.integer(given, "chat_id", 0) or None,
            method=method.lower() if isinstance(method, str) else None,
        )

    def chat(self, given: Json) -> Json:
        """A chat as its user sees it now, edits applied, deleted messages gone."""
        bot, chat_id = bot_of(self._simulation, given), fields.integer(given, "chat_id")
        limit = fields.integer(given, "limit", MESSAGES_PER_CHAT_MAX, low=1)
        chat = bot.book.find(chat_id)
        return {
            "chat": chat.info if chat else None,
            "user": bot.book.users.get(chat_id),
            "messages": list(chat.messages.values())[-limit:] if chat else [],
            "keyboard": chat.keyboard if chat else None,
            "blocked": chat.blocked if chat else False,
            "pinned": chat.pinned if chat else None,
        }

    def bots(self, _given: Json) -> Json:
        """Every bot seen so far, with its menu of commands by language ("" for all others)."""
        return {
            "bots": [
                {
                    "token": bot.token,
                    "bot": bot.me,
                    "people": bot.people,
                    "commands": {
                        key.removeprefix("commands//"): menu
                        for key, menu in bot.settings.items()
                        if key.startswith("commands//")
                    },
                    "chats": len(bot.book.chats),
                    "webhook": bot.inbound.webhook.url,
                }
                for bot in self._simulation.bots.values()
            ]
        }

    def name_bot(self, given: Json) -> Json:
        """Make a bot known, give it the name people see, and say who is who on its chat page."""
        fields.only(given, frozenset({"token", "name", "username", "people"}))
        bot = bot_of(self._simulation, given)
        if (people := _people(given)) is not None:
            bot.people = people
        bot.rename(fields.line(given, "name", NAME_MAX), fields.line(given, "username", NAME_MAX))
        self._simulation.events.emit("bot", bot.token, None, {"bot": bot.me})
        return {"bot": bot.me}


def _people(given: Json) -> list[Json] | None:
    """Whom the page introduces, or None if the request says nothing of it."""
    people = given.get("people")
    if people is None:
        return None
    if not isinstance(people, list) or len(people) > PEOPLE_MAX:
        raise ControlError(f"people must be a list of at most {PEOPLE_MAX}")
    return [_person(person) for person in people]


def _person(person: object) -> Json:
    if not isinstance(person, dict):
        raise ControlError("each of the people must be an object")
    fields.only(person, frozenset({"id", "name", "language", "role", "hint"}), " in people")
    return {
        "id": fields.integer(person, "id", low=1),
        "name": fields.line(person, "name", NAME_MAX) or "",
        "language": fields.line(person, "language", NAME_MAX) or "en",
        "role": fields.line(person, "role", NAME_MAX) or "",
        "hint": fields.line(person, "hint", HINT_MAX) or "",
    }
