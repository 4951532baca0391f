-- release: intents of PAUSAR and COMPLETAR.
-- KEYS  1 site, 2 deadlines, 3 intents, then per intent: lock, tombstone
-- ARGV  1 replica, 2 call, then per intent: event, worker id, fence (0 = any),
--       intent (JSON, kept as it is)
-- reply 'UNSEEDED', or per intent {verdict, lock, record when accepted, time of
--       the expiry when expired}

if redis.call('EXISTS', KEYS[1]) == 0 then
  return 'UNSEEDED'
end
local now = now_ms()
local replica, call = ARGV[1], ARGV[2]

local function judge(lock, tombstone, worker, fence)
  if lock and same(lock.holder, worker) then
    if fence ~= 0 and fence ~= lock.fence then
      return 'stale', ''
    end
    if lock.state ~= 'held' then
      return 'busy', ''
    end
    return 'accepted', ''
  end
  local raw = redis.call('GET', tombstone)
  if raw then
    local stone = decode(raw, 'tombstone ' .. tombstone)
    if same(stone.holder, worker) and (fence == 0 or fence == stone.fence) then
      return 'expired', int(stone.deadline)
    end
  end
  if lock then
    return 'not_yours', ''
  end
  return 'free', ''
end

local out, accepted = {}, {}
for i = 1, (#ARGV - 2) / 4 do
  local a, k = 2 + (i - 1) * 4, 3 + (i - 1) * 2
  local event = ARGV[a + 1]
  local lock, raw = read_lock(KEYS[k + 1])
  out[i] = remembered(KEYS[3], event, call, raw)
  if not out[i] then
    local verdict, expired = judge(lock, KEYS[k + 2], ARGV[a + 2], tonumber(ARGV[a + 3]))
    out[i] = { verdict, raw, '', expired }
    if verdict == 'accepted' then
      accepted[#accepted + 1] = { at = i, event = event, key = KEYS[k + 1], lock = lock, prior = raw, intent = ARGV[a + 4] }
    end
  end
end

finish(out, accepted, KEYS[2], KEYS[3], replica, call, now)
return out
