-- What the scripts share that look for one message in its line; the loader puts this text behind `common.lua` for those alone: a script pays
-- for every function that stands before it.

-- Find a message that may stand anywhere in a line: mostly it is the first, and hardly ever far behind it.
-- Returns its entry and whether it is the first, or false when it is not there (any more).
local function find(list, seq)
  local first = redis.call('LINDEX', list, 0)
  if not first then return false end
  if entry_seq(first) == seq then return first, true end
  local at, step = 1, 32
  while true do
    local waiting = redis.call('LRANGE', list, at, at + step - 1)
    for _, entry in ipairs(waiting) do
      if entry_seq(entry) == seq then return entry, false end
    end
    if #waiting < step then return false end
    at = at + step
  end
end

-- The entry of a message that is still in line: on-call may have taken it away while its owner was about to work on it.
local function waits(chat, seq)
  local head = redis.call('LINDEX', key('box', chat), 0)
  if head and entry_seq(head) == seq then return head end
  return find(key('fast', chat), seq) or find(key('box', chat), seq)
end

-- Take a message out of its line. Returns what `find` does.
local function take(list, seq)
  local entry, first = find(list, seq)
  if first then
    redis.call('LPOP', list)
  elseif entry then
    redis.call('LREM', list, 1, entry)
  end
  return entry, first
end

-- Lay a message with the dead letters. What its attempts recorded is kept beside it: requeued, it must not repeat what was sent already.
local function bury(id, letter)
  redis.call('HSET', key('dead'), id, letter)
  if redis.call('EXISTS', key('journal', id)) == 1 then redis.call('RENAME', key('journal', id), key('deadlog', id)) end
end
