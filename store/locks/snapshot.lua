-- snapshot: the locks of some spools or of all.
-- KEYS  1 site, 2 fence, 3 deadlines, then the locks asked for
-- ARGV  1 'all' = all locks, found through the deadlines (same slot)
-- reply {now ms, '1' when seeded, fence, lock...}

local base = string.sub(KEYS[1], 1, -5) -- without 'site'
local out = { int(now_ms()), int(redis.call('EXISTS', KEYS[1])), redis.call('GET', KEYS[2]) or '0' }
if ARGV[1] == 'all' then
  for _, key in ipairs(redis.call('ZRANGE', KEYS[3], 0, -1)) do
    local raw = redis.call('GET', base .. 'lock:' .. key)
    if raw then
      out[#out + 1] = raw
    else
      redis.call('ZREM', KEYS[3], key) -- the lock has vanished by age
    end
  end
  return out
end
for i = 4, #KEYS do
  local raw = redis.call('GET', KEYS[i])
  if raw then
    out[#out + 1] = raw
  end
end
return out
