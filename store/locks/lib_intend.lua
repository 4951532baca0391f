-- What the scripts that take intents have in common.
-- KEYS  1 site, 2 fence, 3 deadlines, 4 intents, 5 waiting, then per intent:
--       lock, tombstone
-- ARGV  1 replica, 2 call, then per intent: event, worker id, fence (0 = any, for
--       what only the holder may do), id of whose it was, ms (of what, the script
--       says), the new lock of what begins or is about a free spool (JSON without
--       fence and times) or '', intent (JSON, kept as it is)
-- reply 'UNSEEDED', or per intent {verdict, lock, record when accepted, a moment
--       when the verdict has one}

-- remembered answers an intent whose event is known: to the very same call,
-- sent again by the client after a broken line, as the first time; to any other
-- one that it is known.
local function remembered(event, call, lock_raw)
  local raw = redis.call('HGET', KEYS[4], event)
  if not raw then
    return nil
  end
  if decode(raw, 'intent ' .. event).call == call then
    return { 'accepted', lock_raw, raw, '' }
  end
  return { 'known', lock_raw, '', '' }
end

-- remember writes the record of an accepted intent and returns its text.
local function remember(want, lock)
  local raw = cjson.encode({
    v = 1, owner = ARGV[1], call = ARGV[2], commit = '', owed = want.owed or false, claim = '',
    key = lock.key, holder = lock.holder, op = lock.op, fence = lock.fence,
    since = lock.since, deadline = lock.deadline, at = want.now,
    intent = want.intent, prior = want.prior, last = want.last_raw, renews = want.renews or false,
  })
  redis.call('HSET', KEYS[4], want.event, raw)
  return raw
end

-- intend answers the intents of a call. judge(lock, want) gives the verdict on
-- one, and its moment; change(lock, want) what an accepted one makes of the lock.
-- Neither writes.
local function intend(judge, change)
  if redis.call('EXISTS', KEYS[1]) == 0 then
    return 'UNSEEDED'
  end
  local now = now_ms()
  local out, accepted = {}, {}
  for i = 1, (#ARGV - 2) / 7 do
    local a = 2 + (i - 1) * 7
    local want = {
      at = i, now = now, event = ARGV[a + 1], worker = tonumber(ARGV[a + 2]), fence = tonumber(ARGV[a + 3]),
      from = tonumber(ARGV[a + 4]), ms = tonumber(ARGV[a + 5]), new = ARGV[a + 6], intent = ARGV[a + 7],
      key = KEYS[4 + 2 * i], stone = KEYS[5 + 2 * i],
    }
    want.last_key = last_key(KEYS[1], string.sub(want.key, #KEYS[1] + 2)) -- without '...lock:'
    want.last, want.last_raw = read_last(want.last_key)
    if want.new ~= '' then
      want.new = decode(want.new, 'new lock')
    end
    local lock, raw = read_lock(want.key)
    out[i] = remembered(want.event, ARGV[2], raw)
    if not out[i] then
      local verdict, moment = 'busy', nil
      if not lock or lock.state ~= 'changing' then -- else all wait for its end
        verdict, moment = judge(lock, want)
      end
      out[i] = { verdict, raw, '', moment and int(moment) or '' }
      if verdict == 'accepted' then
        want.prior, want.lock = raw, change(lock, want)
        accepted[#accepted + 1] = want
      end
    end
  end

  for _, want in ipairs(accepted) do
    if want.new ~= '' then
      want.lock.fence = redis.call('INCR', KEYS[2])
    end
    local raw = cjson.encode(want.lock)
    write_lock(want.key, KEYS[3], want.lock, raw, now)
    redis.call('DEL', want.last_key)
    out[want.at][2], out[want.at][3] = raw, remember(want, want.lock)
  end
  return out
end

-- begin is the change of what begins an occupation.
local function begin(_, want)
  want.new.since, want.new.deadline = want.now, want.now + want.ms
  return want.new
end

-- pass is the change of what happens to a free spool, which nobody gets.
local function pass(_, want)
  want.new.since, want.new.deadline = want.now, want.now
  return want.new
end

-- finish is the change of what ends one.
local function finish(lock, want)
  lock.state, lock.event = 'finishing', want.event
  return lock
end

-- override judges what somebody else than the holder does, who must name whose
-- occupation it is.
local function override(lock, want)
  if not lock then
    return 'free'
  end
  if lock.holder ~= want.from then
    return 'not_yours'
  end
  if lock.fence ~= want.fence then
    return 'stale'
  end
  return passing(lock) and 'busy' or 'accepted'
end

-- late judges the intent of somebody who does not hold the spool (any more), and
-- says when it expired.
local function late(lock, want)
  local lapsed = lock and lock.state == 'expired'
  if lapsed and lock.holder == want.worker and (want.fence == 0 or want.fence == lock.fence) then
    return 'expired', lock.deadline
  end
  local raw = redis.call('GET', want.stone)
  local stone = raw and decode(raw, 'tombstone ' .. want.stone)
  if stone and stone.holder == want.worker and (want.fence == 0 or want.fence == stone.fence) then
    return 'expired', stone.deadline
  end
  return lock and not lapsed and 'not_yours' or 'free'
end

-- own judges what only the holder may do to end the occupation, and the former one
-- until the end of the grace: the work was done in time.
local function own(lock, want)
  if not lock or lock.holder ~= want.worker then
    return late(lock, want)
  end
  local named = want.fence == 0 or want.fence == lock.fence
  if lock.state == 'expired' then
    if named and kept(lock, want.now) then
      return 'accepted'
    end
    return late(lock, want)
  end
  if not named then
    return 'stale'
  end
  return passing(lock) and 'busy' or 'accepted'
end
