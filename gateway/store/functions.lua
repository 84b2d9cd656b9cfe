#!lua name=northstar1
-- Northstar's server-side functions: what must be one act is one function.
--
-- What is stored, and how it lives, is told in layout.h. In short, for partition 17:
--   {p17}:session:<contact>  head (version 8, number 8, quiet 8, expires 8, waiting 8), then the sealed session
--   {p17}:seen:<digest>      the id of the inline reply that answered it, or '.'
--   {p17}:entry:<id>         head (form 1, state 1, lane 1, flags 1, index 1, number 8, version 8, useful 8, contact 22),
--                            then the sealed message
--   {p17}:due                [zset] what is due when: 'r'<id> inline replies, 'e'<id> others, 'h'<id> requests for the
--                            handoff queue, 't:<kind>:<contact>' timers
-- Numbers in heads are little-endian. Versions and times fit a double; birth numbers are only compared as bytes.
--
-- Keys that a function touches on its common path are all declared: on a Cluster whose slot is just moving, Redis then
-- answers TRYAGAIN before anything is done, and a commit is never half done.

local TAKEN_AFTER = 20000 -- ms that an inline reply is left to the node that is answering with it

local function number_at(text, at) return (struct.unpack('<I8', text, at)) end

-- Whether silence was asked for after the entry was made, or its session is not there any more.
local function silenced(entry, head)
  return string.sub(head, 9, 16) ~= string.sub(entry, 6, 13) or number_at(entry, 14) < number_at(head, 17)
end

-- A message id that was seen before changes nothing. The first reply is given back while it may still be given:
-- useful, not taken over by the worker, and nobody has asked for silence since (but by that very text).
local function seen_before(keys, args)
  local id = redis.call('GET', keys[3])
  if not id or id == '.' then return { 2 } end
  local tag = string.match(keys[2], '^[^}]*}:')
  local entry = redis.call('GET', tag .. 'entry:' .. id)
  if not entry or string.sub(entry, 2, 2) ~= 'i' then return { 2 } end
  local now = tonumber(args[2])
  if number_at(entry, 22) <= now then return { 2 } end
  local head = redis.call('GETRANGE', keys[1], 0, 39)
  local alone = string.sub(entry, 4, 4) ~= '0' -- outlives its session
  if #head < 40 or number_at(head, 25) <= now then
    if not alone then return { 2 } end
  elseif string.sub(head, 9, 16) ~= string.sub(entry, 6, 13) then
    -- Another talk has begun: only what outlived the first may answer, and not once silence was asked for in this one.
    if not alone or number_at(head, 17) > 0 then return { 2 } end
  elseif silenced(entry, head) then
    return { 2 }
  end
  -- Not struck off yet: the node that answers now has its time again.
  redis.call('ZADD', keys[2], 'XX', now + TAKEN_AFTER, 'r' .. id)
  return { 2, id, entry }
end

-- Commits one step of a conversation, or changes nothing.
-- Returns 1 committed, 0 stale, {2} seen before, {2, id, entry} seen before and this answers it again.
local function commit(keys, args)
  local session = keys[1] -- [string]
  local due = keys[2]     -- [zset]
  local seen = keys[3]    -- [string], or the due set's name when there is nothing to see
  -- keys[4...]           -- one for each entry, then the opt-outs' set if they change
  local before = args[1]  -- [24 bytes] the head that was stepped from, '' for none
  -- args[2]              -- [ms] now
  local after = args[3]   -- head and sealed session; '' deletes
  -- args[4]              -- [ms] the session's TTL
  local first = args[5]   -- what the seen key shall hold; '' when there is nothing to see
  -- args[6]              -- [ms] the seen key's TTL
  local entries = args[7] -- [number] of entries; each adds a key, and a TTL and a value here
  -- then                 -- [number] of words for one ZADD, and they; [number] for one ZREM, and they; '+', '-' or '', digest

  if redis.call('GETRANGE', session, 0, 23) ~= before then
    -- Redis's TTL only sweeps: a session past its life (by the gateway's clock) counts as none.
    if before ~= '' then return 0 end
    local head = redis.call('GETRANGE', session, 0, 39)
    if #head < 40 or number_at(head, 25) > tonumber(args[2]) then return 0 end
  end
  if first ~= '' and not redis.call('SET', seen, first, 'NX', 'PX', args[6]) then return seen_before(keys, args) end

  -- A deleted session leaves nothing behind: a step taken from it finds another head and is stale, an entry of it
  -- finds no session of its number and is dropped.
  if after ~= '' then
    redis.call('SET', session, after, 'PX', args[4])
  elseif before ~= '' then
    redis.call('UNLINK', session)
  end
  local at = 8
  for i = 1, entries do
    redis.call('SET', keys[3 + i], args[at + 1], 'PX', args[at])
    at = at + 2
  end
  local n = tonumber(args[at])
  if n > 0 then redis.call('ZADD', due, unpack(args, at + 1, at + n)) end
  at = at + n + 1
  local change = args[at]
  if change ~= '' then -- the uncommon rest: '.' timers only, '+' and '-' opt-outs too
    n = tonumber(args[at + 1])
    if n > 0 then redis.call('ZREM', due, unpack(args, at + 2, at + 1 + n)) end
    at = at + n + 2
    if change == '+' then redis.call('SADD', keys[4 + entries], args[at])
    elseif change == '-' then redis.call('SREM', keys[4 + entries], args[at]) end
  end
  return 1
end

-- Moves the shared clock's offset ahead; it never goes back. Returns it.
local function advance(keys, args)
  local offset = tonumber(redis.call('GET', keys[1]) or 0)
  local wanted = tonumber(args[1])
  if wanted > offset then
    offset = wanted
    redis.call('SET', keys[1], string.format('%.0f', offset))
  end
  return string.format('%.0f', offset)
end

redis.register_function('northstar1_commit', commit)
redis.register_function('northstar1_advance', advance)
