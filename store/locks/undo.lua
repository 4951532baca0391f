-- undo: for certain nothing was written.
-- KEYS  1 site, 2 intents, 3 commits, 4 deadlines, 5 waiting; the locks (of the
--       same slot) are found through the intents
-- ARGV  1 commit id, empty for events that were never bound, 2 head start ms, then
--       the events
-- reply 'UNSEEDED' or 'OK'
--
-- An owed audit row belongs to what has happened already: it is only unbound. Why
-- there was a pause can be said again. An extension that was not bound is put back, if its lock is as it has left it. Who
-- has begun to wait for what was being taken has their turn; turns that have not
-- all been told go on.

if redis.call('EXISTS', KEYS[1]) == 0 then
  return 'UNSEEDED'
end
local now = now_ms()
local id = ARGV[1]
local work, _, empty = ending(id, 3, 1)
for _, w in ipairs(work) do
  w.last = w.ours and (w.record.last or '') ~= '' and decode(w.record.last, 'last change before ' .. w.event)
  if w.kind == 'MOTIVO_PAUSA' and w.record.owed then
    w.why = paused_key(KEYS[1], w.record.fence)
    w.paused = read_last(w.why)
  end
  if w.ours and not w.prior then
    w.list = read_list(KEYS[5], w.record.key)
  end
end

for _, w in ipairs(work) do
  local record, lock = w.record, w.lock
  local moved = record.owed and w.kind == 'EXTENDER_SPOOL' and lock and lock.fence == record.fence
    and lock.state == 'held' and lock.deadline == record.deadline
  if record.owed and id ~= '' then
    record.owner, record.commit = '', ''
    redis.call('HSET', KEYS[2], w.event, cjson.encode(record))
  elseif w.why then
    if w.paused then
      w.paused.told = false
      redis.call('SET', w.why, cjson.encode(w.paused), 'PX', int(math.max(w.paused.settled + LAST_LIFE - now, 1)))
    end
    redis.call('HDEL', KEYS[2], w.event)
  elseif moved or not record.owed then
    local left = w.last and w.last.settled + LAST_LIFE - now
    if left and left > 0 then
      redis.call('SET', last_key(KEYS[1], record.key), record.last, 'PX', int(left))
    end
    if w.prior and (moved or w.ours) then
      write_lock(w.key, KEYS[4], w.prior, record.prior, now)
    elseif w.ours then
      drop_lock(w.key, KEYS[4], record.key)
      if w.list and (w.list.reserved_until == 0 or w.list.told_all) then
        come_free(KEYS[5], record.key, w.list, now + tonumber(ARGV[2]))
      end
    end
    redis.call('HDEL', KEYS[2], w.event)
  end
end
if empty then
  redis.call('HDEL', KEYS[3], id)
end
return 'OK'
