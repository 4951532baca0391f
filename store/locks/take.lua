-- take: intents of TOMAR.
-- KEYS  1 site, 2 fence, 3 deadlines, 4 intents, then the lock of each intent
-- ARGV  1 replica, 2 call, then per intent: event, worker id, TTL ms, grace ms,
--       lock (JSON without fence and times), intent (JSON, kept as it is)
-- reply 'UNSEEDED', or per intent {verdict, lock, record when accepted, ''}

if redis.call('EXISTS', KEYS[1]) == 0 then
  return 'UNSEEDED'
end
local now = now_ms()
local replica, call = ARGV[1], ARGV[2]

local function judge(lock, worker, grace)
  if not lock then
    return 'accepted'
  end
  if same(lock.holder, worker) then
    if lock.state ~= 'held' then
      return 'busy'
    end
    if now > lock.deadline then
      return 'accepted' -- renewed
    end
    return 'already'
  end
  if lock.state == 'held' and now > lock.deadline + grace then
    return 'lapsed'
  end
  return 'occupied'
end

local out, accepted = {}, {}
for i = 1, (#ARGV - 2) / 6 do
  local a = 2 + (i - 1) * 6
  local event, key = ARGV[a + 1], KEYS[4 + i]
  local lock, raw = read_lock(key)
  out[i] = remembered(KEYS[4], event, call, raw)
  if not out[i] then
    out[i] = { judge(lock, ARGV[a + 2], tonumber(ARGV[a + 4])), raw, '', '' }
    if out[i][1] == 'accepted' then
      local new = decode(ARGV[a + 5], 'new lock')
      new.since, new.deadline = now, now + tonumber(ARGV[a + 3])
      accepted[#accepted + 1] = { at = i, event = event, key = key, lock = new, prior = raw, intent = ARGV[a + 6] }
    end
  end
end

for _, w in ipairs(accepted) do
  w.lock.fence = redis.call('INCR', KEYS[2])
  local raw = cjson.encode(w.lock)
  write_lock(w.key, KEYS[3], w.lock, raw, now)
  out[w.at][2] = raw
  out[w.at][3] = remember(KEYS[4], w.event, replica, call, w.lock, w.prior, now, w.intent)
end
return out
