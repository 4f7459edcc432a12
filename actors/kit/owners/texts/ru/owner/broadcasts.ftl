ask = Напишите сообщение для покупателей: так, как они его увидят, с форматированием. Передумали: /cancel
preview =
    Так это увидят покупатели, с кнопкой «Не присылать новости» внизу. Отправить?
    Всего: { $total }, { $some }.
preview_without_news =
    { "" }
    Отказались от новостей и ничего не получат: { $count }.
to_some = { $language }: { $count }
draft_gone = Этого черновика уже нет. Начните заново: /broadcast
dropped = Рассылка не отправлена.
heading = 📣 Рассылки
row = № { $number } · { $status } · { $sent }/{ $total }
page =
    <b>Рассылка № { $number }</b>: { $status }
    Доставлено { $sent } из { $total }
left = Осталось: { $left }
failed = Не дошло: { $count }
statuses =
    .filling = готовится
    .running = идёт
    .paused = на паузе
    .cancelled = остановлена
    .done = закончена
button_broadcast = 📣 Рассылка
button_broadcasts = 📣 Рассылки
button_send_all = Всем ({ $count })
button_send_some = { $language } ({ $count })
button_pause = ⏸ Пауза
button_resume = ▶️ Продолжить
button_stop = ⏹ Остановить совсем
