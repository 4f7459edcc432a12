-- commit: finish one message: new state, timers, removal, dead letter if it is one, and the attempt at the next, in one step (MBX P2).
-- ARGV: epoch, bot, chat, seq ("0": only state, no message), lane, state TTL in ms, seq of the next message to begin or "",
--       changes as JSON or "" ({set: {field: value}, del: [field], timers: [[name, due_ms, payload]], cancel: [name]}), dead letter as JSON or "",
--       why the chat is parked along with it, as JSON, or ""
-- Returns {status, depth, next_attempt, next_journal}; status is ok | fenced | gone. "gone": the message is not in line any more (this commit
-- went through before and its answer was lost, or an operator took it away); no state is written then.
local epoch, bot, chat, seq, lane = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local ttl, next_seq, changes, dead, parked = tonumber(ARGV[6]), ARGV[7], ARGV[8], ARGV[9], ARGV[10]
if fenced(epoch) then return {'fenced'} end
allow_when_full()

if seq ~= '0' then
  local id = chat .. ':' .. seq
  if not take(key(lane, chat), seq) then
    -- A handler at work when on-call took its message away may have recorded calls since: they belong with the dead letter, if it is there.
    local late = redis.call('HGETALL', key('journal', id))
    for i = 1, #late, 2 do
      if redis.call('HEXISTS', key('dead'), id) == 1 then redis.call('HSET', key('deadlog', id), late[i], late[i + 1]) end
    end
    redis.call('DEL', key('journal', id))
    return {'gone', redis.call('LLEN', key('box', chat))}
  end
  redis.call('HDEL', key('tries', chat), seq)
  if dead == '' then redis.call('DEL', key('journal', id)) else bury(id, dead) end
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

-- Parked here, not by a call that follows: no message may begin between the death and the parking. `parks` says why, for on-call to see.
if parked ~= '' then
  redis.call('SADD', key('suspended'), chat)
  redis.call('HSET', key('parks'), chat, parked)
end

-- The wait belongs to the message at the head of the box: neither an expedited one nor a write of state alone ends it.
if seq ~= '0' and lane == 'box' then redis.call('HDEL', key('parked'), chat) end
local head, fast = settle(chat)
local depth = head and redis.call('LLEN', key('box', chat)) or 0
if head then measure(chat, depth, fast) end
-- The owner names the next message from memory. Where another one stands first (it came late, or on-call took that one away), it looks again.
if next_seq == '' or not head or entry_seq(head) ~= next_seq or suspended(bot, chat) then return {'ok', depth, 0, {}} end
local attempt, journal = begin(chat, next_seq)
return {'ok', depth, attempt, journal}
