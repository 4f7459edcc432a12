"""The table of `judge.py` stands in architecture.md as the code has it."""

from dataclasses import replace
from pathlib import Path

from mailroom.actors.judge import DEAD, DEAD_UNTOLD, TABLE, Pause, Rule, Verdict, Work
from mailroom.actors.owners import Owner

PAGE = Path(__file__).resolve().parents[2] / "ops/docs/architecture.md"
COLUMNS = {
    "a chat's message": Work.EXPEDITED,
    "a job": Work.JOB,
    "a notice": Work.NOTICE,
    "one chat of a broadcast": Work.RECIPIENT,
}
WHOSE = {
    Owner.MESSAGE: "its own, or its handler's",
    Owner.CONTENT: "its text's: nobody would be given it",
    Owner.NOBODY: "nobody's: blocked, chat not found",
    Owner.BOT: "the bot's: 401, 404",
    Owner.OUTSIDE: "Telegram's, or a gateway's before it",
    Owner.UNREACHED: "the way there: nobody took the call",
    Owner.WAIT: "Telegram said how long to wait: 429",
    Owner.US: "ours: a store is away",
    Owner.PERHAPS_US: "perhaps ours: a statement takes too long",
    Owner.TAKEN: "another owner has taken over",
    Owner.LEAVING: "we end, or hand over",
    Owner.ON_CALL: "on-call restarts the chat",
    Owner.STOPPED: "an urgent handler has it stopped",
    Owner.LINE: "it is not urgent after all",
}


def cell(rule: Rule | None) -> str:
    if rule is None:
        return ""
    until = f"; {rule.until.value}: {named(rule.then) if rule.then else 'its own'}" if rule.until else ""
    return named(rule.verdict) + until


def named(verdict: Verdict) -> str:
    more = {
        " as told": verdict.again is Pause.TOLD,
        ", the bot holds": verdict.holds,
        ", all is paused": verdict.stops_all,
    }
    return f"`{verdict.word}`" + "".join(words for words, is_so in more.items() if is_so)


def yes(is_so: bool) -> str:
    return "yes" if is_so else ""


def table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def whose() -> str:
    rows = [
        [words, *(cell(TABLE[work].get(owner)) for work in COLUMNS.values())]
        for owner, words in WHOSE.items()
    ]
    return table(["whose failure", *COLUMNS], rows)


def verdicts() -> str:
    found: dict[tuple[str, ...], None] = {}
    for rules in TABLE.values():
        for rule in rules.values():
            for one in filter(None, (rule.verdict, rule.then)):
                found[line_of(one)] = None
    head = [
        "verdict",
        "again",
        "an attempt",
        "an outage",
        "the bot holds",
        "state kept",
        "dead letter",
        "apology",
        "log",
    ]
    return table(head, [list(line) for line in found])


def line_of(one: Verdict) -> tuple[str, ...]:
    again = one.again.value if one.again else ""
    marks = (one.counted, one.outage, one.holds, one.keeps_state, one.dead, one.apologises)
    return (named(one), again, *map(yes, marks), one.level)


def test_the_page_has_whose_failure_means_what_as_the_code_has_it() -> None:
    assert set(WHOSE) == set(Owner)
    assert whose() in PAGE.read_text(encoding="utf-8"), f"architecture.md should have:\n{whose()}"


def test_the_page_has_what_follows_from_a_verdict_as_the_code_has_it() -> None:
    assert verdicts() in PAGE.read_text(encoding="utf-8"), f"architecture.md should have:\n{verdicts()}"


def test_what_a_chat_works_on_differs_in_what_the_page_says_it_does() -> None:
    expedited = TABLE[Work.EXPEDITED]
    in_line = {owner: rule for owner, rule in expedited.items() if owner is not Owner.LINE}
    assert TABLE[Work.MESSAGE] == TABLE[Work.ALBUM] == in_line
    untold = {owner: replace(rule, then=DEAD) if rule.then is DEAD_UNTOLD else rule
              for owner, rule in TABLE[Work.EVENT].items()}  # fmt: skip
    assert untold == in_line
