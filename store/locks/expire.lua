-- expire: intents of VENCER.
-- KEYS  1 site, 2 deadlines, 3 intents, then the lock of each intent
-- ARGV  1 replica, 2 call, then per intent: event, worker id of the holder,
--       fence (0 = any), grace ms, intent (JSON, kept as it is)
-- reply 'UNSEEDED', or per intent {verdict, lock, record when accepted, ''}

if redis.call('EXISTS', KEYS[1]) == 0 then
  return 'UNSEEDED'
end
local now = now_ms()
local replica, call = ARGV[1], ARGV[2]

local function judge(lock, worker, fence, grace)
  if not lock or not same(lock.holder, worker) or (fence ~= 0 and fence ~= lock.fence) then
    return 'current'
  end
  if lock.state ~= 'held' then
    return 'busy'
  end
  if now > lock.deadline + grace then
    return 'accepted'
  end
  return 'current'
end

local out, accepted = {}, {}
for i = 1, (#ARGV - 2) / 5 do
  local a = 2 + (i - 1) * 5
  local event, key = ARGV[a + 1], KEYS[3 + i]
  local lock, raw = read_lock(key)
  out[i] = remembered(KEYS[3], event, call, raw)
  if not out[i] then
    out[i] = { judge(lock, ARGV[a + 2], tonumber(ARGV[a + 3]), tonumber(ARGV[a + 4])), raw, '', '' }
    if out[i][1] == 'accepted' then
      accepted[#accepted + 1] = { at = i, event = event, key = key, lock = lock, prior = raw, intent = ARGV[a + 5] }
    end
  end
end

finish(out, accepted, KEYS[2], KEYS[3], replica, call, now)
return out
