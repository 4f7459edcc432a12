page =
    ⚠️ <b>Проблема с заказом № { $number }</b> ({ $status })
    { $name } · { $contact } · id <code>{ $user }</code>
    { $lines }

    { $said }

    { $state }
waits = Покупатель ждёт ответа.
waits_not = Ответа никто не ждёт.
said = { $at } <b>{ $who }</b>: { $text }
customer = Покупатель
heading =
    <b>Ждут ответа: { $count }</b>
    Кто ждёт дольше, тот выше.
none = Ответа никто не ждёт.
row = № { $number } · { $name } · { $text }
ask_answer = Напишите ответ покупателю заказа № { $number }: он придёт в чат с магазином. Передумали: /cancel
answer_sent = ✅ Ответ отправлен покупателю заказа № { $number }.
closed_popup = Обращение по заказу № { $number } закрыто без ответа, покупателю ничего не отправлено.
button_complaint = ⚠️ Обращение
button_answer = ✍️ Ответить
button_close = ☑️ Закрыть без ответа
button_order = 📦 Заказ
