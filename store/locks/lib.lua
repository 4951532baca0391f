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

-- decode reads stored JSON, but none of a newer version, which it would misread. It
-- raises an error, so it must come before the first write of a script.
local function decode(raw, what)
  local ok, value = pcall(cjson.decode, raw)
  if not ok or type(value) ~= 'table' then
    error('spoolbot: unreadable ' .. what)
  end
  if (tonumber(value.v) or 1) > 1 then
    error('spoolbot: ' .. what .. ' is of a newer spoolbot: start that one again, or update this one')
  end
  return value
end

-- lock_key and stone_key name what belongs to a spool; site is the key 'site',
-- which has the same slot.
local function lock_key(site, spool)
  return string.sub(site, 1, -5) .. 'lock:' .. spool
end

local function stone_key(site, spool)
  return string.sub(site, 1, -5) .. 'expired:' .. spool
end

-- last_key names what was done last to a spool: the record of the intent with when
-- it was settled, for LAST_LIFE. Any other intent that is accepted takes it away.
local LAST_LIFE = 600000

local function last_key(site, spool)
  return string.sub(site, 1, -5) .. 'last:' .. spool
end

-- paused_key names a pause by its fence: the same record, with whether it was told
-- why, for LAST_LIFE.
local function paused_key(site, fence)
  return string.sub(site, 1, -5) .. 'paused:' .. int(fence)
end

-- read_last returns that record and its raw text, or nil and ''.
local function read_last(key)
  local raw = redis.call('GET', key)
  if not raw then
    return nil, ''
  end
  return decode(raw, 'last change ' .. key), raw
end

-- read_lock returns the lock of a key and its raw text, or nil and ''.
local function read_lock(key)
  local raw = redis.call('GET', key)
  if not raw then
    return nil, ''
  end
  return decode(raw, 'lock ' .. key), raw
end

-- write_lock stores a lock. In the deadlines it stands under the moment at which
-- something is to be done about it: its deadline, or the end of its grace. It
-- vanishes by itself a day after that, and never within a day from now: that is
-- only the garbage collection.
local function write_lock(key, deadlines, lock, raw, now)
  local due = lock.state == 'expired' and lock.kept_until or lock.deadline
  redis.call('SET', key, raw, 'PXAT', int(math.max(due, now) + DAY))
  redis.call('ZADD', deadlines, int(due), lock.key)
end

local function drop_lock(key, deadlines, spool)
  redis.call('DEL', key)
  redis.call('ZREM', deadlines, spool)
end

-- passing says whether an intent is on its way.
local function passing(lock)
  return lock.state == 'pending' or lock.state == 'finishing' or lock.state == 'changing'
end

-- kept says whether a lapsed lock is still kept for its former holder.
local function kept(lock, now)
  return lock.state == 'expired' and now <= (lock.kept_until or 0)
end

-- bury lets the holder of a lapsed lock learn of the expiry for a day.
local function bury(key, lock)
  local stone = cjson.encode({ v = 1, holder = lock.holder, fence = lock.fence, deadline = lock.deadline })
  redis.call('SET', key, stone, 'PX', int(DAY))
end

-- answered returns what this call has answered before, nil when it comes for the
-- first time; key is the call's own. The client sends a call again within
-- seconds after a broken line.
local function answered(key)
  local raw = redis.call('GET', key)
  return raw and decode(raw, 'answer')
end

-- answer is the answer of a call that takes something off which another call
-- would not find any more. It is made of texts.
local function answer(key, reply)
  redis.call('SET', key, cjson.encode(reply), 'PX', 60000)
  return reply
end
