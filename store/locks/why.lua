-- why: an intent of MOTIVO_PAUSA: says why there was a pause. Nothing but its audit
-- row, which is owed from the start, is left to be done; no lock is touched.
-- KEYS, ARGV and reply are those of lib_intend.lua; the fence is that of the
-- occupation that was paused; ms is how long it may be taken back; the moment is until
-- when that is so, for whom it still is.

if redis.call('EXISTS', KEYS[1]) == 0 then
  return 'UNSEEDED'
end
local now = now_ms()
local out, accepted = {}, {}

-- reverts is until when the pause may be taken back, '' when it may not any more.
local function reverts(paused, ms)
  local last = read_last(last_key(KEYS[1], paused.key))
  local limit = math.min(paused.settled + ms, paused.deadline)
  if last and last.kind == 'PAUSAR_SPOOL' and last.fence == paused.fence and now <= limit then
    return int(limit)
  end
  return ''
end

for i = 1, (#ARGV - 2) / 7 do
  local a = 2 + (i - 1) * 7
  local event, worker, fence, intent = ARGV[a + 1], tonumber(ARGV[a + 2]), tonumber(ARGV[a + 3]), ARGV[a + 7]
  local _, lock = read_lock(KEYS[4 + 2 * i])
  out[i] = remembered(event, ARGV[2], lock)
  if not out[i] then
    local key = paused_key(KEYS[1], fence)
    local paused = read_last(key)
    local verdict, moment = 'accepted', ''
    if not paused or paused.holder ~= worker or paused.key ~= string.sub(KEYS[4 + 2 * i], #KEYS[1] + 2) then
      verdict = 'gone'
    elseif paused.told then
      verdict = 'already'
    else
      accepted[#accepted + 1] = { at = i, event = event, intent = intent, paused = paused, key = key }
    end
    if verdict ~= 'gone' then
      moment = reverts(paused, tonumber(ARGV[a + 5]))
    end
    out[i] = { verdict, lock, '', moment }
  end
end

for _, want in ipairs(accepted) do
  local paused = want.paused
  local left = paused.settled + LAST_LIFE - now
  paused.told = true
  redis.call('SET', want.key, cjson.encode(paused), 'PX', int(math.max(left, 1)))
  out[want.at][3] = remember(
    { now = now, owed = true, event = want.event, intent = want.intent, prior = '', last_raw = '' }, paused)
end
return out
