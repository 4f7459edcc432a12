"""Telegram on the loopback: the Bot API, the sending side of webhooks, and a page to chat with the bots.

Started by `python -m mailroom.ops.simulators.telegram --port N`. Reading order:

    kinds, backlog, delivery   how Telegram queues updates and sends them to a webhook (pure)
    webhook_sender, wire       the sockets that carry what `delivery` decides
    bots, chats                bots, chats and messages, all bounded
    entities, html_text, markdown, markdown_v2, links, found   texts, marked up and looked through
    files, media_kinds, pictures, received   files, whoever sent them
    arguments, markup, methods/   the Bot API's methods and their refusals
    limits, faults             429s and misbehaviour on demand
    people, events, page/      the users' side: what they do and see
    deeds, controls, views     how tests and the page steer it all, and look
    bot_api, server, serving   from an HTTP request to the above
"""
