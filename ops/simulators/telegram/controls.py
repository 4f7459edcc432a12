"""How the simulator misbehaves: `/sim/faults`, `/sim/delivery`, `/sim/limits`, `/sim/reset`."""

from mailroom.ops.simulators import fields
from mailroom.ops.simulators.controls import ControlHandler, Route
from mailroom.ops.simulators.fields import ControlError
from mailroom.ops.simulators.rules import rules_in

from .bots import Bot, Simulation
from .chats import Json
from .deeds import bot_of
from .faults import parse_rule

DELIVERY_FIELDS = frozenset(
    {"token", "duplicate_probability", "latency_ms", "paused", "max_connections", "next_update_id"}
)
LATENCY_MAX_MS = 60_000
SIGMA_MAX = 5


class Controls:
    """One method per control."""

    def __init__(self, simulation: Simulation) -> None:
        self._simulation = simulation
        self.routes: dict[Route, ControlHandler] = {
            ("GET", "/sim/faults"): self.list_faults,
            ("POST", "/sim/faults"): self.add_faults,
            ("DELETE", "/sim/faults"): self.clear_faults,
            ("GET", "/sim/delivery"): self.show_delivery,
            ("POST", "/sim/delivery"): self.change_delivery,
            ("GET", "/sim/limits"): self.show_limits,
            ("POST", "/sim/limits"): self.change_limits,
            ("POST", "/sim/reset"): self.reset,
        }

    def list_faults(self, _given: Json) -> Json:
        """All rules in force, and how many calls came before their wait was over."""
        faults = self._simulation.faults
        return {"rules": [rule.shown() for rule in faults.rules], "early_calls": faults.early_calls}

    def add_faults(self, given: Json) -> Json:
        """More rules, all or none."""
        self._simulation.faults.add([parse_rule(rule) for rule in rules_in(given)])
        return self.list_faults(given)

    def clear_faults(self, given: Json) -> Json:
        """No rules, no waits."""
        self._simulation.faults.clear()
        return self.list_faults(given)

    def show_limits(self, _given: Json) -> Json:
        """The flood limits, and how many calls they refused."""
        limits = self._simulation.limits
        shown = {name: getattr(limits.settings, name) for name in limits.settings.__slots__}
        return {**shown, "refused": limits.refused}

    def change_limits(self, given: Json) -> Json:
        """Switch the flood limits on or off, or change them; every chat starts with a full allowance."""
        self._simulation.limits.change(given)
        return self.show_limits(given)

    def show_delivery(self, given: Json) -> Json:
        """The sending side of each bot, or of one."""
        return {"bots": {bot.token: bot.inbound.webhook.state() for bot in self._bots(given)}}

    def change_delivery(self, given: Json) -> Json:
        """Set the delivery of one bot, or of all there are; nothing is set when one value is wrong."""
        fields.only(given, DELIVERY_FIELDS)
        duplicates = fields.real(given, "duplicate_probability", 0, 1)
        latency = _latency(given)
        paused = fields.flag(given, "paused")
        connections = fields.integer(given, "max_connections", 0, low=0, high=100)
        next_id = fields.integer(given, "next_update_id", 0, low=0)
        bots = self._bots(given)
        for bot in bots if next_id else []:
            _reseed(bot, next_id)
        for bot in bots:
            conditions = bot.inbound.webhook.conditions
            if duplicates is not None:
                conditions.duplicate_probability = duplicates
            if latency is not None:
                conditions.latency_median_ms, conditions.latency_sigma = latency
            if paused is not None:
                conditions.paused = paused
            if "max_connections" in given and (connections or None) != conditions.max_connections:
                conditions.max_connections = connections or None
                bot.inbound.webhook.restart()
            bot.inbound.webhook.kick()
        return self.show_delivery(given)

    def reset(self, _given: Json) -> Json:
        """Forget bots, chats, calls and faults; limits keep their settings."""
        self._simulation.reset()
        return {"ok": True}

    def _bots(self, given: Json) -> list[Bot]:
        return (
            [bot_of(self._simulation, given)] if given.get("token") else list(self._simulation.bots.values())
        )


def _latency(given: Json) -> tuple[float, float] | None:
    value = given.get("latency_ms")
    if value is None:
        return None
    parts = value if isinstance(value, dict) else {"median": value}
    fields.only(parts, frozenset({"median", "sigma"}), " in latency_ms")
    median = fields.real(parts, "median", 0, LATENCY_MAX_MS)
    sigma = fields.real(parts, "sigma", 0, SIGMA_MAX)
    return median or 0.0, sigma or 0.0


def _reseed(bot: Bot, next_id: int) -> None:
    try:
        bot.inbound.backlog.reseed(next_id)
    except ValueError as error:
        raise ControlError(str(error)) from None
