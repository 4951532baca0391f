-- Helpers in front of every script. Times are milliseconds by TIME, the one
-- clock of all replicas. Numbers stay below 10^14: cjson writes 14 digits and
-- goes over to exponents after them.

local DAY = 86400000

local function now_ms()
  local t = redis.call('TIME')
  return t[1] * 1000 + math.floor(t[2] / 1000)
end

local function int(n)
  return string.format('%.0f', n)
end

-- decode reads stored JSON. It raises an error, so it must come before the
-- first write of a script.
local function decode(raw, what)
  local ok, value = pcall(cjson.decode, raw)
  if not ok or type(value) ~= 'table' then
    error('spoolbot: unreadable ' .. what)
  end
  return value
end

-- read_lock returns the lock of a key and its raw text, or nil and ''.
local function read_lock(key)
  local raw = redis.call('GET', key)
  if not raw then
    return nil, ''
  end
  return decode(raw, 'lock ' .. key), raw
end

-- write_lock stores a lock. It vanishes by itself a day after its deadline, and
-- never within a day from now: that is only the garbage collection.
local function write_lock(key, deadlines, lock, raw, now)
  redis.call('SET', key, raw, 'PXAT', int(math.max(lock.deadline, now) + DAY))
  redis.call('ZADD', deadlines, int(lock.deadline), lock.key)
end

-- same says whether two stored numbers or texts are the same; numbers come as
-- texts in ARGV.
local function same(a, b)
  return a == b or (tonumber(a) ~= nil and tonumber(a) == tonumber(b))
end

-- remembered answers an intent whose event is known: to the very same call,
-- sent again by the client after a broken line, as the first time; to any other
-- one that it is known.
local function remembered(intents, event, call, lock_raw)
  local raw = redis.call('HGET', intents, event)
  if not raw then
    return nil
  end
  if decode(raw, 'intent ' .. event).call == call then
    return { 'accepted', lock_raw, raw, '' }
  end
  return { 'known', lock_raw, '', '' }
end

-- remember writes the record of an accepted intent and returns its text.
local function remember(intents, event, replica, call, lock, prior, now, intent)
  local raw = cjson.encode({
    v = 1, owner = replica, call = call, commit = '', owed = false, claim = '',
    key = lock.key, holder = lock.holder, op = lock.op, fence = lock.fence,
    since = lock.since, deadline = lock.deadline, at = now,
    intent = intent, prior = prior,
  })
  redis.call('HSET', intents, event, raw)
  return raw
end

-- finish puts the locks of accepted finishes into their passing state and
-- remembers the intents: each of accepted is {at, event, key, lock, prior,
-- intent}, at its place in the reply.
local function finish(out, accepted, deadlines, intents, replica, call, now)
  for _, w in ipairs(accepted) do
    w.lock.state, w.lock.event = 'finishing', w.event
    local raw = cjson.encode(w.lock)
    write_lock(w.key, deadlines, w.lock, raw, now)
    out[w.at][2] = raw
    out[w.at][3] = remember(intents, w.event, replica, call, w.lock, w.prior, now, w.intent)
  end
end

-- survives says whether a commit has events bound to it apart from those in
-- leaving, a set.
local function survives(intents, commits, id, leaving)
  local raw = redis.call('HGET', commits, id)
  if not raw then
    return true
  end
  for _, event in ipairs(decode(raw, 'commit ' .. id).events) do
    if not leaving[event] then
      local record = redis.call('HGET', intents, event)
      if record and decode(record, 'intent ' .. event).commit == id then
        return true
      end
    end
  end
  return false
end
