"""`mailroom dead`: what is listed, and that nothing is requeued or dropped that was not meant."""

import json
import sys
import tempfile

import pytest

from mailroom.ops.cli.dead import work
from mailroom.ops.faults import CannotStartError
from mailroom.storage.redis.dead_letters import Wanted
from mailroom.storage.redis.entry import Chat
from mailroom.supervisors.oncall.errors import OnCallError
from mailroom.supervisors.oncall.reports import By, Outcome
from tests.ops.cli.fake_oncall import NOW_MS, dead_job, letter

BY = By("ann", "because")
WHY = ("--why", "because")


@pytest.fixture
def drafts(monkeypatch, tmp_path):
    """Where drafts lie."""
    folder = tmp_path / "drafts"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.fixture
def oncall(oncall, drafts):
    oncall.letters = [letter(3), letter(2, error="ValueError: no\nmore"), letter(1)]
    oncall.outcome = lambda action, ids: Outcome("", f"{len(ids)} {action}.", done=len(ids))
    return oncall


def acted(oncall):
    return [each for each in oncall.asked if each[0] in ("requeue", "drop", "edit")]


@pytest.mark.parametrize("words", [[], ["list"]])
def test_dead_alone_lists(mailroom, oncall, words):
    shown = mailroom("dead", *words).stdout.splitlines()
    assert shown[0].split() == ["ID", "DIED", "KIND", "ATTEMPTS", "ERROR"]
    assert [line.split()[0] for line in shown[1:]] == ["shop:42:3", "shop:42:2", "shop:42:1"]
    assert shown[2].endswith("ValueError: no")
    assert oncall.asked == [("dead", Wanted(), 50)]


def test_dead_alone_takes_the_filter(mailroom, oncall):
    mailroom("dead", "--bot", "shop", "--chat", "-42", "--error", "timeout", "--since", "1h", "--most", 7)
    wanted = Wanted(bot="shop", chat=Chat("shop", "-42"), error="timeout", since_ms=NOW_MS - 3_600_000)
    assert oncall.asked == [("dead", wanted, 7)]
    mailroom("dead", "list", "--chat", "shop:42")
    assert oncall.asked[-1] == ("dead", Wanted(chat=Chat("shop", "42")), 50)


@pytest.mark.parametrize("command", ["list", "reasons", "requeue", "drop"])
@pytest.mark.parametrize(
    ("option", "says"),
    [
        (["--since", "yesterday"], "'yesterday' is no length of time"),
        (["--chat", "42"], "--chat: write BOT:CHAT_ID"),
        (["--chat", "other:42", "--bot", "shop"], "--chat: write BOT:CHAT_ID"),
        (["--bot", ""], "--bot: is empty"),
        (["--error", " "], "--error: is empty"),
        (["--since", ""], "--since: is empty"),
        (["--chat", ""], "--chat: is empty"),
    ],
)
def test_a_filter_that_means_nothing_never_means_everything(mailroom, oncall, command, option, says):
    extra = [*WHY, "--yes"] if command in ("requeue", "drop") else []
    result = mailroom("dead", command, *option, *extra)
    assert (result.exit_code, oncall.asked) == (2, [])
    assert says in result.stderr


def test_a_list_that_is_cut_says_so(mailroom, oncall):
    assert mailroom("dead", "--most", 2).stdout.splitlines()[-1].startswith("2 of 3: --most shows more")
    assert len(mailroom("dead", "--most", 4).stdout.splitlines()) == 4


def test_no_dead_letters_are_good_news(mailroom, oncall):
    oncall.letters = []
    for command in (["dead"], ["dead", "reasons"]):
        assert mailroom(*command).stdout == "No dead letter matches.\n"
    assert json.loads(mailroom("dead", "--json").stdout) == []


def test_dead_jobs_stand_among_the_letters_with_their_queue(mailroom, oncall):
    oncall.letters = [dead_job(7), letter(1)]
    shown = mailroom("dead").stdout.splitlines()
    assert " ".join(shown[1].split()) == "job:7 1 min ago delivery shop.deliver 10 no street"
    assert json.loads(mailroom("dead", "--json").stdout)[0]["chat"] is None
    one = mailroom("dead", "show", "job:7").stdout
    for words in ("queue:       delivery", "key:         order-7", "no street"):
        assert words in one
    mailroom("dead", "requeue", "--all", *WHY, "--yes")
    assert acted(oncall) == [("requeue", ("shop:42:1", "job:7"), BY)]


def test_what_is_missing_from_the_list_is_said_beside_it(mailroom, oncall):
    oncall.missing = "dead jobs are not shown: Postgres does not answer"
    result = mailroom("dead", "--json")
    assert result.stderr == "dead jobs are not shown: Postgres does not answer.\n"
    assert len(json.loads(result.stdout)) == 3


def test_reasons_are_counted(mailroom, oncall):
    assert mailroom("dead", "reasons").stdout.splitlines()[1].split(maxsplit=2) == [
        "3",
        "shop",
        "TimeoutError: no answer",
    ]
    assert json.loads(mailroom("dead", "reasons", "--json").stdout) == [
        {"bot": "shop", "error": "TimeoutError: no answer", "count": 3}
    ]


def test_one_is_shown_whole(mailroom, oncall):
    oncall.letters = [letter(1, payload='{"text": "при\\u001bвет"}', skipped_by="bob")]
    shown = mailroom("dead", "show", "shop:42:1").stdout
    for words in ("kind:", "trace:", "skipped by:  bob", "Traceback: here", '  "text": "при\\u001bвет"\n}'):
        assert words in shown
    assert json.loads(mailroom("dead", "show", "shop:42:1", "--json").stdout)["chat"] == "shop:42"
    missing = mailroom("dead", "show", "shop:42:9")
    assert (missing.exit_code, missing.stderr) == (1, 'there is no dead letter "shop:42:9"\n')


def test_ids_are_requeued_without_a_question(mailroom, oncall):
    result = mailroom("dead", "requeue", "shop:42:2", "shop:42:1", "shop:42:2", *WHY)
    assert (result.exit_code, result.stdout) == (0, "2 requeue.\n")
    assert acted(oncall) == [("requeue", ("shop:42:2", "shop:42:1"), BY)]


def test_ids_are_dropped_only_after_a_yes(mailroom, oncall):
    command = ["dead", "drop", "shop:42:2", *WHY]
    assert mailroom(*command).exit_code == 2
    assert mailroom(*command, answers="n\n").exit_code == 1
    assert acted(oncall) == []
    assert "Drop 1 dead letter for good?" in mailroom(*command, answers="y\n").stderr
    mailroom(*command, "--yes")
    assert acted(oncall) == [("drop", ("shop:42:2",), BY)] * 2


@pytest.mark.parametrize("verb", ["requeue", "drop"])
def test_what_a_filter_finds_is_told_and_asked_about_and_exactly_that_is_done(mailroom, oncall, verb):
    command = ["dead", verb, "--bot", "shop", *WHY]
    result = mailroom(*command, answers="y\n")
    assert result.exit_code == 0
    assert [line.split(maxsplit=2) for line in result.stderr.splitlines()[1:3]] == [
        ["2", "shop", "TimeoutError: no answer"],
        ["1", "shop", "ValueError: no"],
    ]
    assert "3 dead letters" in result.stderr
    oldest_first = ("shop:42:1", "shop:42:2", "shop:42:3")
    assert acted(oncall) == [(verb, oldest_first, BY)]

    assert mailroom(*command).exit_code == 2
    assert mailroom(*command, answers="n\n").exit_code == 1
    assert len(acted(oncall)) == 1
    assert mailroom("dead", verb, "--all", *WHY, "--yes").exit_code == 0
    assert acted(oncall)[1] == (verb, oldest_first, BY)


@pytest.mark.parametrize("verb", ["requeue", "drop"])
@pytest.mark.parametrize(
    "words", [[], ["--all", "--bot", "shop"], ["shop:42:1", "--all"], ["shop:42:1", "--error", "x"]]
)
def test_what_is_meant_must_be_said_in_one_way(mailroom, oncall, verb, words):
    result = mailroom("dead", verb, *words, *WHY, "--yes")
    assert (result.exit_code, oncall.asked) == (2, [])
    assert f"Say which to {verb}" in result.stderr


def test_a_filter_that_finds_nothing_is_done_at_once(mailroom, oncall):
    oncall.letters = []
    result = mailroom("dead", "drop", "--error", "x", *WHY)
    assert (result.exit_code, result.stdout) == (0, "No dead letter matches: nothing was done.\n")
    assert json.loads(mailroom("dead", "drop", "--all", *WHY, "--json").stdout)["done"] == 0


def test_many_go_in_steps_and_are_summed(mailroom, oncall, monkeypatch):
    monkeypatch.setattr(work, "CHUNK", 2)
    result = mailroom("dead", "requeue", "--all", *WHY, "--yes")
    assert (result.exit_code, result.stdout) == (
        0,
        "3 dead letters requeued, 0 could not be. Of the last step: 1 requeue.\n",
    )
    assert [ids for _, ids, _ in acted(oncall)] == [("shop:42:1", "shop:42:2"), ("shop:42:3",)]


def test_what_failed_in_one_step_is_told_at_the_end(mailroom, oncall, monkeypatch):
    monkeypatch.setattr(work, "CHUNK", 1)
    full = Outcome("", "its mailbox is full.", done=1, failed=1)
    oncall.outcome = lambda action, ids: full if ids == ("shop:42:2",) else Outcome("", "")
    result = mailroom("dead", "requeue", "--all", *WHY, "--yes", "--json")
    assert result.exit_code == 1
    report = json.loads(result.stdout)
    assert (report["done"], report["failed"]) == (3, 1)
    assert "1 could not be. Of the last step that failed: its mailbox is full." in report["says"]


def test_when_a_whole_step_fails_the_rest_is_left(mailroom, oncall, monkeypatch):
    monkeypatch.setattr(work, "CHUNK", 2)
    oncall.outcome = lambda action, ids: Outcome("", "Redis is full.", done=0, failed=len(ids))
    result = mailroom("dead", "requeue", "--all", *WHY, "--yes")
    assert result.exit_code == 1
    assert "2 could not be. Of the last step that failed: Redis is full. 1 were left" in result.stdout
    assert len(acted(oncall)) == 1


@pytest.mark.parametrize("breaks", [KeyboardInterrupt, OnCallError("Redis went away")])
def test_what_breaks_off_half_way_says_how_far_it_came(mailroom, oncall, monkeypatch, breaks):
    monkeypatch.setattr(work, "CHUNK", 2)

    def second_fails(action, ids):
        if len(acted(oncall)) == 2:
            raise breaks
        return Outcome("", "", done=len(ids))

    oncall.outcome = second_fails
    result = mailroom("dead", "drop", "--all", *WHY, "--yes")
    assert result.exit_code == 1
    assert "2 dead letters had been dropped before that" in result.stderr


def test_more_than_is_given_at_a_time_is_said(mailroom, oncall, monkeypatch):
    monkeypatch.setattr("mailroom.supervisors.oncall.looking.LINES_MAX", 2)
    result = mailroom("dead", "drop", "--all", *WHY, answers="y\n")
    assert "Drop the newest 2 dead letters of 3 for good?" in result.stderr
    assert "1 were left: give the same command again" in result.stdout


def test_a_payload_is_replaced_from_a_file_or_standard_input(mailroom, oncall, tmp_path):
    (tmp_path / "mended.json").write_text('{"update_id": 2}\n')
    mailroom("dead", "edit", "shop:42:1", "--payload", "mended.json", *WHY)
    mailroom("dead", "edit", "shop:42:1", "--payload", "-", *WHY, answers='{"update_id": 3}')
    assert [payload for *_, payload in acted(oncall)] == ['{"update_id": 2}', '{"update_id": 3}']


@pytest.mark.parametrize("content", [None, b"\xff\xfe", b"x" * (1024 * 1024 + 1)])
def test_a_payload_that_cannot_be_read_is_wrong_usage(mailroom, oncall, tmp_path, content):
    if content is not None:
        (tmp_path / "file").write_bytes(content)
    result = mailroom("dead", "edit", "shop:42:1", "--payload", "file", *WHY)
    assert (result.exit_code, acted(oncall)) == (2, [])
    assert result.stderr.startswith("--payload: file ")


def test_without_a_payload_a_script_is_refused(mailroom, oncall):
    result = mailroom("dead", "edit", "shop:42:1", *WHY)
    assert (result.exit_code, oncall.asked) == (2, [])
    assert "give --payload FILE" in result.stderr


@pytest.fixture
def editor(monkeypatch, tmp_path):
    """An editor that does what a test says to the text; returns where the file was."""

    def edits(expression):
        script = tmp_path / "editor.py"
        script.write_text(
            "import pathlib, sys\nfile = pathlib.Path(sys.argv[-1])\ntext = file.read_text()\n"
            f"pathlib.Path({str(tmp_path / 'seen')!r}).write_text(str(file))\nfile.write_text({expression})\n"
        )
        monkeypatch.setenv("EDITOR", f"{sys.executable} {script} --wait")
        monkeypatch.delenv("VISUAL", raising=False)
        return tmp_path / "seen"

    return edits


def test_a_payload_is_edited_as_people_read_it_and_kept_compact(mailroom, oncall, editor, tmp_path):
    oncall.letters = [letter(1, payload='{"update_id":1,"text":"привет"}')]
    seen = editor("text.replace('  \"text\"', '  \"note\"')")
    result = mailroom("dead", "edit", "shop:42:1", *WHY, answers="")
    assert result.exit_code == 0
    assert acted(oncall) == [("edit", "shop:42:1", BY, '{"update_id":1,"note":"привет"}')]
    assert not (tmp_path / seen.read_text()).exists()


def test_an_edit_that_changes_nothing_is_not_done(mailroom, oncall, editor, tmp_path):
    seen = editor("text + ' '")
    result = mailroom("dead", "edit", "shop:42:1", *WHY, answers="")
    assert (result.exit_code, acted(oncall)) == (1, [])
    assert "Nothing was changed" in result.stderr
    assert not (tmp_path / seen.read_text()).exists()


REFUSALS = [
    OnCallError("the payload is not JSON"),
    CannotStartError("REDIS_URL: cannot use it"),
    KeyboardInterrupt(),
]


@pytest.mark.parametrize("refusal", REFUSALS, ids=["refused", "without Redis", "broken off"])
def test_what_was_typed_is_kept_when_it_could_not_be_stored(mailroom, oncall, editor, drafts, refusal):
    editor("'{not json'")
    oncall.failing["edit"] = refusal
    result = mailroom("dead", "edit", "shop:42:1", *WHY, answers="")
    (kept,) = drafts.iterdir()
    assert result.exit_code == 1
    assert result.stderr.endswith(f"Your text is kept in {kept}: mend it, then give it with --payload.\n")
    assert kept.read_text() == "{not json"
    assert kept.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("command", ["false", "no-such-editor", '"unclosed'])
def test_an_editor_that_fails_changes_nothing_and_leaves_nobodys_message_lying(
    mailroom, oncall, drafts, monkeypatch, command
):
    monkeypatch.setenv("VISUAL", command)
    result = mailroom("dead", "edit", "shop:42:1", *WHY, answers="")
    assert (result.exit_code, acted(oncall)) == (1, [])
    assert f"Nothing was changed: {command} failed" in result.stderr
    assert list(drafts.iterdir()) == []


def test_an_editor_that_fails_after_work_was_saved_keeps_the_work(mailroom, oncall, drafts, editor):
    editor("'work'")
    script = drafts.parent / "editor.py"
    script.write_text(script.read_text() + "sys.exit(1)\n")
    result = mailroom("dead", "edit", "shop:42:1", *WHY, answers="")
    (kept,) = drafts.iterdir()
    assert f"Your text is kept in {kept}." in result.stderr


@pytest.mark.parametrize("command", ["list", "reasons", "show", "edit", "requeue", "drop"])
def test_every_subcommand_has_an_example(mailroom, oncall, command):
    assert f"  mailroom dead {command} " in mailroom("dead", command, "--help").stdout


def test_a_misspelled_subcommand_is_answered_with_the_nearest(mailroom, oncall):
    result = mailroom("dead", "reqeue")
    assert result.exit_code == 2
    assert "Did you mean 'requeue'?" in result.stderr
