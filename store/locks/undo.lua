-- undo: for certain nothing was written.
-- KEYS  1 site, 2 intents, 3 commits, 4 deadlines; the locks (lock:KEY, of the
--       same slot) are found through the intents
-- ARGV  1 commit id, empty for events that were never bound, then the events
-- reply 'UNSEEDED' or 'OK'
--
-- An owed audit row belongs to cells that are written: it is only unbound.

if redis.call('EXISTS', KEYS[1]) == 0 then
  return 'UNSEEDED'
end
local now = now_ms()
local base = string.sub(KEYS[1], 1, -5) -- without 'site'
local id = ARGV[1]

local work, leaving = {}, {}
for a = 2, #ARGV do
  local event = ARGV[a]
  local raw = redis.call('HGET', KEYS[2], event)
  local record = raw and decode(raw, 'intent ' .. event)
  if record and record.commit == id then
    local w = { event = event, record = record }
    leaving[event] = true
    if not record.owed then
      w.key = base .. 'lock:' .. record.key
      local lock = read_lock(w.key)
      w.ours = lock and lock.fence == record.fence and lock.event == event
      if w.ours and record.prior ~= '' then
        w.prior = decode(record.prior, 'prior lock of ' .. event)
      end
    end
    work[#work + 1] = w
  end
end
local empty = not survives(KEYS[2], KEYS[3], id, leaving)

for _, w in ipairs(work) do
  local record = w.record
  if record.owed then
    record.owner, record.commit = '', ''
    redis.call('HSET', KEYS[2], w.event, cjson.encode(record))
  else
    if w.prior then
      write_lock(w.key, KEYS[4], w.prior, record.prior, now)
    elseif w.ours then
      redis.call('DEL', w.key)
      redis.call('ZREM', KEYS[4], record.key)
    end
    redis.call('HDEL', KEYS[2], w.event)
  end
end
if empty then
  redis.call('HDEL', KEYS[3], id)
end
return 'OK'
