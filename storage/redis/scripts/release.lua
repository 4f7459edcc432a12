-- release: end the suspension of one chat in its partition, with the reason if it was parked there. In one step, so that a message which
-- dies meanwhile parks the chat anew either wholly before or wholly after it.
-- ARGV: chat
-- Returns {1 if it was suspended or else 0, why it was parked as JSON or ""}.
local parked = redis.call('HGET', key('parks'), ARGV[1]) or ''
redis.call('HDEL', key('parks'), ARGV[1])
return {redis.call('SREM', key('suspended'), ARGV[1]), parked}
