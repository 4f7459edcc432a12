-- begin: count an attempt at one message, or at a media group as one, before its handler runs. To be repeated safely: the same id counts once.
-- ARGV: token, bot, chat, seq, id of the attempt, "apart" (the parts of a group are messages like any other) or ""
-- Returns {status, attempt, journal, outages, since_ms, [entry, journal, ...] of the other parts of its group}; status is ok | fenced |
-- suspended | behind | gone | wait. "behind": another message stands before it (MBX P1), whatever the owner was told or not told of. "gone": it
-- is not in line any more, on-call took it away. "wait", ms: its group may not be complete yet (GRP G2).
local token, bot, chat, seq, id = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
if fenced(token) then return {'fenced'} end
if suspended(bot, chat) then return {'suspended'} end
local head = redis.call('LINDEX', key('box', chat), 0)
local first = head and entry_seq(head) == seq
if not first and not find(key('fast', chat), seq) then
  return {find(key('box', chat), seq) and 'behind' or 'gone'}
end
if not first or not is_part(head) or ARGV[6] == 'apart' then
  allow_when_full()
  local attempt, journal, outages, since = begin(chat, seq, id)
  return {'ok', attempt, journal, outages, since}
end

local parts, wait, holder = gather(chat, head, id)
if wait > 0 then return {'wait', wait} end
allow_when_full()
local numbers, others = {}, {}
for i, entry in ipairs(parts) do
  numbers[i] = entry_seq(entry)
  if i > 1 then
    others[#others + 1] = entry
    others[#others + 1] = redis.call('HGETALL', key('journal', chat .. ':' .. numbers[i]))
  end
end
local attempts, last, outages, since = tried(chat, holder or seq)
if holder and holder ~= seq then redis.call('HDEL', key('tries', chat), holder) end
keep_tried(chat, seq, attempts, last, outages, since, table.concat(numbers, ','))
local attempt, journal = begin(chat, seq, id)
return {'ok', attempt, journal, outages, since, others}
