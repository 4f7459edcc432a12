"""What an ask has to be told and may be told, in the lists of what there is."""

from typing import Any

from mailroom.actors.pages.ask import Ask

FILE = "file"


def fields_of(ask: Ask[Any, Any]) -> list[str]:
    """What it is told besides its path: what need not be is written with a question mark."""
    own = {name: field for name, field in ask.model.model_fields.items() if name not in (*ask.in_path, FILE)}
    names = [name if field.is_required() else f"{name}?" for name, field in own.items()]
    return (["why", *names, "key" if ask.keyed else "key?"]) if ask.changes else names


def purpose(ask: Ask[Any, Any]) -> str:
    """What it is for, and what it is told where."""
    if ask.method == "GET":
        told = _in_query(ask)
    elif ask.takes is not None:
        told = f"The body is a file: {_in_query(ask)}"
    else:
        told = f"Body: {', '.join(fields_of(ask))}."
    return " ".join(filter(None, [ask.says, told]))


def _in_query(ask: Ask[Any, Any]) -> str:
    """What stands in the address, as it is where nothing is said."""
    written = []
    for name in (field.removesuffix("?") for field in fields_of(ask)):
        field = ask.model.model_fields.get(name)
        value = "" if field is None or field.is_required() or field.default is None else field.default
        written.append(f"{name}={value}")
    return " ".join(f"{'&' if at else '?'}{one}" for at, one in enumerate(written))
