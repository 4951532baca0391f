-- drop: frees what has ended while the store has forgotten that.
-- KEYS  1 site, 2 deadlines, 3 waiting; the locks are of the same slot
-- ARGV  1 head start ms, then per spool: KEY, the highest fence that has ended
-- reply 'UNSEEDED' or 'OK'

if redis.call('EXISTS', KEYS[1]) == 0 then
  return 'UNSEEDED'
end
local now, work = now_ms(), {}
for i = 2, #ARGV, 2 do
  local spool, key = ARGV[i], lock_key(KEYS[1], ARGV[i])
  local lock = read_lock(key)
  if lock and lock.state == 'held' and lock.fence <= tonumber(ARGV[i + 1]) then
    work[#work + 1] = { key = key, spool = spool, list = read_list(KEYS[3], spool) }
  end
end

for _, w in ipairs(work) do
  drop_lock(w.key, KEYS[2], w.spool)
  come_free(KEYS[3], w.spool, w.list, now + tonumber(ARGV[1]))
end
return 'OK'
