-- skip: on-call takes a message out of its line and lays it with the dead letters, so that the next one can begin (MBX P1, X3).
-- No epoch is asked for: it must work while the owner is down. An owner at work on the message finds it `gone` when it commits.
-- ARGV: chat, seq or "" (what would be the next turn: of a media group all parts), error, who
-- Returns {status, ids of the dead letters ...}; status is ok | gone.
local chat, seq, error, who = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local bot, chat_id = string.match(chat, '^([^:]*):(.*)$')
local numbers = {seq}
if seq == '' then
  local head = redis.call('LINDEX', key('fast', chat), 0)
  if not head then
    head = redis.call('LINDEX', key('box', chat), 0)
    if head and is_part(head) then
      for i, entry in ipairs((gather(chat, head, ''))) do numbers[i] = entry_seq(entry) end
    end
  end
  if not head then return {'gone'} end
  if numbers[1] == '' then numbers[1] = entry_seq(head) end
end
allow_when_full()

local text = cjson.encode -- for text only: it would round numbers of more than 14 digits, so they are written as they stand
local together = #numbers > 1 and ',"group":[' .. table.concat(numbers, ',') .. ']' or ''
local skipped = {'gone'}
for _, number in ipairs(numbers) do
  local lane = 'fast'
  local entry, first = take(key(lane, chat), number)
  if not entry then
    lane = 'box'
    entry, first = take(key(lane, chat), number)
  end
  if entry then
    local order, accepted, kind, queue, trace, payload = string.match(entry, '^%d+ (%S+) (%d+) (%S*) (%S*) (%S*)\n(.*)$')
    local attempts, _, outages, since, parts = tried(chat, number)
    local letter = '{"bot":' .. text(bot) .. ',"chat":' .. text(chat_id) .. ',"seq":' .. number
      .. ',"order":' .. (order == '-' and 'null' or order) .. ',"kind":' .. text(kind) .. ',"queue":' .. text(queue)
      .. ',"trace":' .. text(trace) .. ',"accepted_ms":' .. accepted .. ',"died_ms":' .. string.format('%.0f', now_ms())
      .. ',"attempts":' .. string.format('%.0f', attempts)
      .. ',"epoch":' .. string.match(redis.call('GET', key('fence')) or '0', '^%d+') .. ',"error":' .. text(error) .. ',"traceback":""'
      .. ',"payload":' .. text(payload) .. ',"expedited":' .. tostring(lane == 'fast') .. together .. ',"skipped_by":' .. text(who) .. '}'
    bury(chat .. ':' .. number, letter)
    redis.call('HDEL', key('tries', chat), number)
    -- The rest of a group that was begun is run again, as the same group.
    local heir
    for part in string.gmatch(#numbers == 1 and parts or '', '%d+') do
      if not heir and part ~= number and find(key('box', chat), part) then heir = part end
    end
    if heir then keep_tried(chat, heir, attempts, '-', outages, since, parts) end
    if lane == 'box' and first then redis.call('HDEL', key('parked'), chat) end
    skipped[1], skipped[#skipped + 1] = 'ok', chat .. ':' .. number
  end
end
local _, fast = settle(chat)
measure(chat, redis.call('LLEN', key('box', chat)), fast)
return skipped
