"""One benchmark from end to end, small: real stores, real processes, the simulator."""

import json

import pytest

from mailroom.ops.bench import flood, run_benches


@pytest.mark.slow
def test_the_flood_benchmark_runs_and_ours_counts_right(monkeypatch, capsys):
    monkeypatch.setattr(flood, "MESSAGES_QUICK", 30)
    assert run_benches(["flood", "dispatch"], as_json=True, quick=True) == 0
    report = json.loads(capsys.readouterr().out)
    ours = report["figures"]["flood"]["mailroom"]
    assert (ours["counted"], ours["inversions"], ours["lost"]) == ([30], [0], 0)
    assert {one["bench"] for one in report["ratios"]} == {"flood", "dispatch"}
