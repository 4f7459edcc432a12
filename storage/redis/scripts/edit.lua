-- edit: replace a dead letter with its edited self, unless somebody else did something to it since it was read.
-- ARGV: id, the letter as it was read, the letter as it shall be
-- Returns 1, or 0 when it is another one by now, or gone.
if redis.call('HGET', key('dead'), ARGV[1]) ~= ARGV[2] then return 0 end
redis.call('HSET', key('dead'), ARGV[1], ARGV[3])
return 1
