-- settle: the commit has landed.
-- KEYS  1 site, 2 intents, 3 commits, 4 deadlines; the locks and tombstones
--       (lock:KEY, expired:KEY, of the same slot) are found through the intents
-- ARGV  1 commit id, 2 life of a tombstone ms, then per event: event, '1' when
--       its audit row is owed
-- reply 'UNSEEDED' or 'OK'

if redis.call('EXISTS', KEYS[1]) == 0 then
  return 'UNSEEDED'
end
local now = now_ms()
local base = string.sub(KEYS[1], 1, -5) -- without 'site'
local id = ARGV[1]

local work, leaving = {}, {}
for a = 3, #ARGV, 2 do
  local event = ARGV[a]
  local raw = redis.call('HGET', KEYS[2], event)
  local record = raw and decode(raw, 'intent ' .. event)
  if record and id ~= '' and record.commit == id then
    local w = { event = event, record = record, owed = ARGV[a + 1] == '1' }
    leaving[event] = true
    if not record.owed then
      local lock = read_lock(base .. 'lock:' .. record.key)
      if lock and lock.fence == record.fence and lock.event == event then
        w.lock = lock
        w.kind = decode(record.intent, 'intent of ' .. event).kind
        w.stone = redis.call('GET', base .. 'expired:' .. record.key)
        w.stone = w.stone and decode(w.stone, 'tombstone')
      end
    end
    work[#work + 1] = w
  end
end
local empty = not survives(KEYS[2], KEYS[3], id, leaving)

for _, w in ipairs(work) do
  local record = w.record
  local lock_key, stone_key = base .. 'lock:' .. record.key, base .. 'expired:' .. record.key
  if w.lock and w.kind == 'TOMAR_SPOOL' then
    w.lock.state, w.lock.event = 'held', ''
    write_lock(lock_key, KEYS[4], w.lock, cjson.encode(w.lock), now)
    if w.stone and w.stone.holder == w.lock.holder then
      redis.call('DEL', stone_key)
    end
  elseif w.lock then
    redis.call('DEL', lock_key)
    redis.call('ZREM', KEYS[4], record.key)
    if w.kind == 'VENCER_SPOOL' then
      local stone = cjson.encode({ v = 1, holder = w.lock.holder, fence = w.lock.fence, deadline = w.lock.deadline })
      redis.call('SET', stone_key, stone, 'PX', ARGV[2])
    end
  end
  if w.owed then
    record.owed, record.owner, record.commit, record.prior = true, '', '', ''
    redis.call('HSET', KEYS[2], w.event, cjson.encode(record))
  else
    redis.call('HDEL', KEYS[2], w.event)
  end
end
if empty then
  redis.call('HDEL', KEYS[3], id)
end
return 'OK'
