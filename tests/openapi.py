"""Questions made of an OpenAPI document: what it allows, and what nobody should send."""

import json
import random
import re
import string
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

import jsonschema

HOSTILE: tuple[Any, ...] = (
    "", "\x00", "\ud83d", "\u202e", "٣", " 1 ", "-0", "1e999", "../../etc", "%00", "' OR 1=1 --", "<script>",
    "😀" * 5_000, 2**63, -(2**63) - 1, 10**400, -1, 0, 1.5, True, None, [], {}, [[]], {"a": {"b": None}},
)  # fmt: skip
"""What stands where a value is expected."""
BODIES = (
    b"",
    b"null",
    b"[]",
    b"{",
    b'{"a":1,"a":2}',
    b"\xff\xfe",
    b'"' + b"\\ud83d" + b'"',
    b"[" * 2_000,
    b"1e999",
)
"""What is sent where an object is expected."""


@dataclass(frozen=True)
class Asked:
    """A question: how it is sent, and to which operation."""

    operation: str
    method: str
    path: str
    body: bytes | None
    content_type: str | None
    answers: frozenset[int]


def questions(document: dict[str, Any], each: int) -> Iterator[Asked]:
    """So many of each operation; the same whenever they are made."""
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            chance = random.Random(operation["operationId"])
            made = Maker(document["components"]["schemas"], chance)
            for _ in range(each):
                yield _question(made, path, method, operation)


def _question(made: "Maker", path: str, method: str, operation: dict[str, Any]) -> Asked:
    query = []
    for one in operation["parameters"]:
        value = made.perhaps_hostile(one["schema"])
        if one["in"] == "path":
            path = path.replace(f"{{{one['name']}}}", quote(_text(value) or "-", safe=""))
        elif one["required"] or made.chance.random() < 0.5:
            query.append((one["name"], _text(value)))
    if made.chance.random() < 0.1:
        query.append(("surplus", "1"))
    body, kind = None, None
    for kind, content in operation.get("requestBody", {}).get("content", {}).items():
        schema = content["schema"]
        if schema.get("format") == "binary":
            body = made.chance.choice(
                [*BODIES, "слово;fonts;key;A-1\r\n".encode("cp1251"), b"slug,kind\n1,2"]
            )
            kind = kind.replace("*", "x")
        elif made.chance.random() < 0.1:
            body = made.chance.choice(BODIES)
        else:
            body = json.dumps(made.perhaps_hostile(schema)).encode()
    answers = frozenset(int(status) for status in operation["responses"])
    address = path + (f"?{urlencode(query, errors='replace')}" if query else "")
    return Asked(operation["operationId"], method.upper(), address, body, kind, answers)


def _text(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    return text.encode("utf-8", "replace").decode()[:2_000]


async def answered_as_it_says(
    client: Any, document: dict[str, Any], each: int, headers_of: Callable[[int], dict[str, str]]
) -> None:
    """Ask so many of each, as whoever the headers say: nothing is answered otherwise, nor with an error of
    ours.
    """
    problem = document["components"]["schemas"]["Problem"]
    statuses = set()
    for number, asked in enumerate(questions(document, each)):
        kind = {"Content-Type": asked.content_type} if asked.content_type else {}
        answer = await client.open(
            asked.path, method=asked.method, headers={**headers_of(number), **kind}, data=asked.body or b""
        )
        assert answer.status_code in asked.answers, asked
        assert answer.status_code not in (500, 503), (asked, await answer.get_data())
        if answer.status_code >= 400:
            jsonschema.validate(await answer.get_json(), problem)
        statuses.add(answer.status_code)
    assert {200, 400, 404} <= statuses, "some of them are as they should be, and some are not"


class Maker:
    """Makes values of a schema."""

    def __init__(self, schemas: dict[str, Any], chance: random.Random) -> None:
        self._schemas = schemas
        self.chance = chance

    def perhaps_hostile(self, schema: dict[str, Any]) -> Any:
        """A value of it; now and then one that is none, or has one in it."""
        value = self.value(schema)
        if isinstance(value, dict) and value and self.chance.random() < 0.5:
            value[self.chance.choice([*value])] = self.chance.choice(HOSTILE)
        elif self.chance.random() < 0.2:
            return self.chance.choice(HOSTILE)
        return value

    def value(self, schema: dict[str, Any]) -> Any:
        """A value as the schema says."""
        if "$ref" in schema:
            return self.value(self._schemas[schema["$ref"].rpartition("/")[2]])
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            return self.chance.choice(schema["enum"])
        if several := schema.get("anyOf") or schema.get("oneOf"):
            return self.value(self.chance.choice(several))
        make = {
            "object": self._object, "array": self._array, "string": self._string,
            "integer": self._integer, "number": self._integer,
            "boolean": lambda _schema: self.chance.random() < 0.5, "null": lambda _schema: None,
        }  # fmt: skip
        return make[schema.get("type", "string")](schema)

    def _object(self, schema: dict[str, Any]) -> Any:
        needed = schema.get("required", ())
        names = [
            name for name in schema.get("properties", {}) if name in needed or self.chance.random() < 0.6
        ]
        return {name: self.value(schema["properties"][name]) for name in names}

    def _array(self, schema: dict[str, Any]) -> Any:
        if "prefixItems" in schema:
            return [self.value(one) for one in schema["prefixItems"]]
        most = min(schema.get("maxItems", 3), schema.get("minItems", 0) + 3)
        items = schema.get("items", {"type": "string"})
        return [self.value(items) for _ in range(self.chance.randint(schema.get("minItems", 0), most))]

    def _integer(self, schema: dict[str, Any]) -> Any:
        least = schema.get("minimum", schema.get("exclusiveMinimum", -1) + 1)
        most = schema.get("maximum", 2**31)
        return self.chance.choice([least, most, self.chance.randint(least, min(most, least + 2_000))])

    def _string(self, schema: dict[str, Any]) -> Any:
        least, most = schema.get("minLength", 0), schema.get("maxLength", 40)
        if count := re.search(r"\{(\d+)(?:,(\d+))?\}", schema.get("pattern", "")):
            least, most = int(count[1]), int(count[2] or count[1])
        letters = string.ascii_lowercase + string.digits
        if "pattern" not in schema:
            letters += " ёЖ-_.:😀"
        return "".join(self.chance.choice(letters) for _ in range(self.chance.randint(least, min(most, 60))))
