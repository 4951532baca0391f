-- restore: adds locks that the sheet knows, raises the fence.
-- KEYS  1 site, 2 fence, 3 deadlines, 4 calm, then the lock of each
-- ARGV  1 the replica that seeds an empty store, '' = it must be seeded, 2 fence,
--       then the locks (JSON; fence 0 = a new one)
-- reply 'UNSEEDED' or 'OK'

local seeds = ARGV[1] ~= ''
local seeded = redis.call('EXISTS', KEYS[1]) == 1
if seeds and seeded then
  return 'OK'
end
if not seeded and not (seeds and redis.call('ZSCORE', KEYS[4], ARGV[1])) then
  return 'UNSEEDED'
end
local now = now_ms()
local fence = math.max(tonumber(ARGV[2]), tonumber(redis.call('GET', KEYS[2]) or '0'))
local adding = {}
for i = 3, #ARGV do
  local lock, key = decode(ARGV[i], 'lock to restore'), KEYS[2 + i]
  fence = math.max(fence, lock.fence)
  if redis.call('EXISTS', key) == 0 then
    adding[#adding + 1] = { key = key, lock = lock }
  end
end

for _, w in ipairs(adding) do
  if w.lock.fence == 0 then
    fence = fence + 1
    w.lock.fence = fence
  end
  write_lock(w.key, KEYS[3], w.lock, cjson.encode(w.lock), now)
end
redis.call('SET', KEYS[2], int(fence))
redis.call('SET', KEYS[1], int(now), 'NX')
redis.call('DEL', KEYS[4])
return 'OK'
