"""What follows for the others: whom a child takes along, who may start, when those that matter have ended.

Decided here, on what is known of the children; done in `supervisor.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

    from mailroom.supervisors.otp.child import Reason
    from mailroom.supervisors.otp.record import Child
    from mailroom.supervisors.otp.spec import SupervisorSpec

ASIDE = ("suspended", "parked")
"""What on-call, or the supervisor itself, has put aside."""


def affected(spec: SupervisorSpec, children: Collection[Child], child: Child) -> list[Child]:
    """The children that share a child's fate, in start order."""
    everyone = list(children)
    match spec.strategy:
        case "one_for_one":
            return [child]
        case "rest_for_one":
            return everyone[everyone.index(child) :]
        case "one_for_all":
            return everyone


def may_start(spec: SupervisorSpec, children: Collection[Child], child: Child) -> bool:
    """E5: neither what is put aside, nor what would stand on it."""
    if child.state in ASIDE or child.running is not None:
        return False
    everyone = list(children)
    match spec.strategy:
        case "one_for_one":
            return True
        case "rest_for_one":
            everyone = everyone[: everyone.index(child)]
    return not any(other.state in ASIDE for other in everyone)


def is_restarted(child: Child, reason: Reason) -> bool:
    """Whether a child that ended by itself is started again."""
    return child.spec.restart == "permanent" or (child.spec.restart == "transient" and not reason.clean)


def ends_the_supervisor(spec: SupervisorSpec, children: Collection[Child], ended: Child) -> bool:
    """Whether the end of a child is that of its supervisor: it is significant, and none such is left where
    all of them must have ended.
    """
    if not ended.spec.significant:
        return False
    others = (child for child in children if child is not ended and child.spec.significant)
    active = any(child.running is not None or child.state == "restarting" for child in others)
    return spec.auto_shutdown == "any_significant" or not active
