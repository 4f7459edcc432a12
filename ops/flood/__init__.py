"""A load tester for people: writes to a running service as many users would, and checks what comes back."""

from mailroom.ops.flood.plan import Expect, Plan

__all__ = ["Expect", "Plan", "run_flood"]


def run_flood(plan: Plan, *, as_json: bool = False) -> int:
    """Carry out a plan and report; returns the exit code."""
    from mailroom.ops.flood.run import run_flood as run  # what it imports takes half a second

    return run(plan, as_json=as_json)
