-- spent: what a bot's consultant has cost since midnight UTC, for one customer and for all, in millionths of a
-- dollar; $1 is the bot, $2 the customer.
SELECT coalesce(sum(cost_micro_usd) FILTER (WHERE user_id = $2), 0)::bigint AS customer,
       coalesce(sum(cost_micro_usd), 0)::bigint AS everybody
FROM {schema}.model_usage
WHERE bot = $1 AND at >= date_trunc('day', {now} AT TIME ZONE 'UTC') AT TIME ZONE 'UTC';

-- record: a call to a model; $1 bot, $2 customer, $3 model, $4 purpose, $5 and $6 tokens read and written, $7 cost.
INSERT INTO {schema}.model_usage (bot, user_id, model, purpose, prompt_tokens, completion_tokens, cost_micro_usd, at)
VALUES ($1, $2, $3, $4, $5, $6, $7, {now});
