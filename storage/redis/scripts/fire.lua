-- fire: put the timers that are due into the mailboxes of their chats. Due is judged by the store's clock, so never early (MBX X5).
-- The entry in the mailbox is the timer from then on: it goes away in the commit of the turn that handled it, not before.
-- ARGV: token, most timers to fire in one call
-- Returns {status, [chat, entry, ...], due_ms of the next timer or 0}; status is ok | fenced.
if fenced(ARGV[1]) then return {'fenced', {}, 0} end
local now = now_ms()
local fired = {}
for _, member in ipairs(redis.call('ZRANGEBYSCORE', key('timers'), '-inf', now, 'LIMIT', 0, ARGV[2])) do
  local chat, name = string.match(member, '^([^:]+:[^:]+):(.*)$')
  local seq = redis.call('INCR', key('seq'))
  local entry = seq .. ' - ' .. now .. ' event timer timer.' .. now .. '.' .. seq .. '\n'
    .. cjson.encode({name = name, data = redis.call('HGET', key('timer'), member) or ''})
  local depth = redis.call('RPUSH', key('box', chat), entry)
  redis.call('ZREM', key('timers'), member)
  redis.call('HDEL', key('timer'), member)
  local _, fast = settle(chat)
  if fast or depth > 1 then measure(chat, depth, fast) end
  fired[#fired + 1] = chat
  fired[#fired + 1] = entry
end
local upcoming = redis.call('ZRANGE', key('timers'), 0, 0, 'WITHSCORES')
return {'ok', fired, tonumber(upcoming[2] or 0)}
