-- drop: on-call throws a dead letter away, and what its attempts recorded.
-- ARGV: id
-- Returns 1, or 0 when it is not there (any more).
local dropped = redis.call('HDEL', key('dead'), ARGV[1])
if dropped == 1 then redis.call('DEL', key('deadlog', ARGV[1])) end
return dropped
