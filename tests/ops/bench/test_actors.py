"""The actor benchmark runs through and reports both sides; what is fast is for people to judge."""

import pytest

from mailroom.ops.bench import actors


def test_the_benchmark_reports_both_kinds_and_their_ratio(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("TELLS", "ASKS", "SPAWNS", "BRIDGE_CALLS"):
        monkeypatch.setattr(actors, name, 200)
    monkeypatch.setattr(actors, "ROUNDS", 2)
    monkeypatch.setattr(actors, "_bytes_per_idle_actor", {"trio": 4_000, "threading": 20_000}.__getitem__)
    told: list[str] = []
    result = actors.actors_bench(progress=told.append)
    for figure in ("tell_per_second", "ask_per_second", "spawn_per_second"):
        assert set(result[figure]) == {"trio", "threading", "ratio"}
        assert all(value > 0 for value in result[figure].values())
    assert result["idle_actor_bytes"] == {"trio": 4_000, "threading": 20_000, "ratio": 5.0}
    assert set(result["bridge_microseconds_per_call"]) == {"1_at_once", "8_at_once", "100_at_once"}
    assert told == ["round 1 of 2", "round 2 of 2", "memory", "bridge"]


@pytest.mark.parametrize("kind", ["trio", "threading"])
def test_an_idle_trio_actor_takes_at_most_five_kilobytes(kind: str) -> None:
    taken = actors._bytes_per_idle_actor(kind)
    assert taken > 500
    if kind == "trio":
        assert taken <= 5_000
