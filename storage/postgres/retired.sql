-- due: whether the version before that one thing of two bots was the same to has had its time
SELECT EXISTS (
    SELECT FROM mailroom.installation WHERE key = 'payment_pending_once_until' AND value::timestamptz < now()
);

-- patience: somebody who holds a lock for long is not waited for
SET LOCAL lock_timeout = '1s';

-- pending_once: the index that knew no bots
DROP INDEX IF EXISTS mailroom.payment_pending_once;

-- done: it is gone
DELETE FROM mailroom.installation WHERE key = 'payment_pending_once_until';
