-- What the scripts share that decide which messages are the next turn of a chat: mostly one, and of a media group (an album) all parts
-- (GRP G1-G3). The loader puts this text behind `line.lua` for those alone.
local PARTS_MAX = 10 -- of one album, by Telegram's own rule
local GATHER_MS = 500 -- how long a part is waited for, after the one before it was accepted
local LOOKED_AT_MAX = 100 -- of a line: the parts of a group were sent at once, and stand near each other

local function is_part(entry) return string.find(entry, '^%d+ %S+ %d+ %S* [^ /]*/') ~= nil end

-- The parts that are a turn together with `first`, which stands first in line: those that were begun together; one that came since joins them
-- only while nothing of the group is recorded, and is a turn of its own else. `id` is the attempt that asks.
-- Returns their entries in line, ms to wait before they may be begun, and the number of the part that the attempts are kept with, or nil.
local function gather(chat, first, id)
  local kind, queue, group = string.match(first, '^%d+ %S+ %d+ (%S*) ([^ /]*)/(%S+) ')
  local found, last_ms, complete, holder, together, begun_by = {}, 0, false, nil, nil, nil
  for _, entry in ipairs(redis.call('LRANGE', key('box', chat), 0, LOOKED_AT_MAX - 1)) do
    local seq, accepted, its_kind, its_queue, its_group = string.match(entry, '^(%d+) %S+ (%d+) (%S*) ([^ /]*)/?(%S*) ')
    if its_kind == kind and its_queue == queue and its_group == group then
      found[#found + 1] = {seq, entry}
      last_ms, complete = math.max(last_ms, tonumber(accepted)), false
      local _, last, _, _, parts = tried(chat, seq)
      if parts ~= '' and not holder then holder, together, begun_by = seq, ',' .. parts .. ',', last end
    elseif its_queue == queue then
      complete = true -- Telegram sends the messages of one queue one after another: what comes behind this one is no part
    end
  end
  local joined = {}
  if holder then
    local recorded = begun_by == id -- the same attempt once more takes the same parts, whatever is recorded
    for _, one in ipairs(found) do
      recorded = recorded or redis.call('EXISTS', key('journal', chat .. ':' .. one[1])) == 1
    end
    local begun = string.find(together, ',' .. entry_seq(first) .. ',', 1, true) ~= nil
    for _, one in ipairs(found) do
      local belongs = not recorded or (string.find(together, ',' .. one[1] .. ',', 1, true) ~= nil) == begun
      if belongs and #joined < PARTS_MAX then joined[#joined + 1] = one[2] end
    end
    if begun or not recorded then return joined, 0, holder end
  else
    for i = 1, math.min(#found, PARTS_MAX) do joined[i] = found[i][2] end
  end
  if complete or #joined == PARTS_MAX then return joined, 0, nil end
  return joined, last_ms + GATHER_MS - now_ms(), nil
end
