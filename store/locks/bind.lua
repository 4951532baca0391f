-- bind: gives the events of a commit its stamp and plan, and takes one write.
-- KEYS  1 site, 2 intents, 3 commits, 4 quota
-- ARGV  1 replica, 2 commit id, 3 writes a minute, 4 nonce, 5 commit (JSON),
--       then its events
-- reply 'UNSEEDED', {'stale', event...}, {'wait', ms} or {'bound', sent}

if redis.call('EXISTS', KEYS[1]) == 0 then
  return 'UNSEEDED'
end
local now = now_ms()
local replica, id, quota = ARGV[1], ARGV[2], tonumber(ARGV[3])
local bound = redis.call('HGET', KEYS[3], id)

local stale, records, moving, former = { 'stale' }, {}, {}, {}
for i = 6, #ARGV do
  local event = ARGV[i]
  local raw = redis.call('HGET', KEYS[2], event)
  local record = raw and decode(raw, 'intent ' .. event)
  if not record or record.owner ~= replica or (bound and record.commit ~= id) then
    stale[#stale + 1] = event
  else
    records[event] = record
    moving[event] = true
    if record.commit ~= '' and record.commit ~= id then
      former[record.commit] = true
    end
  end
end
if #stale > 1 then
  return stale
end
local sent, commit = now, nil
if bound then
  sent = decode(bound, 'commit ' .. id).sent
else
  commit = decode(ARGV[5], 'new commit')
  commit.sent = now
end
local empty = {}
for other in pairs(former) do
  if not survives(other, moving) then
    empty[#empty + 1] = other
  end
end

if bound and redis.call('ZSCORE', KEYS[4], ARGV[4]) then
  return { 'bound', int(sent) } -- the same call, sent again by the client
end
local ms = quota_wait(KEYS[4], quota, now)
if ms > 0 then
  return { 'wait', int(ms) }
end

quota_take(KEYS[4], ARGV[4], now)
if commit then
  redis.call('HSET', KEYS[3], id, cjson.encode(commit))
  for event, record in pairs(records) do
    record.commit, record.claim = id, ''
    redis.call('HSET', KEYS[2], event, cjson.encode(record))
  end
  for _, other in ipairs(empty) do
    redis.call('HDEL', KEYS[3], other)
  end
end
return { 'bound', int(sent) }
