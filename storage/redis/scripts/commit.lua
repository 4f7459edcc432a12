-- commit: finish one message, or a media group as one: new state, timers, removal, dead letter if it is one, and the attempt at the next, in
-- one step (MBX P2).
-- ARGV: token, bot, chat, seq ("0": only state, no message), lane, state TTL in ms, seq of the next message to begin or "", id of that attempt,
--       dead letter as JSON or "", why the chat is parked along with it, as JSON, or "",
--       then the other parts of its group: "part" seq dead-letter-or-"",
--       then what changes, in the order in which it was asked for: "set" field value | "del" field | "timer" name due_ms data | "cancel" name
-- Returns {status, depth, next_attempt, next_journal, next_outages, next_since_ms}; status is ok | fenced | gone. "gone": the message is not in
-- line any more (this commit went through before and its answer was lost, or an operator took it away); no state is written then. "torn": of a
-- group a part is not in line any more and others are; nothing is written, they are to be run again (GRP G5).
local token, bot, chat, seq, lane = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local ttl, next_seq, next_id, dead, parked = tonumber(ARGV[6]), ARGV[7], ARGV[8], ARGV[9], ARGV[10]
local at = 11
local together = ARGV[at] == 'part'
if fenced(token) then return {'fenced'} end
allow_when_full()

if seq ~= '0' then
  local list = key(lane, chat)
  if together then
    local lost, left, one = not find(list, seq), false, at
    left = not lost
    while ARGV[one] == 'part' do
      if find(list, ARGV[one + 1]) then left = true else lost = true end
      one = one + 3
    end
    if lost then return {left and 'torn' or 'gone', redis.call('LLEN', key('box', chat))} end
  end
  local letter = dead
  repeat
    local id = chat .. ':' .. seq
    if not take(list, seq) then return {'gone', redis.call('LLEN', key('box', chat))} end
    redis.call('HDEL', key('tries', chat), seq)
    if letter == '' then redis.call('DEL', key('journal', id)) else bury(id, letter) end
    local more = ARGV[at] == 'part'
    if more then
      seq, letter = ARGV[at + 1], ARGV[at + 2]
      at = at + 3
    end
  until not more
end

-- Changes come as arguments, not as JSON: Redis' own cjson refuses half a surrogate pair, and a model may well answer with one.
local state, first_change = key('state', chat), at
while ARGV[at] do
  local what, name = ARGV[at], ARGV[at + 1]
  if what == 'set' then
    redis.call('HSET', state, name, ARGV[at + 2])
    at = at + 3
  elseif what == 'del' then
    redis.call('HDEL', state, name)
    at = at + 2
  elseif what == 'timer' then
    redis.call('ZADD', key('timers'), ARGV[at + 2], chat .. ':' .. name)
    redis.call('HSET', key('timer'), chat .. ':' .. name, ARGV[at + 3])
    at = at + 4
  else
    redis.call('ZREM', key('timers'), chat .. ':' .. name)
    redis.call('HDEL', key('timer'), chat .. ':' .. name)
    at = at + 2
  end
end
if at > first_change and redis.call('EXISTS', state) == 1 then redis.call('PEXPIRE', state, ttl) end

-- Parked here, not by a call that follows: no message may begin between the death and the parking. `parks` says why, for on-call to see.
if parked ~= '' then
  redis.call('SADD', key('suspended'), chat)
  redis.call('HSET', key('parks'), chat, parked)
end

-- The wait belongs to the message at the head of the box: neither an expedited one nor a write of state alone ends it.
if seq ~= '0' and lane == 'box' then redis.call('HDEL', key('parked'), chat) end
local head, fast = settle(chat)
local depth = head and redis.call('LLEN', key('box', chat)) or 0
if head or together then measure(chat, depth, fast) end -- one that came alone leaves an empty line out of `depths` as it was
-- The owner names the next message from memory. Where another one stands first (it came late, or on-call took that one away), it looks again.
-- A group is never begun here: whether it is complete is asked by `begin`.
if next_seq == '' or not head or entry_seq(head) ~= next_seq or string.find(head, '^%d+ %S+ %d+ %S* [^ /]*/') or suspended(bot, chat) then
  return {'ok', depth, 0, {}, 0, 0}
end
return {'ok', depth, begin(chat, next_seq, next_id)}
