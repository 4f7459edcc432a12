"""From an HTTP request to the arguments of a Bot API method, and typed access to them.

As in the server's `Query`: arguments come from the query string, a JSON object, a form or a multipart body;
nested objects may arrive as JSON text. Method arguments are never validated beyond what Telegram itself looks
at.
"""

import json
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import web
from aiohttp.web_request import FileField

from .errors import bad_request
from .files import Upload

Args = dict[str, Any]


async def read_arguments(request: web.BaseRequest, query: str) -> tuple[Args, dict[str, Upload], int]:
    """Return arguments, uploaded files by field name, and the size of the body."""
    args: Args = dict(parse_qsl(query, keep_blank_values=True)) if query else {}
    if not request.can_read_body:
        return args, {}, 0
    kind = request.headers.get("Content-Type", "")
    if kind.startswith("multipart/"):
        return await _read_multipart(request, args)
    body = await request.read()
    args.update(parse_body(body, kind))
    return args, {}, len(body)


def parse_body(body: bytes, content_type: str) -> Args:
    """Parse a JSON or urlencoded body; refuse what is neither."""
    if not body:
        return {}
    if content_type.startswith("application/json"):
        try:
            given = json.loads(body)
        except ValueError:
            raise bad_request("can't parse JSON object") from None
        if not isinstance(given, dict):
            raise bad_request("expected an object as JSON body")
        return given
    try:
        return dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=1000))
    except ValueError:
        raise bad_request("can't parse the body") from None


async def _read_multipart(request: web.BaseRequest, args: Args) -> tuple[Args, dict[str, Upload], int]:
    uploads: dict[str, Upload] = {}
    try:
        form = await request.post()
    except ValueError:
        raise bad_request("can't parse the body") from None
    for name, value in form.items():
        if isinstance(value, FileField):
            content = value.file.read()
            uploads[name] = Upload(value.filename, value.content_type or "application/octet-stream", content)
        else:
            args[name] = value if isinstance(value, str) else bytes(value).decode("utf-8", "replace")
    return args, uploads, sum(len(upload.content) for upload in uploads.values())


def integer(args: Args, name: str, default: int | None = None) -> int:
    """Return a whole number, or the default; without a default, its absence is the caller's mistake."""
    value = args.get(name)
    if value is None or value == "":
        if default is None:
            raise bad_request(f"{name} is not specified")
        return default
    try:
        return int(value)
    except (TypeError, ValueError):
        raise bad_request(f'field "{name}" must be of type Number') from None


def text(args: Args, name: str, default: str = "") -> str:
    """Return a string; numbers become their digits, as in a form."""
    value = args.get(name)
    if value is None:
        return default
    return value if isinstance(value, str) else str(value)


def flag(args: Args, name: str) -> bool:
    """Return a truth value in any of the spellings Telegram takes."""
    value = args.get(name)
    if isinstance(value, str):
        return value.lower() in ("true", "yes", "1")
    return bool(value)


def structure(args: Args, name: str) -> Any:
    """Return a nested object or list, whether it came as JSON or as JSON in a string; None if absent."""
    value = args.get(name)
    if not isinstance(value, str):
        return value
    if not value:
        return None
    try:
        return json.loads(value)
    except ValueError:
        raise bad_request(f"can't parse {name.replace('_', ' ')} JSON object") from None
