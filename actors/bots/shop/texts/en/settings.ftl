page =
    <b>Settings</b>
    { $news }

    Messages about your orders come in any case.
news_on = 🔔 You get the shop’s news and discounts in this chat.
news_off = 🔕 You do not get the shop’s news and discounts.
news_on_popup = You will get news again.
news_off_popup = No more news. Messages about your orders still come. To get news again: /settings
button_settings = ⚙️ Settings
button_news = 🔔 Send me news
button_no_news = 🔕 No more news
