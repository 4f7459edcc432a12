"""What a room with a page, a section of the console or hooks needs.

`ops/docs/from-mailroom.md` says what each name is for. Nothing within imports from here.
"""

from mailroom.actors.pages.answer import Answer, File, Go, Live, Problem
from mailroom.actors.pages.ask import ANYONE, BEARER, KNOWN, ON_CALL, Allow, Ask, Asked, Upload
from mailroom.actors.pages.page import Hook, Notice, Page, ProblemWords, Section
from mailroom.actors.pages.visit import Grant, Proof, Visit

__all__ = [
    "ANYONE", "BEARER", "KNOWN", "ON_CALL", "Allow", "Answer", "Ask", "Asked", "File", "Go", "Grant", "Hook",
    "Live", "Notice", "Page", "Problem", "ProblemWords", "Proof", "Section", "Upload", "Visit",
]  # fmt: skip
