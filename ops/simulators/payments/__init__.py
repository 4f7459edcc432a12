"""The payment gateways on the loopback: YooKassa, AAIO and Stripe Checkout, with a page to pay on.

Started by `python -m mailroom.ops.simulators.payments --port N --state FILE`. Nothing is charged, and
everything is kept: killed and started again, it goes on with the same payments and the notices it still owes.

    things, store, store.sql   payments, refunds, notices and plans, and the file they are kept in
    gateways/                  each company's API, words and signatures; `gateway` is what all of them are
    lifecycle                  what payers and time do to a payment, and which notices follow
    notice_sender              carries the notices, with each company's habit of repeating them
    faults                     misbehaviour on demand
    page, words                the page that a payer sees
    controls                   how tests steer it all, and look
    simulation, server, serving  one of everything, and the way from an HTTP request to it
"""
