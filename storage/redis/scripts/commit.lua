-- commit: finish one message: new state, timers, removal, dead letter if it is one, and the attempt at the next, in one step (MBX P2).
-- ARGV: epoch, bot, chat, seq ("0": only state, no message), lane, state TTL in ms, seq of the next message to begin or "",
--       changes as JSON or "" ({set: {field: value}, del: [field], timers: [[name, due_ms, payload]], cancel: [name]}), dead letter as JSON or ""
-- Returns {status, depth, next_attempt, next_journal}; status is ok | fenced | gone. "gone": the message is not in line any more (this commit
-- went through before and its answer was lost, or an operator took it away); nothing is written then.
local epoch, bot, chat, seq, lane = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local ttl, next_seq, changes, dead = tonumber(ARGV[6]), ARGV[7], ARGV[8], ARGV[9]
if fenced(epoch) then return {'fenced'} end
allow_when_full()

if seq ~= '0' then
  local list = key(lane, chat)
  local head = redis.call('LINDEX', list, 0)
  if head and entry_seq(head) == seq then
    redis.call('LPOP', list)
  else
    local found
    for _, entry in ipairs(redis.call('LRANGE', list, 0, -1)) do
      if entry_seq(entry) == seq then found = entry break end
    end
    if not found then return {'gone', redis.call('LLEN', key('box', chat))} end
    redis.call('LREM', list, 1, found)
  end
  redis.call('HDEL', key('tries', chat), seq)
  redis.call('DEL', key('journal', chat .. ':' .. seq))
end

if changes ~= '' then
  local change = cjson.decode(changes)
  local state = key('state', chat)
  for field, value in pairs(change.set or {}) do redis.call('HSET', state, field, value) end
  for _, field in ipairs(change.del or {}) do redis.call('HDEL', state, field) end
  if redis.call('EXISTS', state) == 1 then redis.call('PEXPIRE', state, ttl) end
  for _, timer in ipairs(change.timers or {}) do
    redis.call('ZADD', key('timers'), timer[2], chat .. ':' .. timer[1])
    redis.call('HSET', key('timer'), chat .. ':' .. timer[1], timer[3])
  end
  for _, name in ipairs(change.cancel or {}) do
    redis.call('ZREM', key('timers'), chat .. ':' .. name)
    redis.call('HDEL', key('timer'), chat .. ':' .. name)
  end
end
if dead ~= '' then redis.call('HSET', key('dead'), chat .. ':' .. seq, dead) end

-- The wait belongs to the message at the head of the box: neither an expedited one nor a write of state alone ends it.
if seq ~= '0' and lane == 'box' then redis.call('HDEL', key('parked'), chat) end
settle(chat)
local depth = redis.call('LLEN', key('box', chat))
if next_seq == '' or suspended(bot, chat) then return {'ok', depth, 0, {}} end
local attempt, journal = begin(chat, next_seq)
return {'ok', depth, attempt, journal}
