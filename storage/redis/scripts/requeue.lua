-- requeue: on-call puts a dead letter back into the mailbox, at its place in order; its attempts begin anew, its journal goes on (MBX X3).
-- It is a message accepted now, under a new number; order, kind, queue, trace and lane are the old ones. No epoch is asked for, as by accept.
-- What died as one media group comes back as one (GRP G6).
-- ARGV: id, cap of the box, cap of the expedited
-- Returns {status, ids of the letters that are back ...}; status is requeued | suspended (in line, not to be run yet) | gone | full (the dead
-- letter stays where it is).
local id = ARGV[1]
local chat = string.match(id, '^(.+):%d+$')
local letter = chat and redis.call('HGET', key('dead'), id)
if not letter then return {'gone'} end
letter = cjson.decode(letter)
local letters = {{id, letter}}
if type(letter.group) == 'table' then
  letters = {}
  for _, number in ipairs(letter.group) do
    local part = chat .. ':' .. string.format('%.0f', number)
    local raw = redis.call('HGET', key('dead'), part)
    if raw then letters[#letters + 1] = {part, cjson.decode(raw)} end
  end
end
local lane, cap = 'box', tonumber(ARGV[2])
if letter.expedited then lane, cap = 'fast', tonumber(ARGV[3]) end
if redis.call('LLEN', key(lane, chat)) + #letters > cap then return {'full'} end

-- All that can fail is done before the first write: a script that fails halfway is not undone.
for _, one in ipairs(letters) do
  local its = one[2]
  one[3] = type(its.order) == 'number' and string.format('%.0f', its.order) or '-'
  one[4] = ' ' .. one[3] .. ' ' .. string.format('%.0f', now_ms()) .. ' ' .. its.kind .. ' ' .. its.queue .. ' ' .. its.trace
    .. '\n' .. its.payload
end
allow_when_full()
local bot = string.match(chat, '^[^:]*')
local back = {suspended(bot, chat) and 'suspended' or 'requeued'}
for i, one in ipairs(letters) do
  redis.call('HDEL', key('dead'), one[1])
  local seq = redis.call('INCR', key('seq'))
  append(key(lane, chat), seq .. one[4], tonumber(one[3]))
  if redis.call('EXISTS', key('deadlog', one[1])) == 1 then
    redis.call('RENAME', key('deadlog', one[1]), key('journal', chat .. ':' .. seq))
  end
  back[i + 1] = one[1]
end
local _, fast = settle(chat)
measure(chat, redis.call('LLEN', key('box', chat)), fast)
return back
