"""On-call's commands as real processes on a real Redis: what they leave there, what they say without it."""

import asyncio
import json
import os
import pty
import signal
import subprocess
import sys

import pytest
import redis

from mailroom.ops.embedded.place import DataDirectory, holder
from mailroom.ops.embedded.redis import EmbeddedRedis
from mailroom.storage.redis.batch import Line
from mailroom.storage.redis.entry import Chat
from mailroom.storage.redis.mailbox import Mailboxes, Offer
from tests import forked
from tests.forked import MAILROOM

CHAT = Chat("shop", "-42")
UPDATE = {"update_id": 501, "message": {"message_id": 1, "date": 1, "chat": {"id": -42}, "text": "привет"}}


@pytest.fixture
def environment(tmp_path):
    ours = ("MAILROOM_", "DATABASE_URL", "REDIS_URL", "PORT", "HOST", "PUBLIC_URL", "TELEGRAM_API", "OPENAI_")
    clean = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return clean | {"MAILROOM_OPERATOR": "ann", "MAILROOM_DATA": str(tmp_path / "data")}


@pytest.fixture
def mailroom(environment, tmp_path):
    def run(*arguments, stdin="", **changes):
        command = [MAILROOM, *arguments]
        return forked.run(command, env=environment | changes, stdin=stdin, cwd=tmp_path)

    return run


def accept(url, *update_ids):
    """Messages for a chat that nobody works."""

    async def offer():
        line = Line(url)
        mailboxes = Mailboxes(line, line)
        try:
            for update_id in update_ids:
                payload = json.dumps(UPDATE | {"update_id": update_id}).encode()
                await mailboxes.accept(
                    Offer(CHAT, str(update_id), update_id, "message", "chat", f"trace-{update_id}", payload)
                )
        finally:
            await line.close()

    asyncio.run(offer())


def test_a_message_is_skipped_mended_requeued_and_all_of_it_is_in_the_audit(mailroom, clean_redis_url):
    accept(clean_redis_url, 501, 502)
    url = {"REDIS_URL": clean_redis_url}
    why = ("--why", "its text is poison")

    skipped = mailroom("chat", "shop", "-42", "--skip", *why, "--yes", **url)
    assert (skipped.returncode, skipped.stderr) == (0, ""), "nothing of a log gets in between"
    (dead,) = json.loads(mailroom("dead", "--json", **url).stdout)
    assert (dead["order"], dead["skipped_by"]) == (501, "ann")

    refused = mailroom("dead", "edit", dead["id"], "--payload", "-", *why, stdin="{not json", **url)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "not JSON" in refused.stderr

    mine = ("--chat", "shop:-42", *why)
    assert mailroom("dead", "requeue", *mine, **url).returncode == 2, "nobody said yes"
    assert mailroom("dead", "requeue", *mine, "--yes", **url).stdout == "1 dead letter requeued.\n"
    shown = json.loads(mailroom("chat", "shop:-42", "--json", **url).stdout)
    assert [each["order"] for each in shown["waiting"]] == [501, 502], "at its old place"

    log = json.loads(mailroom("audit", "--json", **url).stdout)
    assert [each["action"] for each in log] == ["requeue", "edit", "skip"]
    assert {(each["who"], each["why"]) for each in log} == {("ann", "its text is poison")}


def test_a_person_at_a_terminal_is_asked_why_and_whether(environment, clean_redis_url, tmp_path):
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [MAILROOM, "suspend", "everything"],
        env=environment | {"REDIS_URL": clean_redis_url, "TERM": "xterm"},
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
    ) as process:
        os.close(theirs)
        os.write(ours, b"wrong prices\ny\n")
        told, asked = process.communicate(timeout=60)
        os.close(ours)
    assert process.returncode == 0
    assert "Why?" in asked
    assert "Suspend everything?" in asked
    assert told.startswith("everything is suspended")
    with redis.Redis.from_url(clean_redis_url) as client:
        (held,) = client.hgetall("mailroom:suspensions").values()
    assert json.loads(held)["why"] == "wrong prices"


@pytest.mark.parametrize(
    "words", [["tree"], ["suspend", "shop", "--why", "x"], ["resume", "timers", "--why", "x"]]
)
def test_without_redis_it_is_named_and_the_way_round_it_too(mailroom, words):
    done = mailroom(*words, "--json", REDIS_URL="redis://:s3cret@127.0.0.1:1/0")
    assert done.returncode == 1
    assert done.stderr.startswith("REDIS_URL: cannot use redis://127.0.0.1:1/0: ")
    assert "GET /ops/tree" in done.stderr
    assert "s3cret" not in done.stdout + done.stderr
    assert json.loads(done.stdout) == {"error": done.stderr.rstrip("\n")}


def test_no_command_of_on_call_loads_aiogram_or_trio(environment, clean_redis_url, tmp_path):
    done = subprocess.run(
        [sys.executable, "-X", "importtime", MAILROOM, "tree"],
        env=environment | {"REDIS_URL": clean_redis_url},
        capture_output=True,
        text=True,
        timeout=60,
        cwd=tmp_path,
        check=False,
    )
    assert done.returncode == 0
    assert "No process runs" in done.stdout
    loaded = {line.rpartition("|")[2].strip().partition(".")[0] for line in done.stderr.splitlines()}
    assert "redis" in loaded
    # asyncpg counts the jobs that are dead.
    assert not loaded & {"aiogram", "trio", "quart", "hypercorn"}


def test_beside_a_hanging_redis_on_call_was_told_to_start_a_second_process(mailroom, tmp_path):
    server = EmbeddedRedis(tmp_path)
    with DataDirectory(tmp_path):
        server.start()
        os.kill(server.pid, signal.SIGSTOP)
        try:
            plain = mailroom("tree", "--data", str(tmp_path))
            asked_as_json = mailroom("tree", "--json", "--data", str(tmp_path))
        finally:
            os.kill(server.pid, signal.SIGCONT)
            server.stop()
    assert plain.returncode == 1
    assert plain.stderr.startswith(f"Mailroom runs on {tmp_path} (pid {os.getpid()}, since 20")
    assert "its Redis does not answer" in plain.stderr
    assert "Do not start another one" in plain.stderr
    assert "start it" not in plain.stderr
    assert json.loads(asked_as_json.stdout) == {"error": asked_as_json.stderr.rstrip()}


def test_a_pid_file_of_a_process_that_is_gone_is_no_process(tmp_path):
    (tmp_path / "mailroom.pid").write_text(f"{os.getpid()}\n")
    assert holder(tmp_path).pid == os.getpid()
    os.utime(tmp_path / "mailroom.pid", (0, 0))  # its pid is somebody else's by now
    assert holder(tmp_path) is None
    (tmp_path / "mailroom.pid").write_text("")
    assert holder(tmp_path) is None
