"""Word between processes: command line, web and worker are different processes and share only Redis.

    asker ──SET order, RPUSH its number──► mailroom:node:ID:orders ──BLPOP, GETDEL──► the process
      ▲──────────────── GETDEL ────────── mailroom:order:NUMBER:answer ◄──SET EX────────────┘

An order is carried out once or not at all: whoever deletes its text first has it, the process to do it, or
the asker to call it off. So a process that wakes up late does nothing that nobody waits for any more.
`rpc.py` is the asker, `listener.py` the one who is asked.
"""

from dataclasses import dataclass
from typing import Any, Literal

from pydantic import TypeAdapter
from pydantic_core import from_json

from mailroom.storage.texts import as_json
from mailroom.storage.words import words
from mailroom.supervisors.oncall.registry import Process
from mailroom.supervisors.oncall.reports import NodeReport

LOOK_SECONDS = 2.0
"""How long to wait for what a process only needs to read; and for it to take any order at all."""
ACT_SECONDS = 60.0
"""How long a restart or a stop may take: a process gives its children less than that."""
ORDER_BYTES_MAX = 256 * 1024
ANSWER_BYTES_MAX = 1024 * 1024
"""A report of a tree has a kilobyte per node."""
ANSWER_KEPT_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Order:
    """What one process is to do: to the node at `path`, or to the chats of `targets`, written as they are
    stored. `forgive` forgets earlier crashes of what is reloaded.
    """

    do: Literal["report", "restart", "stop", "start", "quiesce", "reload", "describe"]
    path: str = ""
    targets: tuple[str, ...] = ()
    seconds: float | None = None
    forgive: bool = False


@dataclass(frozen=True, slots=True)
class Reply:
    """What a process answers: a value, or why there is none."""

    value: Any = None
    error: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """A reply as the asker has it. `error` is there too when nobody replied, and `silent` then; such an order
    may be in progress still unless `error` says that it was not taken.
    """

    process: Process
    value: Any = None
    error: str = ""
    silent: bool = False


_orders = TypeAdapter(Order)
_reports = TypeAdapter(NodeReport)


def orders_of(process_id: str) -> str:
    """The list of a process's orders."""
    return f"mailroom:node:{process_id}:orders"


def order_key(number: str) -> str:
    """Where the text of an order is until somebody takes it."""
    return f"mailroom:order:{number}"


def answer_key(number: str) -> str:
    """Where the answer to an order is put."""
    return f"mailroom:order:{number}:answer"


def read_order(text: bytes) -> Order:
    """Read an order; raises `ValueError` for one of another version."""
    return _orders.validate_json(text)


def write_reply(reply: Reply) -> bytes:
    """A reply on its way."""
    text = as_json({"value": reply.value, "error": reply.error})
    if len(text) <= ANSWER_BYTES_MAX:
        return text
    return as_json({"value": None, "error": f"the answer has over {ANSWER_BYTES_MAX // 1024} KiB"})


def read_reply(order: Order, text: bytes) -> Reply:
    """Read a reply to this order."""
    try:
        found = from_json(text)
        value, error = found["value"], found["error"]
        if order.do == "report" and not error:
            value = _reports.validate_python(value)
    except (ValueError, KeyError, TypeError) as fault:
        why = words(fault)
        return Reply(error=f"answers in a way that this version does not understand: {why}")
    return Reply(value, error)
