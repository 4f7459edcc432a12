-- totals: what waits in a partition. It looks at every chat with two or more messages, and at every waiting chat while a bot or a chat is suspended.
-- Returns {chats waiting, messages waiting, accepted_ms of the oldest or 0, dead letters, waiting chats that are suspended}.
local chats = redis.call('ZCARD', key('ready'))
local messages = chats
for i, value in ipairs(redis.call('ZRANGE', key('depths'), 0, -1, 'WITHSCORES')) do
  if i % 2 == 0 then messages = messages + tonumber(value) - 1 end
end
local oldest = redis.call('ZRANGE', key('ready'), 0, 0, 'WITHSCORES')[2] or 0

local members, held = {}, 0
for _, member in ipairs(redis.call('SMEMBERS', key('suspended'))) do members[member] = true end
if members['*'] then
  held = chats
elseif next(members) then
  for _, chat in ipairs(redis.call('ZRANGE', key('ready'), 0, -1)) do
    if members[chat] or members[string.match(chat, '^[^:]*')] then held = held + 1 end
  end
end
return {chats, messages, tonumber(oldest), redis.call('HLEN', key('dead')), held}
