-- snapshot: the locks of some spools or of all.
-- KEYS  1 site, 2 fence, 3 deadlines, 4 replicas, 5 calm, then the locks asked for
-- ARGV  1 'all' = all locks, found through the deadlines (same slot)
-- reply {now ms, ms at which it was seeded or '', fence, {living replica...},
--       {calm replica...}, lock...}

local now = now_ms()
local out = {
  int(now), redis.call('GET', KEYS[1]) or '', redis.call('GET', KEYS[2]) or '0',
  redis.call('ZRANGEBYSCORE', KEYS[4], '(' .. int(now), '+inf'), redis.call('ZRANGE', KEYS[5], 0, -1),
}
if ARGV[1] == 'all' then
  for _, key in ipairs(redis.call('ZRANGE', KEYS[3], 0, -1)) do
    local raw = redis.call('GET', lock_key(KEYS[1], key))
    if raw then
      out[#out + 1] = raw
    else
      redis.call('ZREM', KEYS[3], key) -- the lock has vanished by age
    end
  end
  return out
end
for i = 6, #KEYS do
  local raw = redis.call('GET', KEYS[i])
  if raw then
    out[#out + 1] = raw
  end
end
return out
