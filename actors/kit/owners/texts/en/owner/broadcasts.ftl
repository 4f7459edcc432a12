ask = Send the message for your customers, as they will see it, formatting included. Changed your mind: /cancel
preview =
    This is what your customers will see, with a button “No more news” below. Send it?
    All: { $total }, { $some }.
preview_without_news =
    { "" }
    Opted out of news and will not get it: { $count }.
to_some = { $language }: { $count }
draft_gone = This draft is gone. Start again: /broadcast
dropped = Nothing was sent.
heading = 📣 Broadcasts
row = { $number } · { $status } · { $sent }/{ $total }
page =
    <b>Broadcast { $number }</b>: { $status }
    Delivered { $sent } of { $total }
left = Remaining: { $left }
failed = Not delivered: { $count }
statuses =
    .filling = being prepared
    .running = running
    .paused = paused
    .cancelled = stopped
    .done = done
button_broadcast = 📣 Broadcast
button_broadcasts = 📣 Broadcasts
button_send_all = To all ({ $count })
button_send_some = { $language } ({ $count })
button_pause = ⏸ Pause
button_resume = ▶️ Resume
button_stop = ⏹ Stop for good
