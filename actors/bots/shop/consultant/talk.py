"""One message to the consultant: what it is about, what the model wants to know, what it may say.

    question ─► intent (cheap model) ─► orders, cart, help, chat: a text of ours
                       │
                       └► products ─► answer (stronger model) ◄─► tools, at most ROUNDS_MAX times
                                             │
                                             └► facts read again ─► blocks: prose is judged, facts are written

Whatever fails on the way, there is a reply, and it is there in time.
"""

import asyncio
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from asyncpg import Pool
from structlog import get_logger

from mailroom.actors.bots.shop import catalog
from mailroom.actors.bots.shop.consultant import prompt
from mailroom.actors.bots.shop.consultant.answer import Reply
from mailroom.actors.bots.shop.consultant.blocks import OF_PRODUCTS, OF_THE_SHOP, PROSE, Block, read
from mailroom.actors.bots.shop.consultant.budget import Budget, Purpose
from mailroom.actors.bots.shop.consultant.context import Context
from mailroom.actors.bots.shop.consultant.facts import Facts, Offer
from mailroom.actors.bots.shop.consultant.judge.judge import warm
from mailroom.actors.bots.shop.consultant.mentions import mentioned
from mailroom.actors.bots.shop.consultant.metrics import ANSWERS, REFUSED
from mailroom.actors.bots.shop.consultant.prose import Judged, Refusal, judged
from mailroom.actors.bots.shop.consultant.tools import SCHEMAS, Result, Toolbox
from mailroom.actors.bots.shop.consultant.wording import clean, whole_sentences
from mailroom.actors.bots.shop.consultant.writing import PRODUCTS_MAX, written
from mailroom.actors.bots.shop.domain.product import Product
from mailroom.actors.bots.shop.options import Options
from mailroom.actors.bots.shop.texts.consultant import ConsultantTexts
from mailroom.actors.metrics import child
from mailroom.actors.providers.openai import Answer, Models, ModelUnavailableError, OnText, ToolCall
from mailroom.actors.uses.cpu import Cpu

log = get_logger("mailroom.consultant")

ROUNDS_MAX = 4
"""Search, look up, offer, answer. In the last one no tools may be called."""
CALLS_MAX = 5
"""Of tools in one round."""
INTENT_SHARE = 0.25
INTENT_SECONDS_MAX = 5.0
"""The cheap model only sorts: what it saves is not worth waiting longer for."""
INTENT_TOKENS_MAX = 30
ANSWER_TOKENS_MAX = 700
"""The rules ask for 80 words; the rest is for blocks and tool calls."""
SUMMARY_SECONDS_MAX = 5.0
SUMMARY_SECONDS_MIN = 1.0
SUMMARY_TOKENS_MAX = 250
MARGIN_SECONDS = 0.2
"""Left of the time for what comes after the model: the facts are read again, the answer is judged."""
WORDS_CHARS_MAX = 2_400
"""Of prose: a message holds 4096; the rest is for the facts."""

INTENTS = frozenset({"products", "orders", "cart", "help", "chat"})


class Growing(Protocol):
    """Where an answer can be watched while it is being written."""

    @property
    def wants_more(self) -> bool:
        """Whether more of it would be shown now."""

    async def grow(self, words: str) -> None:
        """Show this much of it."""


class _PlainAnswerError(Exception):
    """The model is of no use in this turn; `why` is for the log and the metrics."""

    def __init__(self, why: str, *, unanswered: bool = False) -> None:
        super().__init__(why)
        self.why = why
        self.unanswered = unanswered
        """There was no answer, rather than a useless one."""


@dataclass(slots=True)
class Consultation:
    """The consultant at work on one message."""

    database: Pool
    models: Models
    options: Options
    budget: Budget
    texts: ConsultantTexts
    tools: Toolbox
    ends: float
    """When the reply has to be there, by the clock of the loop."""
    draft: Growing
    """Shows the parts of the answer that may be shown, while it is being written."""
    cpu: Cpu
    """Judges them."""
    assortment: Sequence[Product] = field(default_factory=list)

    @property
    def facts(self) -> Facts:
        """What the view has said in this turn."""
        return self.tools.facts

    @property
    def seconds_left(self) -> float:
        """Until the reply has to be there."""
        return self.ends - asyncio.get_running_loop().time()

    async def reply(self, context: Context, question: str) -> Reply:
        """The reply to a question. Never fails because of a model."""
        if await self.budget.is_used_up():
            return self._plain("used_up", self.texts.used_up)
        # The first answer of a process would wait for it at the end.
        warm(self.cpu)
        intent = await self._intent(context, question)
        if intent != "products":
            own = {"orders": self.texts.orders, "cart": self.texts.cart, "help": self.texts.help}
            return self._plain(intent, own.get(intent, self.texts.chat))
        self.assortment = await catalog.assortment(self.database, self.tools.language)
        try:
            said = await self._rounds(context, question)
        except _PlainAnswerError as reason:
            return await self._from_facts(question, reason.why, unanswered=reason.unanswered)
        return await self._checked(said, question)

    async def remember(self, context: Context, question: str, reply: Reply) -> Context:
        """The talk with this turn in it, and its oldest part summed up if it has become long. An apology for
        no answer is not worth remembering: the question may be asked again.
        """
        if reply.unanswered and not reply.products and reply.offer is None:
            return context
        titles = dict.fromkeys([one.title for one in reply.products])
        if reply.offer is not None:
            titles[f"{reply.offer.product.title} × {reply.offer.quantity}"] = None
        # "The second one, please" has to mean something to the next answer.
        context = context.with_turn(question, "\n".join([reply.words, *titles]))
        if not context.old:
            return context
        seconds = min(self.seconds_left, SUMMARY_SECONDS_MAX)
        summary = None
        if seconds >= SUMMARY_SECONDS_MIN:
            messages = prompt.summary_messages(self.tools.language, context.summary, context.old)
            try:
                said = await self._ask(
                    "summary",
                    messages,
                    self._models(self.options.model_intent),
                    seconds,
                    tokens_max=SUMMARY_TOKENS_MAX,
                )
                summary = clean(said.text)
            except ModelUnavailableError:
                pass  # the log has it; the oldest part of the talk is forgotten
        return context.summarised(summary)

    async def _intent(self, context: Context, question: str) -> str:
        seconds = min(self.seconds_left * INTENT_SHARE, INTENT_SECONDS_MAX)
        try:
            said = await self._ask(
                "intent",
                prompt.intent_messages(context, question),
                self._models(self.options.model_intent),
                seconds,
                tokens_max=INTENT_TOKENS_MAX,
            )
        except ModelUnavailableError:
            return "products"
        return read_intent(said.text)

    async def _rounds(self, context: Context, question: str) -> list[Block]:
        """What the model says in the end. Raises `_PlainAnswerError`."""
        messages = list(prompt.answer_messages(self.tools.language, self.assortment, context, question))
        mistakes = 0
        for number in range(1, ROUNDS_MAX + 1):
            try:
                answer = await self._ask(
                    "answer",
                    messages,
                    self._models(self.options.model_answer),
                    self.seconds_left - MARGIN_SECONDS,
                    tokens_max=ANSWER_TOKENS_MAX,
                    on_text=self._show_part(question),
                    tools=SCHEMAS,
                    may_call=number < ROUNDS_MAX,
                )
            except ModelUnavailableError as error:
                raise _PlainAnswerError(error.why, unanswered=True) from error
            if not answer.tool_calls:
                return _read(answer.text, whole=answer.whole)
            if number == ROUNDS_MAX:
                break
            messages.append(_asked_for(answer))
            results = [await self._run(call) for call in answer.tool_calls[:CALLS_MAX]]
            for call, result in zip(answer.tool_calls, _padded(results, len(answer.tool_calls)), strict=True):
                messages.append({"role": "tool", "tool_call_id": call.id, "content": result.content})
            if len(answer.tool_calls) > CALLS_MAX or any(result.wrong for result in results):
                mistakes += 1
                if mistakes > 1:
                    # It was told once.
                    raise _PlainAnswerError("bad_tool_calls")
        raise _PlainAnswerError("endless_tool_calls")

    async def _run(self, call: ToolCall) -> Result:
        result = await self.tools.run(call)
        log.info("tool_call", tool=call.name[:40], arguments=call.raw[:200], wrong=result.wrong)
        return result

    async def _ask(
        self,
        purpose: Purpose,
        messages: Sequence[Mapping[str, Any]],
        models: Sequence[str],
        seconds: float,
        *,
        tokens_max: int,
        on_text: OnText | None = None,
        tools: Sequence[Mapping[str, Any]] = (),
        may_call: bool = True,
    ) -> Answer:
        """Ask, and count what it cost before anything else can go wrong."""
        try:
            answer = await self.models.ask(
                purpose, messages, tools, models, seconds, on_text, may_call=may_call, tokens_max=tokens_max
            )
        except ModelUnavailableError as error:
            await self.budget.record(purpose, error.spent)
            raise
        await self.budget.record(purpose, answer.spent)
        return answer

    def _models(self, first: str) -> list[str]:
        return list(dict.fromkeys((first, *self.options.model_fallbacks)))

    def _show_part(self, question: str) -> OnText:
        async def show(text: str) -> None:
            if not self.draft.wants_more:
                return
            said = [one.text for one in _read(text, whole=False) if one.kind == PROSE]
            parts = [(await self._judged(one, question)).shown for one in said]
            await self.draft.grow("\n\n".join(filter(None, parts)))

        return show

    async def _judged(self, text: str, question: str) -> Judged:
        """What may be shown of some prose, as the facts are now. What cannot be judged in time is not
        shown.
        """
        try:
            async with asyncio.timeout(max(MARGIN_SECONDS, self.seconds_left)):
                return await judged(
                    self.cpu, text, self.facts, self.assortment, self.tools.language, question
                )
        except TimeoutError:
            return Judged("", [Refusal("unjudged", "no time")])

    async def _checked(self, said: Sequence[Block], question: str) -> Reply:
        """The model's prose as far as it may be shown, and its blocks as the view says now."""
        # What no tool has returned in this turn is not written, whoever names it.
        blocks = [replace(one, slugs=tuple(slug for slug in one.slugs if slug in self.facts)) for one in said]
        named = [slug for one in blocks for slug in one.slugs or mentioned(one.text, self.assortment)]
        offer = self.facts.offer
        # Whatever was looked up earlier in this turn: what is said and offered is read once more.
        await self.tools.read([*named, *([offer.product.slug] if offer else [])])
        offer, notice = self._offer_now()
        kept: list[Block] = []
        refused: list[Refusal] = []
        for block in blocks:
            if block.kind == PROSE:
                result = await self._judged(block.text, question)
                refused += result.refused
                block = replace(block, text=result.shown)
            if block.text or block.slugs or block.kind in OF_THE_SHOP:
                kept.append(block)
        for refusal in refused:
            child(REFUSED, refusal.why).inc()
            log.warning("prose_refused", why=refusal.why, what=refusal.what[:80])
        also = [one for slug in named if (one := self.facts.get(slug)) is not None]
        what = written(kept, also, self.facts, self.tools.language)
        if not kept or not (what.paragraphs or offer):
            return await self._from_facts(question, "refused" if refused else "empty", named)
        child(ANSWERS, "trimmed" if refused else "model").inc()
        spoken = "\n".join(one.text for one in kept if one.kind == PROSE)
        bare = offer is None and all(one.kind in OF_PRODUCTS for one in kept)
        return Reply(
            spoken, [*([self.texts.found] if bare else []), *what.paragraphs], what.products, offer, notice
        )

    async def _from_facts(
        self, question: str, why: str, named: Sequence[str] = (), *, unanswered: bool = False
    ) -> Reply:
        """An answer without a model: what it named, what the view said in this turn, else what a search
        finds.
        """
        child(ANSWERS, why).inc()
        known = list(dict.fromkeys([*named, *(one.slug for one in self.facts)]))
        products = await self.tools.read(known[:PRODUCTS_MAX]) or await self.tools.search(
            question, PRODUCTS_MAX
        )
        offer, notice = self._offer_now()
        if products:
            what = written([], products, self.facts, self.tools.language)
            words = self.texts.found_alone if unanswered else self.texts.found
            return Reply(words, [words, *what.paragraphs], what.products, offer, notice, unanswered)
        words = self.texts.unavailable if unanswered else self.texts.nothing_found
        return Reply(words, [words], unanswered=unanswered)

    def _offer_now(self) -> tuple[Offer | None, str]:
        """The offer as it is true now, and what to say if it is not any more."""
        offer = self.facts.offer
        if offer is None:
            return None, ""
        product = self.facts.get(offer.product.slug)
        self.facts.offer = Offer.of(product, offer.quantity) if product is not None else None
        return self.facts.offer, "" if self.facts.offer else self.texts.offer_gone

    @staticmethod
    def _plain(kind: str, words: str) -> Reply:
        child(ANSWERS, kind).inc()
        return Reply(words, [words])


def _read(text: str, *, whole: bool) -> list[Block]:
    """The blocks of an answer; the sentence in whose middle it broke off, and what is too long, are not
    among them.
    """
    blocks = []
    left = WORDS_CHARS_MAX
    for block in read(text):
        words = clean(block.text)
        if len(words) > left:
            words = whole_sentences(words[:left])
        elif not whole and block.text == text:
            words = whole_sentences(words)
        left -= len(words)
        if block.kind != PROSE or words:
            blocks.append(replace(block, text=words))
    return blocks


def read_intent(text: str) -> str:
    """The intent in a model's answer; `products` where there is none that we know."""
    found = re.search(r"\{[^{}]*\}", text)
    try:
        said = json.loads(found[0]) if found else {}
    except ValueError:
        return "products"
    intent = said.get("intent") if isinstance(said, dict) else None
    return intent if isinstance(intent, str) and intent in INTENTS else "products"


def _asked_for(answer: Answer) -> dict[str, Any]:
    """The model's own message, as it has to stand before the results of its calls."""
    calls = [
        # What was no JSON would be refused by some endpoints when they get it back.
        {
            "id": call.id,
            "type": "function",
            "function": {"name": call.name, "arguments": call.raw if call.arguments is not None else "{}"},
        }
        for call in answer.tool_calls
    ]
    return {"role": "assistant", "content": answer.text or None, "tool_calls": calls}


def _padded(results: Sequence[Result], count: int) -> list[Result]:
    """A result for every call: those beyond the limit were not made."""
    missing = count - len(results)
    return [*results, *[Result('{"error": "too many calls at once"}', wrong=True)] * missing]
