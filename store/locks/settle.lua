-- settle: the commit has landed.
-- KEYS  1 site, 2 intents, 3 commits, 4 deadlines, 5 waiting, 6 news; the locks
--       and tombstones (of the same slot) are found through the intents
-- ARGV  1 commit id, 2 head start ms, then per event: event, '1' when its audit
--       row is owed
-- reply 'UNSEEDED' or {event that is not remembered...}

if redis.call('EXISTS', KEYS[1]) == 0 then
  return 'UNSEEDED'
end
local now = now_ms()
local id, head_start = ARGV[1], tonumber(ARGV[2])
local tells = {
  VENCER_SPOOL = true, LIBERAR_SPOOL = true, TRASPASAR_SPOOL = true, RETENER_SPOOL = true, SOLTAR_SPOOL = true,
}

local reverts = { TOMAR_SPOOL = true, PAUSAR_SPOOL = true, COMPLETAR_SPOOL = true }

local work, lost, empty = ending(id, 3, 2)
if id == '' then
  return lost
end
for _, w in ipairs(work) do
  if w.ours then
    w.list = read_list(KEYS[5], w.record.key)
    w.stone_key = stone_key(KEYS[1], w.record.key)
    local raw = redis.call('GET', w.stone_key)
    w.stone = raw and decode(raw, 'tombstone ' .. w.stone_key)
    w.undone = w.kind == 'DESHACER_SPOOL' and decode(w.record.last, 'what was undone by ' .. w.event)
  end
end

-- remember keeps what can be taken back, or has taken something back, as the last
-- change of the spool. former is the fence by which its buttons know it.
local function remember(w)
  local record = w.record
  local last = {
    v = 1, kind = w.kind, holder = record.holder, fence = record.fence, former = record.fence, op = record.op,
    since = record.since, deadline = record.deadline, at = record.at, intent = record.intent, settled = now,
    commit = '', owed = false, key = record.key,
  }
  if w.kind == 'DESHACER_SPOOL' then
    last.former, last.undoes = w.undone.former, w.undone.kind
  elseif record.renews or not reverts[w.kind] then
    return
  end
  local raw = cjson.encode(last)
  redis.call('SET', last_key(KEYS[1], record.key), raw, 'PX', int(LAST_LIFE))
  if w.kind == 'PAUSAR_SPOOL' then
    redis.call('SET', paused_key(KEYS[1], record.fence), raw, 'PX', int(LAST_LIFE))
  end
end

local function land(w)
  local lock, spool = w.lock, w.record.key
  remember(w)
  if tells[w.kind] then
    w.record.settled = now
    redis.call('HSET', KEYS[6], w.event, cjson.encode(w.record))
  end
  if lock.state == 'pending' then
    lock.state, lock.event = 'held', ''
    write_lock(w.key, KEYS[4], lock, cjson.encode(lock), now)
    if w.prior and w.prior.state == 'expired' and w.prior.holder ~= lock.holder then
      bury(w.stone_key, w.prior)
    elseif w.stone and w.stone.holder == lock.holder then
      redis.call('DEL', w.stone_key)
    end
    be_taken(KEYS[5], spool, w.list, lock.holder)
  elseif lock.state == 'changing' and w.prior then
    write_lock(w.key, KEYS[4], w.prior, w.record.prior, now)
  elseif w.kind == 'VENCER_SPOOL' then
    lock.state, lock.event = 'expired', ''
    write_lock(w.key, KEYS[4], lock, cjson.encode(lock), now)
    come_free(KEYS[5], spool, w.list, (lock.kept_until or now) + head_start) -- also when nobody has looked by then
  else
    drop_lock(w.key, KEYS[4], spool)
    come_free(KEYS[5], spool, w.list, now + head_start)
  end
end

for _, w in ipairs(work) do
  local record = w.record
  if w.ours then
    land(w)
  end
  if ARGV[w.at + 1] == '1' then
    if not record.owed then
      record.prior = '' -- of an extension it is still needed, for undo
    end
    record.owed, record.owner, record.commit = true, '', ''
    redis.call('HSET', KEYS[2], w.event, cjson.encode(record))
  else
    redis.call('HDEL', KEYS[2], w.event)
  end
end
if empty then
  redis.call('HDEL', KEYS[3], id)
end
return lost
