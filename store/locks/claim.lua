-- claim: takes over what dead replicas have left, owed audit rows, and what the
-- replica itself does not know of any more.
-- KEYS  1 replicas, 2 intents, 3 commits
-- ARGV  1 replica, 2 token: the same until an answer has come, so that what a
--       lost answer spoke of is in the next one, 3 ms after which an own intent is
--       a stray, then the events that the replica carries
-- reply {{record...}, {commit id, commit...}}
--
-- An owed row that a living replica has bound, this one too, is on its way.

local now = now_ms()
local replica, token = ARGV[1], ARGV[2]

local living = {}
local function alive(name)
  if living[name] == nil then
    local until_ms = redis.call('ZSCORE', KEYS[1], name)
    living[name] = until_ms and tonumber(until_ms) > now or false
  end
  return living[name]
end

local carried = {}
for i = 4, #ARGV do
  carried[ARGV[i]] = true
end

local mine = {}
local all = redis.call('HGETALL', KEYS[2])
for i = 1, #all, 2 do
  local record = decode(all[i + 1], 'intent ' .. all[i])
  local owner = record.owner
  local lost = owner == replica and record.claim == token
  local stray = owner == replica and not carried[all[i]] and record.at <= now - tonumber(ARGV[3])
  if lost or stray or not alive(owner) or (record.owed and record.commit == '') then
    mine[#mine + 1] = { event = all[i], record = record }
  end
end

local records, commits, seen = {}, {}, { [''] = true }
for _, m in ipairs(mine) do
  m.record.owner, m.record.claim = replica, token
  local raw = cjson.encode(m.record)
  redis.call('HSET', KEYS[2], m.event, raw)
  records[#records + 1] = raw
  local id = m.record.commit
  if not seen[id] then
    seen[id] = true
    commits[#commits + 1] = id
    commits[#commits + 1] = redis.call('HGET', KEYS[3], id) or ''
  end
end
return { records, commits }
