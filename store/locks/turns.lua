-- turns: whose turn it is.
-- KEYS  1 site, 2 waiting, 3 the answer of this call; the locks (of the same slot)
--       are found through the wait lists
-- reply {spool, TAG, worker id, ms until which it is reserved for them or '', ...}

local known = answered(KEYS[3])
if known then
  return known
end
local now = now_ms()
local reply, changed = {}, {}
local function tell(spool, list, worker, reserved_until)
  for _, text in ipairs({ spool, list.tag, int(worker), reserved_until }) do
    reply[#reply + 1] = text
  end
end

local all = redis.call('HGETALL', KEYS[2])
for i = 1, #all, 2 do
  local spool, list = all[i], decode(all[i + 1], 'wait list of ' .. all[i])
  local free = redis.call('EXISTS', lock_key(KEYS[1], spool)) == 0
  local over = now > list.reserved_until
  if free and not over and not list.told_first then
    tell(spool, list, list.workers[1], int(list.reserved_until))
    list.told_first = true
    changed[spool] = list
  elseif free and over and not list.told_all then
    for place, worker in ipairs(list.workers) do
      if place > 1 or not list.told_first then
        tell(spool, list, worker, '')
      end
    end
    list.told_all = true
    changed[spool] = list
  end
end

for spool, list in pairs(changed) do
  write_list(KEYS[2], spool, list)
end
if #reply > 0 then
  return answer(KEYS[3], reply)
end
return reply
