"""What a page or a section can be asked, as an OpenAPI document: made of its table, and so never behind it.

https://spec.openapis.org/oas/v3.1.0
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from mailroom.actors.pages.ask import Ask
from mailroom.ingress.asks.answering import OF_THE_PLATFORM, STATUS
from mailroom.ingress.asks.reading import FILE

OPENAPI = "_openapi"
"""Below which name it is asked for, beside the asks."""
VERSION = "3.1.0"
SCHEMAS = "#/components/schemas/"
REFUSED = sorted({*STATUS.values(), *OF_THE_PLATFORM.values()})
"""The statuses of all problems; which of them an ask can come to, its function knows."""

Json = dict[str, Any]
Own = Callable[[Ask[Any, Any]], type[BaseModel]]
"""What the platform itself reads of an ask: `key`, `why`."""


def document(title: str, at: str, asks: Iterable[Ask[Any, Any]], own: Own, problem: Json) -> Json:
    """The document of the asks below the address `at`; `problem` is the schema of what is said instead."""
    asks = list(asks)
    models = {model for ask in asks for model in (ask.model, own(ask))}
    refs, defined = models_json_schema(
        [(model, "validation") for model in sorted(models, key=lambda one: one.__qualname__)],
        ref_template=SCHEMAS + "{model}",
    )
    schemas: dict[str, Json] = defined.get("$defs", {})
    named = {model: schemas[ref["$ref"].removeprefix(SCHEMAS)] for (model, _), ref in refs.items()}
    paths: dict[str, Json] = {}
    for ask in asks:
        operation = _operation(ask, named[ask.model], named[own(ask)])
        paths.setdefault(at + ask.path, {})[ask.method.lower()] = operation
    used = {name: schema for name, schema in schemas.items() if schema not in named.values()}
    return {
        "openapi": VERSION,
        "info": {"title": title, "version": "1"},
        "paths": paths,
        "components": {"schemas": {**used, "Problem": problem}},
    }


def _operation(ask: Ask[Any, Any], model: Json, own: Json) -> Json:
    read = (own, model) if ask.changes else (model,)  # who only looks has nothing to say to the platform
    fields = {name: schema for one in read for name, schema in one.get("properties", {}).items()}
    needed = {name for one in read for name in one.get("required", ())}
    in_query = ask.method == "GET" or ask.takes is not None
    rest = [name for name in fields if name not in (*ask.in_path, FILE)]
    parameters = [_parameter("path", name, fields[name], needed=True) for name in ask.in_path]
    if in_query:
        parameters += [_parameter("query", name, fields[name], needed=name in needed) for name in rest]
    operation: Json = {
        "operationId": ask.name,
        "summary": ask.says,
        "parameters": parameters,
        "responses": _responses(),
        "x-may": sorted(ask.may),
    }
    if ask.takes is not None:
        file = {"schema": {"type": "string", "format": "binary", "maxLength": ask.takes.bytes_max}}
        operation["requestBody"] = {"required": True, "content": dict.fromkeys(ask.takes.types, file)}
    elif not in_query and rest:
        operation["requestBody"] = _in_body({name: fields[name] for name in rest}, needed)
    return operation


def _parameter(where: str, name: str, schema: Json, *, needed: bool) -> Json:
    return {"in": where, "name": name, "required": needed, "schema": schema}


def _in_body(fields: Mapping[str, Json], needed: Iterable[str]) -> Json:
    required: Sequence[str] = sorted(set(needed) & fields.keys())
    schema: Json = {"type": "object", "properties": dict(fields), "additionalProperties": False}
    if required:
        schema["required"] = required
    return {"required": bool(required), "content": {"application/json": {"schema": schema}}}


def _responses() -> Json:
    said = {"application/json": {"schema": {"$ref": f"{SCHEMAS}Problem"}}}
    return {
        "200": {"description": "What was asked for: data, a file, or where to go."},
        "303": {"description": "Where to go, for a browser that navigates."},
        **{str(status): {"description": "A problem.", "content": said} for status in REFUSED},
    }
