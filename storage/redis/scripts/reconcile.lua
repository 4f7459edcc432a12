-- reconcile: make the suspensions of a partition those that are wanted, and the chats that were parked in it.
-- ARGV: the members that are wanted
local wanted = {}
for _, member in ipairs(ARGV) do wanted[member] = true end
for _, chat in ipairs(redis.call('HKEYS', key('parks'))) do wanted[chat] = true end
for _, member in ipairs(redis.call('SMEMBERS', key('suspended'))) do
  if not wanted[member] then redis.call('SREM', key('suspended'), member) end
end
for member in pairs(wanted) do redis.call('SADD', key('suspended'), member) end
