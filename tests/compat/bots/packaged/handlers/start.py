from aiogram import Router
from aiogram.types import Message

from ..settings import arguments, greeting  # noqa: TID252 - what is shown

router = Router(name=__name__)


@router.message()
async def start(message: Message) -> None:
    await message.answer(f"{greeting} {arguments.port} {arguments.config} {arguments.names} {router.name}")
