#!lua name=northstar1
-- Northstar's server-side functions: what must be one act is one function.
--
-- What is stored, and how it lives, is told in layout.h. In short, for partition 17:
--   {p17}:session:<contact>  head (version 8, number 8, quiet 8, expires 8, waiting 6, newest 2), then the sealed session
--   {p17}:seen:<digest>      the id of the inline reply that answered it, or '.'
--   {p17}:entry:<id>         head (form 1, state 1, lane 1, flags 1, index 1, number 8, version 8, useful 8, contact 22),
--                            then the sealed message
--   {p17}:due                [zset] what is due when: 'r'<id> inline replies, 'e'<id> others, 'h'<id> requests for the
--                            handoff queue, 't:<kind>:<contact>' timers
--   {p17}:parts:<set>        [hash] the parts of a long text that is not whole yet
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

-- An entry's step and its place in it, in two bytes: what was queued later has a higher one (EntryHead::place).
local function place_of(entry) return number_at(entry, 14) % 8192 * 8 + math.min(string.byte(entry, 5), 7) end

-- What may go out through the outbox for this contact holds back what is said next, or that would overtake it: until the
-- newest of it is settled (record), or the use of all of it is over.
local function hold_back(session, head, entry)
  if #head ~= 40 or string.sub(head, 9, 16) ~= string.sub(entry, 6, 13) then return end
  local waiting, newest = struct.unpack('<I6I2', head, 33)
  redis.call('SETRANGE', session, 32, struct.pack('<I6I2', math.max(waiting, number_at(entry, 22)), math.max(newest, place_of(entry))))
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
  local before = args[1]  -- [32 bytes] the head that was stepped from, without `expires`; '' for none
  -- args[2]              -- [ms] now
  local after = args[3]   -- head and sealed session; '' deletes
  -- args[4]              -- [ms] the session's TTL
  local first = args[5]   -- what the seen key shall hold; '' when there is nothing to see
  -- args[6]              -- [ms] the seen key's TTL
  local entries = args[7] -- [number] of entries; each adds a key, and a TTL and a value here
  -- then                 -- [number] of words for one ZADD, and they; [number] for one ZREM, and they; '+', '-' or '', digest

  -- With `waiting`: a reply that the worker took over since then would be overtaken by this step's, given in an answer.
  local head = redis.call('GETRANGE', session, 0, 39)
  if string.sub(head, 1, 24) .. string.sub(head, 33) ~= before then
    -- Redis's TTL only sweeps: a session past its life (by the gateway's clock) counts as none.
    if before ~= '' or #head < 40 or number_at(head, 25) > tonumber(args[2]) then return 0 end
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

-- Keeps a part of a long text until its others are there (parts.h).
-- keys: the set [hash: 'b' its birth, 'f' when finished, number -> digest (22 bytes) and sealed part], due
-- args: number, total, digest, sealed, a birth for a new set, ms of life, when to give out what is there, the timer's member
-- Returns {'w'} wait, {'f'} finished before, or {'c', field, value...}.
local function part(keys, args)
  local set, due = keys[1], keys[2]
  local known = redis.call('HGET', set, args[1])
  local same = known and string.sub(known, 1, 22) == args[3]
  if redis.call('HEXISTS', set, 'f') == 1 then
    if same then return { 'f' } end
    redis.call('DEL', set)
  elseif known and not same then
    -- The reference is used again: what there is of the old text goes its own way, now.
    local birth = redis.call('HGET', set, 'b')
    local kind, contact = string.match(args[8], '^(.*):([^:]*)$')
    redis.call('RENAME', set, set .. '.' .. birth)
    redis.call('ZADD', due, 0, kind .. '.' .. birth .. ':' .. contact)
  end
  redis.call('HSETNX', set, 'b', args[5])
  redis.call('HSET', set, args[1], args[3] .. args[4])
  redis.call('PEXPIRE', set, args[6])
  redis.call('ZADD', due, args[7], args[8])
  if redis.call('HLEN', set) - 1 < tonumber(args[2]) then return { 'w' } end
  local out = redis.call('HGETALL', set)
  table.insert(out, 1, 'c')
  return out
end

local function parts_done(keys, args)
  if redis.call('EXISTS', keys[1]) == 1 then redis.call('HSET', keys[1], 'f', '1') end
  return redis.call('ZREM', keys[2], args[1])
end

-- An inline reply that certainly did not go out becomes a text like any other, due now.
-- keys: due, entry, session; args: id, now
local function hand_back(keys, args)
  local entry = redis.call('GETRANGE', keys[2], 0, 50)
  if string.sub(entry, 2, 2) ~= 'i' or redis.call('ZREM', keys[1], 'r' .. args[1]) == 0 then return 0 end
  redis.call('SETRANGE', keys[2], 1, 'q')
  redis.call('ZADD', keys[1], args[2], 'e' .. args[1])
  hold_back(keys[3], redis.call('GETRANGE', keys[3], 0, 39), entry)
  return 1
end

-- A request for the queue for a person. Older than what was seen: nothing changes.
local function queue(keys, args)
  local waiting = keys[1] -- [zset] contacts by severity, then by turn
  local packet = keys[2]  -- [string] '<order>:' and the request; a cancellation stays as such until its life ends
  local contact, order, change = args[1], tonumber(args[2]), args[3]
  local severity, since, life, now = tonumber(args[4]), tonumber(args[5]), tonumber(args[7]), tonumber(args[8])
  for level = 0, 9 do -- those whose packet's life is over
    redis.call('ZREMRANGEBYSCORE', waiting, level * 1e13, string.format('(%.0f', level * 1e13 + now - life))
  end
  local known = redis.call('GET', packet)
  if known and tonumber(string.match(known, '^%d+')) >= order then return 0 end
  redis.call('SET', packet, args[6], 'PX', life)
  if change == '+' then redis.call('ZADD', waiting, string.format('%.0f', (9 - severity) * 1e13 + since), contact)
  else redis.call('ZREM', waiting, contact) end
  return 1
end

-- ---- the outbox's worker: every one of these checks that the partition is still its own ----

-- Tells that a node lives, and who else does. Time is Redis's own.
local function heartbeat(keys, args)
  local now = redis.call('TIME')
  now = now[1] * 1000 + math.floor(now[2] / 1000)
  redis.call('ZADD', keys[1], string.format('%.0f', now), args[1])
  redis.call('ZREMRANGEBYSCORE', keys[1], '-inf', string.format('(%.0f', now - tonumber(args[2])))
  return redis.call('ZRANGE', keys[1], 0, -1)
end

-- Takes a partition's lease if nobody holds it or its holder is not among the living; gives '<fence>:<node>', the fence
-- higher than any before, or the holder's own.
local function lease(keys, args)
  local held = redis.call('GET', keys[1]) or '0:'
  local fence, holder = string.match(held, '^(%d+):(.*)$')
  for i = 2, #args do
    if args[i] == holder and holder ~= args[1] then return held end
  end
  local mine = string.format('%.0f', tonumber(fence) + 1) .. ':' .. args[1]
  redis.call('SET', keys[1], mine)
  return mine
end

local function release(keys, args)
  if redis.call('GET', keys[1]) ~= args[1] then return 0 end
  redis.call('SET', keys[1], string.match(args[1], '^(%d+:)'))
  return 1
end

-- Marks entries before they are sent. The same call keeps silence: it lets nothing go that is older than the last wish
-- for silence, of another birth number, without a session, or past its use.
-- keys: lease, due, then entry and session of each; args: holder, now, until (when another may take it for lost), members
-- For each: {'m', state before, session's version, entry}, or {'g'} gone, {'x', state} past its use, {'s', state} silenced.
local function mark(keys, args)
  if redis.call('GET', keys[1]) ~= args[1] then return 0 end
  local due, now, out = keys[2], tonumber(args[2]), {}
  for i = 4, #args do
    local member, key = args[i], keys[2 * i - 5]
    local entry = redis.call('GET', key)
    if not redis.call('ZSCORE', due, member) then
      out[#out + 1] = { 'g' }
    elseif not entry then
      out[#out + 1] = { 'x', string.sub(member, 1, 1) == 'r' and 'i' or 'q' }
    else
      local state = string.sub(entry, 2, 2)
      local head = redis.call('GETRANGE', keys[2 * i - 4], 0, 39)
      local there = #head == 40 and number_at(head, 25) > now
      local verdict = 'm'
      if number_at(entry, 22) <= now then verdict = 'x'
      elseif string.sub(entry, 4, 4) == '0' and (not there or silenced(entry, head)) then verdict = 's' end
      if verdict == 'm' then
        redis.call('SETRANGE', key, 1, 's')
        redis.call('ZADD', due, args[3], member)
        -- An inline reply that the worker takes over may go out by the API.
        if state == 'i' and there then hold_back(keys[2 * i - 4], head, entry) end
        out[#out + 1] = { 'm', state, there and string.format('%.0f', number_at(head, 1)) or '0', entry }
      else
        out[#out + 1] = { verdict, state } -- it stays due until it is recorded, or it would be in no book
      end
    end
  end
  return out
end

-- Writes down what became of entries, many in a call.
-- keys: lease, due, outcomes, optouts, then entry and session of each
-- args: holder, then for each: member, 'd' done or 'a' again, when (for again) or an opt-out's digest, outcome's name
local function record(keys, args)
  if redis.call('GET', keys[1]) ~= args[1] then return 0 end
  for i = 2, #args, 4 do
    local member, what, extra, outcome = args[i], args[i + 1], args[i + 2], args[i + 3]
    local key = keys[5 + (i - 2) / 2]
    local entry = redis.call('GETRANGE', key, 0, 50)
    if what == 'a' then
      if #entry == 51 and redis.call('ZSCORE', keys[2], member) then
        redis.call('SETRANGE', key, 1, 'q')
        redis.call('ZADD', keys[2], extra, member)
      end
    else
      if outcome == 'opted_out' and extra ~= '' then redis.call('SADD', keys[4], extra) end
      if redis.call('ZREM', keys[2], member) == 1 and outcome ~= '' then redis.call('HINCRBY', keys[3], outcome, 1) end
      redis.call('UNLINK', key)
    end
    -- Nothing waits any more for this contact if this was the last that was queued.
    local session = keys[6 + (i - 2) / 2]
    if what == 'd' and #entry == 51 then
      local head = redis.call('GETRANGE', session, 0, 39)
      if #head == 40 and string.sub(head, 9, 16) == string.sub(entry, 6, 13) and struct.unpack('<I2', head, 39) == place_of(entry) then
        redis.call('SETRANGE', session, 32, string.rep('\0', 8))
      end
    end
  end
  return 1
end

-- Timers that are due: each is kept, a little later, until the step that it begins drops it. So a crash loses none.
-- keys: lease, due; args: holder, now, later, members. Gives those that are still due.
local function take_timers(keys, args)
  if redis.call('GET', keys[1]) ~= args[1] then return 0 end
  local out = {}
  for i = 4, #args do
    local score = redis.call('ZSCORE', keys[2], args[i])
    if score and tonumber(score) <= tonumber(args[2]) then
      redis.call('ZADD', keys[2], args[3], args[i])
      out[#out + 1] = args[i]
    end
  end
  return out
end

redis.register_function('northstar1_commit', commit)
redis.register_function('northstar1_advance', advance)
redis.register_function('northstar1_part', part)
redis.register_function('northstar1_parts_done', parts_done)
redis.register_function('northstar1_hand_back', hand_back)
redis.register_function('northstar1_queue', queue)
redis.register_function('northstar1_heartbeat', heartbeat)
redis.register_function('northstar1_lease', lease)
redis.register_function('northstar1_release', release)
redis.register_function('northstar1_mark', mark)
redis.register_function('northstar1_record', record)
redis.register_function('northstar1_take_timers', take_timers)
