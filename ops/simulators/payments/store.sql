-- create_payments: what merchants have asked for; `details` is what only its own gateway understands.
CREATE TABLE IF NOT EXISTS payments (
    number         INTEGER PRIMARY KEY,
    id             TEXT    NOT NULL UNIQUE,
    gateway        TEXT    NOT NULL,
    reference      TEXT    NOT NULL,
    amount_minor   INTEGER NOT NULL,
    currency       TEXT    NOT NULL,
    status         TEXT    NOT NULL,
    paid_minor     INTEGER NOT NULL DEFAULT 0,
    paid_currency  TEXT    NOT NULL DEFAULT '',
    refunded_minor INTEGER NOT NULL DEFAULT 0,
    created_at     REAL    NOT NULL,
    paid_at        REAL,
    expires_at     REAL,
    details        TEXT    NOT NULL
);

-- create_payments_by_reference: AAIO knows an order by the merchant's own name for it.
CREATE INDEX IF NOT EXISTS payments_by_reference ON payments (gateway, reference);

-- create_payments_by_intent: and Stripe by a name that it gives them itself.
CREATE INDEX IF NOT EXISTS payments_by_intent ON payments (json_extract(details, '$.payment_intent'))
WHERE gateway = 'stripe';

-- create_payments_that_expire: looked at all the time.
CREATE INDEX IF NOT EXISTS payments_that_expire ON payments (expires_at) WHERE expires_at IS NOT NULL;

-- create_refunds: money given back.
CREATE TABLE IF NOT EXISTS refunds (
    number       INTEGER PRIMARY KEY,
    id           TEXT    NOT NULL UNIQUE,
    payment_id   TEXT    NOT NULL,
    amount_minor INTEGER NOT NULL,
    currency     TEXT    NOT NULL,
    status       TEXT    NOT NULL,
    created_at   REAL    NOT NULL,
    details      TEXT    NOT NULL
);

-- create_answers: what was answered under an idempotency key, to be answered again.
CREATE TABLE IF NOT EXISTS answers (
    gateway    TEXT    NOT NULL,
    key        TEXT    NOT NULL,
    request    TEXT    NOT NULL,
    status     INTEGER NOT NULL,
    body       BLOB    NOT NULL,
    payment_id TEXT    NOT NULL,
    at         REAL    NOT NULL,
    PRIMARY KEY (gateway, key)
);

-- create_notices: what merchants are told. `due_at` is NULL once it is settled.
CREATE TABLE IF NOT EXISTS notices (
    number      INTEGER PRIMARY KEY,
    gateway     TEXT    NOT NULL,
    payment_id  TEXT    NOT NULL,
    event       TEXT    NOT NULL,
    body        BLOB    NOT NULL,
    forged      TEXT    NOT NULL,
    held        INTEGER NOT NULL DEFAULT 0,
    state       TEXT    NOT NULL,
    happened_at REAL    NOT NULL,
    due_at      REAL,
    attempts    INTEGER NOT NULL DEFAULT 0,
    answer      TEXT    NOT NULL DEFAULT ''
);

-- create_notices_due: what the sender looks at.
CREATE INDEX IF NOT EXISTS notices_due ON notices (due_at) WHERE due_at IS NOT NULL;

-- create_notices_by_payment: what the page shows.
CREATE INDEX IF NOT EXISTS notices_by_payment ON notices (payment_id);

-- create_plans: what will be done to payments later.
CREATE TABLE IF NOT EXISTS plans (
    number     INTEGER PRIMARY KEY,
    payment_id TEXT NOT NULL,
    deed       TEXT NOT NULL,
    due_at     REAL NOT NULL,
    details    TEXT NOT NULL
);

-- create_settings: what the controls were set to.
CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL);

-- add_payment: a merchant asks for one.
INSERT INTO payments (id, gateway, reference, amount_minor, currency, status, created_at, expires_at, details)
VALUES (:id, :gateway, :reference, :amount_minor, :currency, :status, :created_at, :expires_at, :details);

-- save_payment: what has become of it.
UPDATE payments SET status = :status, paid_minor = :paid_minor, paid_currency = :paid_currency,
    refunded_minor = :refunded_minor, paid_at = :paid_at, expires_at = :expires_at, details = :details
WHERE id = :id;

-- payment: one by its id.
SELECT * FROM payments WHERE id = ?;

-- payment_of_reference: the latest that a merchant called so.
SELECT * FROM payments WHERE gateway = ? AND reference = ? ORDER BY number DESC LIMIT 1;

-- payment_of_intent: Stripe gives money back by another name than it was asked for.
SELECT * FROM payments WHERE gateway = 'stripe' AND json_extract(details, '$.payment_intent') = ?;

-- payments: the latest, of one gateway or of one status if asked.
SELECT * FROM payments
WHERE (:gateway = '' OR gateway = :gateway) AND (:status = '' OR status = :status)
  AND (:reference = '' OR reference = :reference) AND number < :before AND created_at >= :created_from
ORDER BY number DESC LIMIT :limit;

-- payments_after: what came after one, the oldest first.
SELECT * FROM payments WHERE gateway = ? AND number > ? ORDER BY number LIMIT ?;

-- expired: those whose time has run out.
SELECT * FROM payments WHERE expires_at <= ? ORDER BY expires_at LIMIT 1000;

-- add_refund: money goes back.
INSERT INTO refunds (id, payment_id, amount_minor, currency, status, created_at, details)
VALUES (:id, :payment_id, :amount_minor, :currency, :status, :created_at, :details);

-- save_refund: it has arrived, or has not.
UPDATE refunds SET status = :status, details = :details WHERE id = :id;

-- refund: one by its id.
SELECT * FROM refunds WHERE id = ?;

-- refunds: of one payment.
SELECT * FROM refunds WHERE payment_id = ? ORDER BY number;

-- answer: what was answered under a key before.
SELECT * FROM answers WHERE gateway = ? AND key = ? AND at > ?;

-- keep_answer: for the next time the key is used.
INSERT OR REPLACE INTO answers (gateway, key, request, status, body, payment_id, at)
VALUES (?, ?, ?, ?, ?, ?, ?);

-- add_notice: a merchant is to be told.
INSERT INTO notices (gateway, payment_id, event, body, forged, held, state, happened_at, due_at)
VALUES (:gateway, :payment_id, :event, :body, :forged, :held, 'waiting', :happened_at, :due_at);

-- notice: one by its number.
SELECT * FROM notices WHERE number = ?;

-- notices: of one payment, or all, from a number on.
SELECT * FROM notices WHERE (:payment_id = '' OR payment_id = :payment_id) AND number > :since
ORDER BY number LIMIT :limit;

-- notices_due: what is to be carried now.
SELECT * FROM notices WHERE due_at <= ? ORDER BY due_at, number LIMIT ?;

-- save_notice: how an attempt ended.
UPDATE notices SET state = :state, due_at = :due_at, attempts = :attempts, answer = :answer WHERE number = :number;

-- release_notices: others about this payment waited until this one had gone first.
UPDATE notices SET held = 0, due_at = :now
WHERE payment_id = :payment_id AND held = 1 AND due_at IS NOT NULL AND number <> :number;

-- add_plan: do it later.
INSERT INTO plans (payment_id, deed, due_at, details) VALUES (?, ?, ?, ?);

-- plans_due: what is to be done now.
SELECT * FROM plans WHERE due_at <= ? ORDER BY due_at LIMIT 1000;

-- plans: what is still to be done to a payment.
SELECT * FROM plans WHERE payment_id = ? ORDER BY due_at;

-- drop_plan: it is done.
DELETE FROM plans WHERE number = ?;

-- next_due: when there is something to do next.
SELECT min(due) FROM (
    SELECT min(due_at) AS due FROM plans UNION ALL
    SELECT min(expires_at) FROM payments WHERE expires_at IS NOT NULL
);

-- next_notice_due: when, after now, there is something to carry next.
SELECT min(due_at) FROM notices WHERE due_at > ?;

-- setting: what a control was set to.
SELECT value FROM settings WHERE name = ?;

-- save_setting: and what it is set to now.
INSERT OR REPLACE INTO settings (name, value) VALUES (?, ?);

-- counts: how many payments of each gateway are in which state.
SELECT gateway, status, count(*) FROM payments GROUP BY gateway, status ORDER BY gateway, status;
