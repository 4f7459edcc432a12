import asyncio

from mailroom.ops.flood.resending import Resending
from mailroom.ops.flood.stream import Message


def message(number: int, chat_id: int = 1) -> Message:
    return Message(number, chat_id, number, "")


def test_later_messages_of_a_chat_wait_for_one_that_was_refused():
    async def scenario() -> None:
        resending = Resending()
        first, second, elsewhere = message(1), message(2), message(9, chat_id=2)
        resending.came_back(first)
        waiting = asyncio.create_task(resending.wait_for_earlier(second))
        await asyncio.wait_for(resending.wait_for_earlier(first), 1)
        await asyncio.wait_for(resending.wait_for_earlier(elsewhere), 1)
        await asyncio.sleep(0)
        assert not waiting.done()
        resending.settled(first)
        await asyncio.wait_for(waiting, 1)
        assert first.came_back
        assert not second.came_back

    asyncio.run(scenario())


def test_several_that_were_refused_go_one_after_another():
    async def scenario() -> None:
        resending = Resending()
        made = [message(number) for number in range(1, 6)]
        passed: list[int] = []
        for one in made:
            resending.came_back(one)

        async def again(one: Message) -> None:
            await resending.wait_for_earlier(one)
            passed.append(one.number)
            resending.settled(one)

        await asyncio.wait_for(asyncio.gather(*(again(one) for one in reversed(made))), 1)
        assert passed == [1, 2, 3, 4, 5]

    asyncio.run(scenario())
