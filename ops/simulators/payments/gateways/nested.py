"""Forms as Stripe reads them: `line_items[0][price_data][currency]=eur` is a tree."""

import re
from typing import Any
from urllib.parse import parse_qsl

FIELDS_MAX = 1_000
DEPTH_MAX = 8
PART = re.compile(r"\[([^\[\]]*)\]")


class FormError(ValueError):
    """The body is not such a form."""


def parse(body: bytes) -> dict[str, Any]:
    """Read a form as nested objects; a level whose names are all numbers stays one, sorted by `listed`."""
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=FIELDS_MAX)
    except ValueError as error:
        raise FormError(str(error)) from None
    tree: dict[str, Any] = {}
    for name, value in pairs:
        head, _, _ = name.partition("[")
        path = [head, *PART.findall(name[len(head) :])]
        if not head or len(path) > DEPTH_MAX or head + "".join(f"[{part}]" for part in path[1:]) != name:
            raise FormError(f"{name} is not a name of a field")
        level = tree
        for part in path[:-1]:
            below = level.setdefault(part, {})
            if not isinstance(below, dict):
                raise FormError(f"{name} is both a value and an object")
            level = below
        # A list may be written without numbers, too: `expand[]=…&expand[]=…`.
        level[path[-1] or str(len(level))] = value
    return tree


def listed(tree: Any) -> list[Any]:
    """The members of a list that was written as `name[0]…`, in order."""
    if not isinstance(tree, dict) or not all(key.isdecimal() for key in tree):
        raise FormError("a list is wanted, like name[0]")
    return [tree[key] for key in sorted(tree, key=int)]
