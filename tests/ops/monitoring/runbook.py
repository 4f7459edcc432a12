"""The runbook, the platform's page and those of the bots, taken apart: sections and commands."""

import re
import shlex

from mailroom.ops.monitoring import runbook
from tests.ops.monitoring.metrics import ROOT
from tests.ops.monitoring.published import ROOMS

PAGES = {
    str(file.resolve().relative_to(ROOT)): file.read_text(encoding="utf-8")
    for file in (runbook.PAGE, *(folder / "runbook.md" for folder in ROOMS.values()))
}
"""By what an alert calls them."""
TEXT = runbook.merged(ROOMS)
NOT_A_SYMPTOM = ("before-you-type", "the-console")


def anchor_of(heading: str) -> str:
    """What a browser calls a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def sections(page: str) -> list[tuple[str, str]]:
    """The anchors of a page, with what stands there."""
    parts = re.split(r"^## (.+)$", page, flags=re.MULTILINE)
    return [(anchor_of(title), body) for title, body in zip(parts[1::2], parts[2::2], strict=True)]


SECTIONS = [(anchor, body) for page in PAGES.values() for anchor, body in sections(page)]
ANCHORS = dict(SECTIONS)
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
