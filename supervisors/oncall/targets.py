"""What on-call points at: everything, a bot, a chat, or a node of the supervision tree.

People write `shop`, `shop:123`, `chats/timers` or just `timers`; where that could be two things they write
`bot/shop` or `node/chats/timers`. The store has the long form always, so that it says one thing for ever.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal

from mailroom.actors.jobs.queue import DOT, name_in_room
from mailroom.storage.redis.entry import Chat
from mailroom.supervisors.oncall.errors import OnCallError, UnknownTargetError

Kind = Literal["everything", "bot", "chat", "node"]

EVERYTHING = "everything"
NAMED: dict[str, Kind] = {"bot": "bot", "chat": "chat", "node": "node"}
UNSTOPPABLE = ("stores", "oncall")
"""What takes the order to resume, and brings it: put aside, they could not be brought back."""
TARGET_CHARS_MAX = 300
"""Longer than any name; it is repeated in messages, keys and the audit."""
NAMES_SHOWN_MAX = 12
QUEUES_NODE = "jobs"
"""The supervisor whose children are called after the queues they work."""


@dataclass(frozen=True, slots=True)
class Target:
    """One thing to act on. `name` is the bot's, the chat's as `bot:chat_id`, or the path of the node."""

    kind: Kind
    name: str = ""

    @classmethod
    def stored_as(cls, text: str) -> "Target":
        """Read what `stored` wrote."""
        kind, _, name = text.partition("/")
        if text == EVERYTHING:
            return cls("everything")
        if not name or kind not in NAMED:
            raise ValueError(f"no stored target: {text!r}")
        return cls(NAMED[kind], name)

    @property
    def stored(self) -> str:
        """The form for the store and for other processes."""
        return self.kind if self.kind == "everything" else f"{self.kind}/{self.name}"

    def __str__(self) -> str:
        return self.name or self.kind

    @property
    def chat(self) -> Chat:
        """The address, of a target that is a chat."""
        assert self.kind == "chat", f"{self} is a {self.kind}"
        return Chat.parse(self.name)

    def covers(self, chat: Chat) -> bool:
        """Whether a chat belongs to it."""
        match self.kind:
            case "everything":
                return True
            case "bot":
                return chat.bot == self.name
            case "chat":
                return str(chat) == self.name
        return False


@dataclass(frozen=True, slots=True)
class Known:
    """The names there are. Where no process is running nobody knows them (`nobody`), and a target that is
    written in full is taken at its word.
    """

    bots: Collection[str]
    paths: Collection[str]
    nobody: bool = False


def covering(targets: Iterable[Target]) -> Callable[[Chat], bool]:
    """Whether any of the targets has a chat. Chats are looked up: there may be a thousand of them."""
    several = list(targets)
    chats = {target.name for target in several if target.kind == "chat"}
    wider = [target for target in several if target.kind != "chat"]
    return lambda chat: str(chat) in chats or any(target.covers(chat) for target in wider)


def find_target(text: str, known: Known) -> Target:
    """What a person means. Raises `UnknownTargetError` with the nearest names, `OnCallError` where it could
    be two things.
    """
    text = text.strip()
    if not text:
        raise OnCallError("No target: name everything, a bot, a chat as bot:chat_id, or a node of the tree.")
    if len(text) > TARGET_CHARS_MAX:
        raise UnknownTargetError(f"No name has over {TARGET_CHARS_MAX} characters.")
    if text == EVERYTHING:
        return Target("everything")
    kind, _, name = text.partition("/")
    if name and kind in NAMED:
        if found := _named(kind, name, known):
            return found
        raise _unknown(name, text, known, (kind,))
    return _guess(text, known)


def every_bots(text: str, paths: Collection[str]) -> list[str]:
    """The nodes of the queues that are called `text`, or `jobs/text`, in the rooms of their bots: what queues
    were called when all bots shared one.
    """
    above, _, name = text.rpartition("/")
    return [
        path
        for path in sorted(paths)
        for over, last in [path.rpartition("/")[::2]]
        if over.rpartition("/")[2] == QUEUES_NODE and DOT in last and name_in_room(last) == name
        and (not above or above == over)
    ]  # fmt: skip


def refuse_unstoppable(target: Target, known: Known) -> None:
    """Refuse to put aside what is needed to bring it back."""
    if target.kind != "node":
        return
    below = [path for path in known.paths if path.startswith(target.name + "/")]
    for path in (target.name, *below):
        word = next((word for word in path.split("/") if word in UNSTOPPABLE), None)
        if word is not None:
            raise OnCallError(
                f"{target} cannot be suspended or drained: the order to resume it comes through {word}."
                " Restart it, or stop the process."
            )


def _guess(text: str, known: Known) -> Target:
    """What a bare name means. A bot's name comes before the last word of a path: the bots have nodes that are
    called after them.
    """
    meant = []
    if ":" in text:
        if chat := _named("chat", text, known):
            meant.append(chat)
    elif text in known.bots:
        meant.append(Target("bot", text))
    if text in known.paths:
        meant.append(Target("node", text))
    if not meant:
        meant = [Target("node", path) for path in sorted(known.paths) if path.rpartition("/")[2] == text]
    if not meant:
        meant = [Target("node", path) for path in every_bots(text, known.paths)]
    if len(meant) == 1:
        return meant[0]
    if meant:
        written = " or ".join(target.stored for target in meant[:NAMES_SHOWN_MAX])
        raise OnCallError(f'"{text}" could be several things: write {written}.')
    raise _unknown(text, text, known, ("chat",) if ":" in text else ("bot", "node"))


def _named(kind: str, name: str, known: Known) -> Target | None:
    """A target of a kind that was named in full, if there is one."""
    if kind == "node":
        if name in known.paths or known.nobody:
            return Target("node", name)
        paths = every_bots(name, known.paths)
        if len(paths) > 1:
            written = " or ".join(f"node/{path}" for path in paths)
            raise OnCallError(f"Every bot has its own {name}: write {written}.")
        return Target("node", paths[0]) if paths else None
    if kind == "bot":
        good = not any(letter in ":/*" or letter.isspace() for letter in name)  # * is everything in the store
        return Target("bot", name) if good and (name in known.bots or known.nobody) else None
    chat = Chat.parse(name)
    if not chat.bot or not chat.id or any(letter.isspace() for letter in chat.id):
        return None
    return Target("chat", name) if chat.bot in known.bots or known.nobody else None


def _unknown(name: str, text: str, known: Known, kinds: tuple[str, ...]) -> UnknownTargetError:
    if known.nobody:
        return UnknownTargetError(
            f'Nobody knows "{text}": no process is running. Write it in full, as bot/NAME or node/chats/work.'
        )
    if kinds == ("chat",):
        chat = Chat.parse(name)
        if chat.bot in known.bots:
            return UnknownTargetError(f'"{text}" is no chat: write it like {chat.bot}:123456.')
        near = [f"{bot}:{chat.id}" for bot in _nearest(chat.bot, {bot: bot for bot in known.bots})]
        names: list[str] = sorted(known.bots)
        what = f'No bot is called "{chat.bot}"'
    else:
        options: dict[str, str] = {}
        if "node" in kinds:
            options |= {path: path for path in known.paths if path}
            options |= {path.rpartition("/")[2]: path for path in known.paths if "/" in path}
        if "bot" in kinds:
            options |= {bot: bot for bot in known.bots}
        near = _nearest(name, options)
        names = [*([EVERYTHING] if len(kinds) > 1 else []), *sorted(set(options.values()))]
        what = f'Nothing is called "{text}"'
    if near:
        return UnknownTargetError(f"{what}. Did you mean {' or '.join(near)}?")
    shown = ", ".join(names[:NAMES_SHOWN_MAX]) + (", …" if len(names) > NAMES_SHOWN_MAX else "")
    return UnknownTargetError(f"{what}. There is: {shown}." if shown else f"{what}.")


def _nearest(name: str, options: dict[str, str]) -> list[str]:
    folded = {option.casefold(): meant for option, meant in options.items()}
    return list(dict.fromkeys(folded[word] for word in get_close_matches(name.casefold(), folded, n=3)))
