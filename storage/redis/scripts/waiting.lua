-- waiting: the chats of a partition with messages in line that nothing suspends, by `ready` (the oldest first) or by `depths` (the fullest first).
-- ARGV: the set, how many are named, and for how many ms a chat must have waited (0: any). With `depths` it stops at those it names.
-- Returns {how many there are, chat, score, chat, score, ...}.
local by, most, age_ms = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local page = 500

local members = {}
for _, member in ipairs(redis.call('SMEMBERS', key('suspended'))) do members[member] = true end
if members['*'] then return {0} end

local latest = now_ms() - age_ms
local found, number, at = {0}, 0, 0
while true do
  local chats = redis.call(by == 'ready' and 'ZRANGE' or 'ZREVRANGE', key(by), at, at + page - 1, 'WITHSCORES')
  for i = 1, #chats, 2 do
    local chat, score = chats[i], chats[i + 1]
    if by == 'ready' and tonumber(score) > latest then
      found[1] = number
      return found
    end
    if not members[chat] and not members[string.match(chat, '^[^:]*')] then
      number = number + 1
      if number <= most then
        found[#found + 1] = chat
        found[#found + 1] = score
      elseif by == 'depths' then
        found[1] = number
        return found
      end
    end
  end
  if #chats < 2 * page then
    found[1] = number
    return found
  end
  at = at + page
end
