-- due: what has become due.
-- KEYS  1 site, 2 deadlines, 3 waiting, 4 warned, 5 the answer of this call; the
--       locks and tombstones (of the same slot) are found through the deadlines
-- ARGV  1 ms within which a worker's warnings come together, 2 head start ms, then
--       the ms before a deadline at which to warn, longest first
-- reply 'UNSEEDED', or {now ms, {which of ARGV's ms, lock, ...} to be warned,
--       {lock...} over, {lock...} ended}

if redis.call('EXISTS', KEYS[1]) == 0 then
  return 'UNSEEDED'
end
local known = answered(KEYS[5])
if known then
  return known
end
local now, together = now_ms(), tonumber(ARGV[1])
local before = {}
for i = 3, #ARGV do
  before[#before + 1] = tonumber(ARGV[i])
end

local warnings, marks, warned = {}, {}, {}
local function mark(lock, i)
  return int(lock.fence) .. ':' .. int(lock.deadline) .. ':' .. int(before[i])
end

-- warn looks at the locks in the order of their deadlines. The most urgent item
-- that has come due is told, and the wider ones with it.
local function warn(lock, raw)
  local left = lock.deadline - now
  for i = #before, 1, -1 do
    local whom = int(lock.holder) .. ':' .. i
    if left <= before[i] or (warned[whom] and left <= before[i] + together) then
      if redis.call('ZSCORE', KEYS[4], mark(lock, i)) then
        return
      end
      for wider = 1, i do
        marks[#marks + 1] = { lock.deadline + DAY, mark(lock, wider) }
      end
      warned[whom] = true
      warnings[#warnings + 1] = int(i)
      warnings[#warnings + 1] = raw
      return
    end
  end
end

local over, ended, burials, gone = {}, {}, {}, {}
local latest = now + together + (before[1] or 0)
for _, spool in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', int(latest))) do
  local key = lock_key(KEYS[1], spool)
  local lock, raw = read_lock(key)
  if not lock then
    gone[#gone + 1] = spool -- it has vanished by age
  elseif lock.state == 'expired' and not kept(lock, now) then
    ended[#ended + 1] = raw
    burials[#burials + 1] = { key = key, spool = spool, lock = lock, list = read_list(KEYS[3], spool) }
  elseif lock.state == 'held' and now > lock.deadline then
    over[#over + 1] = raw
  elseif lock.state == 'held' then
    warn(lock, raw)
  end
end

redis.call('ZREMRANGEBYSCORE', KEYS[4], '-inf', int(now))
for _, m in ipairs(marks) do
  redis.call('ZADD', KEYS[4], int(m[1]), m[2])
end
for _, spool in ipairs(gone) do
  redis.call('ZREM', KEYS[2], spool)
end
for _, b in ipairs(burials) do
  bury(stone_key(KEYS[1], b.spool), b.lock)
  drop_lock(b.key, KEYS[2], b.spool)
  come_free(KEYS[3], b.spool, b.list, now + tonumber(ARGV[2]))
end
local reply = { int(now), warnings, over, ended }
if #warnings > 0 or #ended > 0 then
  return answer(KEYS[5], reply)
end
return reply
