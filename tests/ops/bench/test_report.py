import io

import pytest
from rich.console import Console

from mailroom.ops.bench.figures import milliseconds, summary
from mailroom.ops.bench.load import Round
from mailroom.ops.bench.report import show
from mailroom.ops.bench.run import BENCHES, machine, run_benches
from mailroom.ops.bench.targets import TARGETS, ratios

FOUND = {
    "spine": {
        "mailroom": {"updates_per_second": 900.0},
        "aiogram": {"updates_per_second": 600.0},
        "aiogram_isolated": {"updates_per_second": 500.0},
        "mailroom_web_worker": {"updates_per_second": 990.0},
    },
    "neighbour": {"mailroom": {"quiet_reply_p99_ms": 40.0, "flooded_reply_p99_ms": 50.0}},
    "accept": {"failed": "ChildError: echo did not start"},
}


def test_ratios_are_given_for_what_was_run_and_say_whether_they_reach_their_target():
    reached = {one["name"]: (one["value"], one["met"]) for one in ratios(FOUND)}
    assert reached == {
        "updates a second, to stock aiogram": (1.5, True),
        "updates a second, to aiogram with isolation": (1.8, False),
        "web and worker apart, to one process": (1.1, True),
        "reply p99 beside a flood, to quiet": (1.25, True),
    }


def test_every_target_belongs_to_a_benchmark_there_is():
    assert {target.bench for target in TARGETS} <= set(BENCHES)


def test_the_report_shows_ratios_raw_numbers_and_what_failed():
    result = {"machine": machine(), "seconds": 1.0, "ratios": ratios(FOUND), "figures": FOUND}
    out = io.StringIO()
    show(result, Console(file=out, width=140))
    text = out.getvalue()
    for words in ("1.5 x", "missed", "900", "accept could not be run: ChildError: echo did not start"):
        assert words in text


def test_the_median_of_the_rounds_is_reported_beside_each_of_them():
    rounds = [
        Round(100, seconds, [0.001] * 100, [0.01] * 100, cpu_seconds={"service": 0.1, "others": 0.0})
        for seconds in (1.0, 0.5, 0.25)
    ]
    figures = summary(rounds)
    assert figures["updates_per_second"] == 200.0
    assert figures["rounds"] == [100.0, 200.0, 400.0]
    assert figures["cpu_ms_per_update"] == {"service": 1.0}
    assert (figures["ack_p99_ms"], figures["reply_p50_ms"]) == (1.0, 10.0)


def test_a_percentile_of_nothing_is_nothing():
    assert milliseconds([], 0.5) is None
    assert milliseconds([0.001, 0.002, 0.003], 0.5) == 2.0


def test_an_unknown_benchmark_is_refused_with_the_names_there_are(capsys: pytest.CaptureFixture[str]):
    assert run_benches(["spin"]) == 2
    assert "spine, ack, flood" in capsys.readouterr().err
