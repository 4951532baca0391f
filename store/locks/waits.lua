-- waits: who waits for which spool.
-- KEYS  1 waiting
-- reply {spool, TAG, worker id, ...}, of each spool the first in line first

local reply = {}
local all = redis.call('HGETALL', KEYS[1])
for i = 1, #all, 2 do
  local list = decode(all[i + 1], 'wait list of ' .. all[i])
  for _, worker in ipairs(list.workers) do
    for _, text in ipairs({ all[i], list.tag, int(worker) }) do
      reply[#reply + 1] = text
    end
  end
end
return reply
