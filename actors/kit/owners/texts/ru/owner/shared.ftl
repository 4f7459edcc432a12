not_done = Не сделано. { $problem }
only_owners = Это может только владелец магазина.
nothing_here = Здесь пока пусто.
needs_text = Сейчас нужен текст. Передумали: /cancel
near = { " " }Может быть, { $near }?
in_language =
    { $language ->
        [ru] по-русски
        [en] по-английски
       *[rest] { $name }
    }
button_back = ↩️ Назад
button_refresh = 🔄 Обновить
button_no = Нет
button_previous = ◀️
button_next = ▶️
