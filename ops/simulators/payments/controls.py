"""How tests steer the gateways, and look: `/sim/…`, JSON in, JSON out."""

from dataclasses import asdict
from typing import Any

from mailroom.ops.simulators import fields
from mailroom.ops.simulators.controls import ControlHandler, Route
from mailroom.ops.simulators.fields import ControlError, Json
from mailroom.ops.simulators.rules import rules_in

from .deeds import DEEDS, LATE_SECONDS_DEFAULT, LATE_SECONDS_MAX, Deed, do
from .faults import CALL_KINDS, GATEWAYS, NOTICE_KINDS, parse_rule
from .lifecycle import FORGERIES, DeedError
from .simulation import Simulation
from .things import Notice, Payment

LISTED_DEFAULT, LISTED_MAX = 100, 10_000
AHEAD_SECONDS_MAX = 30 * 86_400.0
URL_CHARS_MAX = 500
AMOUNT_MINOR_MAX = 10**14
_WHICH = frozenset({"id", "gateway", "reference"})


class Controls:
    """One method per control."""

    def __init__(self, simulation: Simulation) -> None:
        self._simulation = simulation
        self.routes: dict[Route, ControlHandler] = {
            ("GET", "/sim/payments"): self.list_payments,
            ("GET", "/sim/payment"): self.show_payment,
            ("POST", "/sim/act"): self.act,
            ("GET", "/sim/notices"): self.list_notices,
            ("POST", "/sim/resend"): self.resend,
            ("GET", "/sim/notify"): self.show_notify,
            ("POST", "/sim/notify"): self.change_notify,
            ("GET", "/sim/faults"): self.list_faults,
            ("POST", "/sim/faults"): self.add_faults,
            ("DELETE", "/sim/faults"): self.clear_faults,
            ("GET", "/sim/calls"): self.list_calls,
            ("POST", "/sim/clock"): self.move_clock,
            ("GET", "/sim/health"): self.health,
            ("POST", "/sim/reset"): self.reset,
        }

    def list_payments(self, given: Json) -> Json:
        """The latest payments, of one gateway, status or reference if asked."""
        fields.only(given, frozenset({"gateway", "status", "reference", "limit"}))
        gateway = str(given.get("gateway", ""))
        if gateway not in ("", *GATEWAYS):
            raise ControlError(f"gateway must be one of: {', '.join(GATEWAYS)}")
        found = self._simulation.store.payments(
            gateway=gateway,
            status=str(given.get("status", "")),
            reference=str(given.get("reference", "")),
            limit=fields.integer(given, "limit", LISTED_DEFAULT, low=1, high=LISTED_MAX),
        )
        return {"payments": [asdict(payment) for payment in found], "counts": self._simulation.store.counts()}

    def show_payment(self, given: Json) -> Json:
        """One payment with its refunds, its notices and what is planned."""
        fields.only(given, _WHICH)
        payment = self._payment(given)
        store = self._simulation.store
        return {
            "payment": asdict(payment),
            "refunds": [asdict(refund) for refund in store.refunds(payment.id)],
            "notices": [shown(notice) for notice in store.notices(payment.id)],
            "plans": [asdict(plan) for plan in store.plans(payment.id)],
        }

    def act(self, given: Json) -> Json:
        """Do to a payment what a button of its page does."""
        fields.only(given, _WHICH | {"act", "after_seconds", "amount_minor", "currency", "kind"})
        deed = str(given.get("act"))
        if deed not in DEEDS:
            told = "; ".join(f"{name} ({meaning})" for name, meaning in DEEDS.items())
            raise ControlError(f"act must be one of: {told}")
        kind = given.get("kind")
        if deed == "forge" and kind not in FORGERIES:
            raise ControlError(f"kind must be one of: {', '.join(FORGERIES)}")
        after_seconds = fields.real(given, "after_seconds", 0, LATE_SECONDS_MAX)
        currency = fields.line(given, "currency", 3)
        amount_minor = None
        if given.get("amount_minor") is not None:
            amount_minor = fields.integer(given, "amount_minor", low=1, high=AMOUNT_MINOR_MAX)
        wanted = Deed(
            deed,
            LATE_SECONDS_DEFAULT if after_seconds is None else after_seconds,
            amount_minor,
            currency,
            str(kind or ""),
        )
        payment = self._payment(given)
        try:
            do(self._simulation.lifecycle, payment, wanted)
        except DeedError as error:
            raise ControlError(str(error)) from None
        return self.show_payment({"id": payment.id})

    def list_notices(self, given: Json) -> Json:
        """All notices after a number, or those about one payment."""
        fields.only(given, frozenset({"payment", "since", "limit"}))
        found = self._simulation.store.notices(
            str(given.get("payment", "")),
            since=fields.integer(given, "since", 0, low=0),
            limit=fields.integer(given, "limit", LISTED_DEFAULT, low=1, high=LISTED_MAX),
        )
        return {"notices": [shown(notice) for notice in found]}

    def resend(self, given: Json) -> Json:
        """Send a notice once more, as the button in AAIO's cabinet does."""
        fields.only(given, frozenset({"notice"}))
        number = fields.integer(given, "notice", low=1)
        notice = self._simulation.store.notice(number)
        if notice is None:
            raise ControlError(f"there is no notice {number}")
        notice.state, notice.due_at = "waiting", self._simulation.now()
        self._simulation.store.save_notice(notice)
        self._simulation.notice_sender.kick()
        return shown(notice)

    def show_notify(self, _given: Json) -> Json:
        """Where notices go."""
        store = self._simulation.store
        return {
            "base": store.setting("notify", {}).get("base"),
            "addresses": {name: self._simulation.notice_sender.address(name) for name in GATEWAYS},
            "return_url": store.setting("return_url", ""),
            "paused": store.setting("paused", False),
        }

    def change_notify(self, given: Json) -> Json:
        """Say where notices go: `base` + /webhook/payment/GATEWAY, or `urls` by gateway, or by gateway and
        merchant, `yookassa/demo-candles`; `return_url` is for AAIO, where it is set in the cabinet; `paused`
        keeps all notices back.
        """
        fields.only(given, frozenset({"base", "urls", "return_url", "paused"}))
        store = self._simulation.store
        notify = dict(store.setting("notify", {}))
        if (base := fields.line(given, "base", URL_CHARS_MAX)) is not None:
            notify["base"] = _url(base, "base").rstrip("/")
        urls = given.get("urls", {})
        if not isinstance(urls, dict) or {name.partition("/")[0] for name in urls} - set(GATEWAYS):
            raise ControlError(f"urls must be an object with addresses by gateway: {', '.join(GATEWAYS)}")
        notify["urls"] = {**notify.get("urls", {}), **{name: _url(url, name) for name, url in urls.items()}}
        return_url = fields.line(given, "return_url", URL_CHARS_MAX)
        paused = fields.flag(given, "paused")
        store.save_setting("notify", notify)
        if return_url is not None:
            store.save_setting("return_url", _url(return_url, "return_url"))
        if paused is not None:
            store.save_setting("paused", paused)
        self._simulation.notice_sender.kick()
        return self.show_notify({})

    def list_faults(self, _given: Json) -> Json:
        """All rules in force."""
        return {
            "rules": [rule.shown() for rule in self._simulation.faults.rules],
            "kinds": {"of calls": CALL_KINDS, "of notices": NOTICE_KINDS},
        }

    def add_faults(self, given: Json) -> Json:
        """More rules, all or none."""
        self._simulation.faults.add([parse_rule(rule) for rule in rules_in(given)])
        return self.list_faults({})

    def clear_faults(self, _given: Json) -> Json:
        """No rules."""
        self._simulation.faults.clear()
        return self.list_faults({})

    def list_calls(self, given: Json) -> Json:
        """The calls of merchants after a number; a ring, and not kept over a restart."""
        fields.only(given, frozenset({"since", "gateway", "method"}))
        since, gateway, method = (
            fields.integer(given, "since", 0, low=0),
            given.get("gateway"),
            given.get("method"),
        )
        calls = [
            asdict(call)
            for call in self._simulation.calls
            if call.number > since and gateway in (None, call.gateway) and method in (None, call.method)
        ]
        return {"calls": calls}

    def move_clock(self, given: Json) -> Json:
        """Let time pass at once, for pauses, plans and expiry."""
        fields.only(given, frozenset({"ahead_seconds"}))
        seconds = fields.real(given, "ahead_seconds", 0, AHEAD_SECONDS_MAX)
        if seconds is None:
            raise ControlError("ahead_seconds is missing: by how much the clock is to go ahead")
        ahead_seconds = self._simulation.go_ahead(seconds)
        self._simulation.lifecycle.sweep()
        return {"ahead_seconds": ahead_seconds}

    def health(self, _given: Json) -> Json:
        """Answers as soon as the simulator does."""
        return {"ok": True, "simulator": "payments"}

    def reset(self, _given: Json) -> Json:
        """Forget everything but where notices go."""
        self._simulation.reset()
        return {"ok": True}

    def _payment(self, given: Json) -> Payment:
        store = self._simulation.store
        if given.get("id"):
            found = store.payment(str(given["id"]))
        elif given.get("gateway") and given.get("reference"):
            found = store.payment_of_reference(str(given["gateway"]), str(given["reference"]))
        else:
            raise ControlError("which payment? give its id, or gateway and reference")
        if found is None:
            latest = [f"{one.id} ({one.gateway} {one.reference})" for one in store.payments(limit=5)]
            raise ControlError(f"there is no such payment; the latest: {', '.join(latest) or 'none yet'}")
        return found


def shown(notice: Notice) -> dict[str, Any]:
    """A notice as JSON, its body as text."""
    return {**asdict(notice), "body": notice.body.decode(errors="replace")}


def _url(given: Any, name: str) -> str:
    if not isinstance(given, str) or not given.startswith(("http://", "https://")):
        raise ControlError(f"{name} must be an address that begins with http:// or https://")
    return given
