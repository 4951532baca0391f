-- Wait lists. Each is {v, tag, workers = {id, ...}, reserved_until, told_first,
-- told_all, stopped}: reserved_until is when the head start of the first is over since the
-- spool came free, 0 = it has not come free, or its lock has vanished by age, which
-- gives nobody a head start; told_ says who was told since; stopped, that the sheet has
-- stopped the spool. A list without workers is dropped.

local function read_list(waiting, spool)
  local raw = redis.call('HGET', waiting, spool)
  return raw and decode(raw, 'wait list of ' .. spool) or nil
end

local function write_list(waiting, spool, list)
  if #list.workers == 0 then
    redis.call('HDEL', waiting, spool)
  else
    redis.call('HSET', waiting, spool, cjson.encode(list))
  end
end

-- come_free begins the head start of the first who waits.
local function come_free(waiting, spool, list, reserved_until)
  if list then
    list.reserved_until, list.told_first, list.told_all, list.stopped = reserved_until, false, false, nil
    write_list(waiting, spool, list)
  end
end

-- leave takes a worker off a list. Who moves up to its head is told anew.
local function leave(waiting, spool, list, worker)
  if not list then
    return
  end
  local others = {}
  for _, id in ipairs(list.workers) do
    if id ~= worker then
      others[#others + 1] = id
    end
  end
  if list.workers[1] == worker then
    list.told_first = false
  end
  list.workers = others
  write_list(waiting, spool, list)
end

-- be_taken ends the wait of whoever has got the spool, and any head start.
local function be_taken(waiting, spool, list, worker)
  if list then
    list.reserved_until = 0
    leave(waiting, spool, list, worker)
  end
end
