-- pair: go one further, and remember how far Postgres has come. Whose Redis this is is said by whoever comes first, and never again.
-- KEYS[1] is the pair itself. ARGV: id, Postgres' mark, when that was set (ms), how far we have come at least
-- Returns {status, how far we have come}; status is ok | other, and then whose this is.
redis.call('HDEL', KEYS[1], 'none') -- a write that changes nothing: a full Redis must be started with, too
local id = redis.call('HGET', KEYS[1], 'id')
if id and id ~= ARGV[1] then return {'other', id} end
local had = redis.call('HMGET', KEYS[1], 'own', 'postgres', 'seen_at')
local own = math.max(tonumber(had[1] or 0), tonumber(ARGV[4])) + 1
local postgres = math.max(tonumber(had[2] or 0), tonumber(ARGV[2]))
local seen = math.max(tonumber(had[3] or 0), tonumber(ARGV[3]))
redis.call('HSET', KEYS[1], 'id', ARGV[1], 'own', string.format('%.0f', own), 'postgres', string.format('%.0f', postgres),
  'seen_at', string.format('%.0f', seen))
return {'ok', own}
