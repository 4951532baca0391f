-- What the scripts that end intents, or bind them, have in common.
-- KEYS  1 site, 2 intents, 3 commits, then those of the script

-- survives says whether a commit has events bound to it apart from those in
-- leaving, a set.
local function survives(id, leaving)
  local raw = redis.call('HGET', KEYS[3], id)
  if not raw then
    return true
  end
  for _, event in ipairs(decode(raw, 'commit ' .. id).events) do
    if not leaving[event] then
      local record = redis.call('HGET', KEYS[2], event)
      if record and decode(record, 'intent ' .. event).commit == id then
        return true
      end
    end
  end
  return false
end

-- ending reads every step-th of ARGV, from the first on, as an event. It returns
-- the intents that are bound to the commit, '' = to none: each {at, event, record,
-- kind, key, lock, prior, ours}, at is its place in ARGV, lock the lock of now,
-- prior the one before the intent, ours that the intent has put the lock into its
-- passing state. Then the events that are not remembered at all, and whether
-- nothing is left of the commit without the intents.
local function ending(id, first, step)
  local work, lost, leaving = {}, {}, {}
  for at = first, #ARGV, step do
    local event = ARGV[at]
    local raw = redis.call('HGET', KEYS[2], event)
    local record = raw and decode(raw, 'intent ' .. event)
    if not record then
      lost[#lost + 1] = event
    elseif record.commit == id then
      local w = { at = at, event = event, record = record, key = lock_key(KEYS[1], record.key) }
      w.kind = decode(record.intent, 'intent of ' .. event).kind
      w.lock = read_lock(w.key)
      w.prior = record.prior ~= '' and decode(record.prior, 'prior lock of ' .. event) or nil
      w.ours = w.lock and w.lock.fence == record.fence and w.lock.event == event
      work[#work + 1] = w
      leaving[event] = true
    end
  end
  return work, lost, not survives(id, leaving)
end
