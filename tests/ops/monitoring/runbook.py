"""The runbook, taken apart: its sections by anchor, and the commands in them."""

import re
import shlex

from tests.ops.monitoring.metrics import ROOT

TEXT = (ROOT / "ops" / "docs" / "runbook.md").read_text(encoding="utf-8")
NOT_A_SYMPTOM = ("before-you-type", "the-console")


def anchor_of(heading: str) -> str:
    """What a browser calls a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


_PARTS = re.split(r"^## (.+)$", TEXT, flags=re.MULTILINE)
ANCHORS = {anchor_of(title): body for title, body in zip(_PARTS[1::2], _PARTS[2::2], strict=True)}
SYMPTOMS = {anchor: body for anchor, body in ANCHORS.items() if anchor not in NOT_A_SYMPTOM}


def shell_lines(text: str) -> list[str]:
    """Every line of the blocks that are there to be copied."""
    blocks = re.findall(r"^ *```sh\n(.*?)^ *```", text, flags=re.MULTILINE | re.DOTALL)
    return [line.strip() for block in blocks for line in block.splitlines() if line.strip()]


def mailroom_calls(line: str) -> list[list[str]]:
    """The calls of `mailroom` in a line, which may be a pipe, as a shell would pass them."""
    words = shlex.shlex(line, posix=True, punctuation_chars=True)
    words.whitespace_split = True
    calls: list[list[str]] = [[]]
    for word in words:
        if set(word) <= set("|&;"):
            calls.append([])
        else:
            calls[-1].append(word)
    return [call[1:] for call in calls if call[:1] == ["mailroom"]]
