"""The page that a payer sees: one form per button, and nothing that needs a script.

It is made anew for every request. While something is under way it looks again by itself: in place where
scripts run, else loaded anew by the browser.
"""

from datetime import datetime
from html import escape
from pathlib import Path
from urllib.parse import parse_qs

from aiohttp import web

from mailroom.actors.kit.speech.dates import format_moment
from mailroom.actors.kit.speech.money import format_money as money

from .deeds import LATE_SECONDS_DEFAULT, LATE_SECONDS_MAX, Deed, do
from .lifecycle import DeedError
from .simulation import Simulation
from .things import Notice, Payment
from .words import BRANDS, BRANDS_EN, WORDS, Language, choose

FOLDER = Path(__file__).parent / "page"
FILES = {"/pay.css": "text/css", "/pay.js": "text/javascript"}
HEADERS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    # What a merchant writes into a description can neither run nor load anything here.
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src data:; form-action 'self'; base-uri 'none'",
}
LOOK_AGAIN_SECONDS = 2
LOOK_AGAIN_WITHIN_SECONDS = 15.0
"""What is due later than this is not worth a page that reloads under one's hands."""
LATE_SECONDS_SHOWN = 30
LISTED_MAX = 100
BACK_SCHEMES = ("http://", "https://", "tg://")


class Page:
    """Shows payments, and does what its buttons say."""

    def __init__(self, simulation: Simulation) -> None:
        self._simulation = simulation

    async def handle(self, request: web.BaseRequest, path: str, query: str) -> web.Response:
        """Answer a browser."""
        asked = parse_qs(query)
        language = choose(asked.get("lang", [""])[0], request.headers.get("Accept-Language", ""))
        if path in FILES:
            return web.Response(
                body=(FOLDER / path[1:]).read_bytes(),
                content_type=FILES[path],
                headers={"Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff"},
            )
        if path == "/":
            return _html(self._home(language))
        payment = (
            self._simulation.store.payment(path.removeprefix("/pay/")) if path.startswith("/pay/") else None
        )
        if payment is None:
            return _html(_missing(language), 404)
        if not asked.get("lang") and payment.details.get("language") in WORDS:
            language = payment.details["language"]
        if request.method != "POST":
            return _html(self._payment(payment, language))
        try:
            do(
                self._simulation.lifecycle,
                payment,
                _deed(parse_qs((await request.read()).decode(errors="replace"))),
            )
        except DeedError as error:
            return _html(
                self._payment(self._simulation.store.payment(payment.id) or payment, language, str(error)),
                409,
            )
        return web.Response(status=303, headers={"Location": f"{path}?lang={language}"})

    def _home(self, language: Language) -> str:
        say = WORDS[language]
        rows = "".join(
            f'<li><a href="/pay/{escape(payment.id)}?lang={language}"><b>{_brand(payment, language)}</b>'
            f"<span>{escape(payment.details.get('description') or payment.reference)}</span>"
            f"<b>{escape(money(payment.amount_minor, payment.currency, language))}</b>"
            f'<i class="pill {payment.status}">{say[payment.status]}</i></a></li>'
            for payment in self._simulation.store.payments(limit=LISTED_MAX)
        )
        content = f'<ul class="list">{rows}</ul>' if rows else f'<p class="dim">{say["none"]}</p>'
        body = (
            f'<main class="one"><section class="card"><h1>{say["home"]}</h1>'
            f'<p class="dim">{say["home_hint"]}</p>{content}</section></main>'
        )
        return _frame(language, say["home"], body, _banner(language, "YooKassa, AAIO, Stripe"), "/")

    def _payment(self, payment: Payment, language: Language, said: str = "") -> str:
        say = WORDS[language]
        notices = self._simulation.store.notices(payment.id)
        plans = self._simulation.store.plans(payment.id)
        now = self._simulation.now()
        restless = any(
            notice.due_at is not None
            and notice.due_at < now + LOOK_AGAIN_WITHIN_SECONDS
            and self._simulation.notice_sender.address(notice.gateway)
            for notice in notices
        )
        left_seconds = max(0, round(plans[0].due_at - now)) if plans else None
        # Coming back is worth a look too: a planned payment arrives while somebody watches.
        again = LOOK_AGAIN_SECONDS if restless or plans else None
        body = f"""<main{f' data-again="{again}"' if again else ""}>
<section class="card pay">
  <h1 class="brand {payment.gateway}">{_brand(payment, language)}</h1>
  <p class="dim">{say["to_pay" if payment.status == "open" else "amount"]}</p>
  <p class="amount">{escape(money(payment.amount_minor, payment.currency, language))}</p>
  <p class="what">{escape(payment.details.get("description") or "")}</p>
  <p class="pill state {payment.status}">{say[payment.status]}</p>
  {self._remarks(payment, language, said, left_seconds)}
  {self._main_buttons(payment, language, planned=bool(plans))}
  <p class="dim small">{say["order"]}: <code>{escape(payment.reference or payment.id)}</code>
  {_valid(payment, language)}</p>
</section>
<div class="side">
{self._tricks(payment, language, planned=bool(plans))}
<section class="card"><h2>{say["notices"]}</h2>{self._notices(payment, notices, language)}</section>
</div>
</main>"""
        banner = _banner(language, _brand(payment, language))
        return _frame(
            language,
            f"{say['title']} · {_brand(payment, language)}",
            body,
            banner,
            f"/pay/{payment.id}",
            again,
        )

    def _remarks(self, payment: Payment, language: Language, said: str, left_seconds: int | None) -> str:
        say = WORDS[language]
        remarks = [said] if said else []
        if payment.status == "open" and payment.details.get("declined"):
            remarks.append(say["declined"])
        if left_seconds is not None and payment.status == "open":
            remarks.append(say["planned"].format(seconds=left_seconds))
        paid = money(payment.paid_minor, payment.paid_currency, language) if payment.paid_currency else ""
        asked = money(payment.amount_minor, payment.currency, language)
        if payment.status in ("paid", "held") and paid != asked:
            remarks.append(say["paid_other"].format(paid=paid, asked=asked))
        if payment.refunded_minor:
            given_back = money(payment.refunded_minor, payment.paid_currency, language)
            remarks.append(say["refunded"].format(amount=given_back))
        return "".join(f'<p class="remark">{escape(remark)}</p>' for remark in remarks)

    def _main_buttons(self, payment: Payment, language: Language, *, planned: bool) -> str:
        say = WORDS[language]
        amount = money(payment.amount_minor, payment.currency, language)
        buttons = ""
        if payment.status in ("open", "processing") and not planned:
            words = say["finish"] if payment.status == "processing" else say["pay"].format(amount=amount)
            buttons = _button("pay", words, "", "first") + _button("decline", say["decline"], "", "second")
            buttons = f'<form method="post" class="main">{buttons}</form>'
        url = self._simulation.gateways[payment.gateway].return_url(payment)
        if url.startswith(BACK_SCHEMES):
            kind = "second" if buttons else "first"
            buttons += (
                f'<p><a class="button {kind}" href="{escape(url)}" rel="noreferrer">{say["back"]}</a></p>'
            )
        elif not buttons:
            buttons = f'<p class="dim">{say["close"]}</p>'
        return buttons

    def _tricks(self, payment: Payment, language: Language, *, planned: bool) -> str:
        say = WORDS[language]
        gateway = self._simulation.gateways[payment.gateway]
        half = money(max(1, payment.amount_minor // 2), payment.currency, language)
        ways = ""
        if payment.status == "open" and not planned:
            ways = (
                '<form method="post" class="late">'
                + _button("pay_late", say["pay_late"], say["pay_late_hint"])
                + '<label class="seconds"><input name="after_seconds" type="number" min="0"'
                f' max="{LATE_SECONDS_MAX:.0f}" value="{LATE_SECONDS_SHOWN}" inputmode="numeric">'
                f' {say["seconds"]}</label></form><form method="post">'
                + _button("pay_twice", say["pay_twice"], say["pay_twice_hint"])
                + _button("pay_part", say["pay_part"], say["pay_part_hint"].format(amount=half))
                + (
                    _button("process", say["process"], say["process_hint"])
                    if payment.gateway == "stripe"
                    else ""
                )
                + (_button("hold", say["hold"], say["hold_hint"]) if payment.gateway == "aaio" else "")
                + _button("expire", say["expire"], say["expire_hint"])
                + "</form>"
            )
        ways += self._cabinet(payment, language)
        kinds = ["unknown_payment"]
        if payment.status not in ("paid", "held"):
            kinds.append("claimed_paid")
        if gateway.signs:
            kinds.insert(0, "wrong_signature")
        forge = "".join(_button(f"forge {kind}", say[kind], say[f"{kind}_hint"]) for kind in kinds)
        head = f'<h2>{say["tricks"]}</h2><p class="dim">{say["tricks_hint"]}</p>' if ways else ""
        return (
            f'<section class="card tricks">{head}{ways}<h2>{say["forge"]}</h2>'
            f'<form method="post">{forge}</form></section>'
        )

    def _cabinet(self, payment: Payment, language: Language) -> str:
        """What somebody in the merchant's cabinet can do to a payment, and the payer's bank."""
        say = WORDS[language]
        if payment.status != "paid":
            return ""
        disputes = payment.details.get("disputes", [])
        is_open = bool(disputes) and disputes[-1]["status"] in ("needs_response", "warning_needs_response")
        acts = []
        if payment.gateway != "aaio" and payment.refunded_minor < payment.paid_minor:
            acts += ["refund"] if payment.refunded_minor else ["refund", "refund_part"]
        if payment.refunded_minor:
            acts.append("fail_refund")
        if is_open:
            acts += ["win_dispute", "lose_dispute"]
        elif self._simulation.gateways[payment.gateway].knows_disputes:
            acts += ["inquire", "dispute"]
        buttons = "".join(_button(act, say[act], say[f"{act}_hint"]) for act in acts)
        return f'<h2>{say["cabinet"]}</h2><form method="post">{buttons}</form>' if acts else ""

    def _notices(self, payment: Payment, notices: list[Notice], language: Language) -> str:
        say = WORDS[language]
        if not notices:
            return f'<p class="dim">{say["no_notices"]}</p>'
        nowhere = (
            ""
            if self._simulation.notice_sender.address(payment.gateway)
            else f'<p class="remark">{say["no_address"]}</p>'
        )
        rows = "".join(_notice(notice, language) for notice in reversed(notices))
        return f'{nowhere}<ol class="notices">{rows}</ol>'


def _notice(notice: Notice, language: Language) -> str:
    say = WORDS[language]
    state = say[notice.state]
    if notice.state == "waiting" and notice.attempts and notice.due_at:
        state = say["again"].format(time=_clock(notice.due_at))
    tries = f" · {say['attempt'].format(number=notice.attempts)}" if notice.attempts > 1 else ""
    answer = (
        f'<p class="dim small">{escape(say["answered"].format(answer=notice.answer))}</p>'
        if notice.answer
        else ""
    )
    forged = (
        f' <i class="pill forged">{say["forged"]}: {say[notice.forged].lower()}</i>' if notice.forged else ""
    )
    return (
        f"<li><p><time>{_clock(notice.happened_at)}</time> <code>{escape(notice.event)}</code>{forged}"
        f' <i class="pill {notice.state.replace(" ", "-")}">{state}{tries}</i></p>{answer}</li>'
    )


def _deed(form: dict[str, list[str]]) -> Deed:
    act, _, kind = form.get("act", [""])[0].partition(" ")
    try:
        after_seconds = float(form.get("after_seconds", [""])[0] or LATE_SECONDS_DEFAULT)
    except ValueError:
        after_seconds = LATE_SECONDS_DEFAULT
    return Deed(act, after_seconds=min(max(after_seconds, 0.0), LATE_SECONDS_MAX), kind=kind)


def _button(act: str, words: str, hint: str, kind: str = "trick") -> str:
    small = f"<small>{escape(hint)}</small>" if hint else ""
    return f'<button class="button {kind}" name="act" value="{act}">{escape(words)}{small}</button>'


def _valid(payment: Payment, language: Language) -> str:
    if payment.status != "open" or payment.expires_at is None:
        return ""
    return f"<br>{WORDS[language]['valid'].format(time=_day(payment.expires_at, language))}"


def _clock(at: float) -> str:
    return f"{datetime.fromtimestamp(at).astimezone():%H:%M:%S}"


def _day(at: float, language: Language) -> str:
    here = datetime.fromtimestamp(at).astimezone()
    return format_moment(here, language, here.tzinfo)


def _brand(payment: Payment, language: Language) -> str:
    return (BRANDS if language == "ru" else BRANDS_EN)[payment.gateway]


def _banner(language: Language, gateway: str) -> str:
    return WORDS[language]["simulator"].format(gateway=gateway)


def _missing(language: Language) -> str:
    say = WORDS[language]
    body = (
        f'<main class="one"><section class="card"><h1>{say["missing"]}</h1>'
        f'<p class="dim">{say["missing_hint"]}</p></section></main>'
    )
    return _frame(language, say["missing"], body, _banner(language, "YooKassa, AAIO, Stripe"), "/")


def _frame(
    language: Language, title: str, body: str, banner: str, path: str, again_seconds: int | None = None
) -> str:
    other = "en" if language == "ru" else "ru"
    reload = (
        f'\n<noscript><meta http-equiv="refresh" content="{again_seconds}"></noscript>'
        if again_seconds
        else ""
    )
    return f"""<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{escape(title)}</title>{reload}
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/pay.css">
<script type="module" src="/pay.js"></script>
</head>
<body>
<header><p>{escape(banner)}</p>
<a href="{escape(path)}?lang={other}" lang="{other}">{WORDS[language]["other_language"]}</a></header>
{body}
<p id="said" class="unseen" role="status"></p>
</body>
</html>
"""


def _html(content: str, status: int = 200) -> web.Response:
    return web.Response(
        status=status, text=content, content_type="text/html", charset="utf-8", headers=HEADERS
    )
