"""What a bot has answered, for people and for scripts."""

import json
import sys
from pathlib import Path
from typing import Any

import httpx
import typer

from mailroom.ops.cli.consent import NotDoneError
from mailroom.ops.cli.oncall_client import OnCallClient
from mailroom.storage.texts import harmless, harmless_json

JSON = "application/json"


def show(client: OnCallClient, answer: httpx.Response, out: Path | None) -> None:
    """Print it, or keep it where it is a file. Exits with 1 where not all of it was done."""
    if not answer.headers.get("Content-Type", "").startswith(JSON) or "Content-Disposition" in answer.headers:
        _keep(client, answer.content, out)
        return
    told = answer.json()
    client.show(told, lambda: _print(told))
    if isinstance(told, dict) and told.get("failed"):
        raise typer.Exit(1)


def _keep(client: OnCallClient, content: bytes, out: Path | None) -> None:
    if out is not None:
        try:
            out.write_bytes(content)
        except OSError as error:
            raise NotDoneError(f"--out: {out} cannot be written: {error.strerror or error}.") from None
        kept = {"file": str(out), "bytes": len(content)}
        client.show(kept, lambda: print(harmless(f"{out}: {len(content)} bytes.")))
    elif sys.stdout.isatty():
        raise NotDoneError(f"It is a file of {len(content)} bytes: say with --out where to put it.")
    else:
        sys.stdout.buffer.write(content)


def _print(told: Any) -> None:
    if isinstance(told, dict) and isinstance(told.get("says"), str):
        print(harmless(told["says"]))
        told = {name: value for name, value in told.items() if name != "says"} if told.get("failed") else None
    if told is None:
        return
    if isinstance(told, list) and told and all(isinstance(one, dict) for one in told):
        _table(told)
    elif told != []:
        print(harmless_json(json.dumps(told, ensure_ascii=False, indent=2)))


def _table(rows: list[dict[str, Any]]) -> None:
    """Each row's plain values; what has parts is for --json."""
    from mailroom.ops.cli.tables import print_table

    plain = (str, int, float, bool, type(None))
    columns = [name for name in rows[0] if all(isinstance(row.get(name), plain) for row in rows)]
    numbers = [name for name in columns if all(type(row.get(name)) in (int, float) for row in rows)]
    print_table(columns, [[_cell(row.get(name)) for name in columns] for row in rows], right=numbers)


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)
