-- stop: intents of RETENER and of lifting it. There is a new lock for a spool that
-- nobody holds, and then a fence to be stopped by whoever has just paused it; else it is the holder's own, or of somebody who names whose it is.
-- KEYS, ARGV and reply are those of lib_intend.lua; ms is not used; the moment is
-- when the occupation expired.

return intend(function(lock, want)
  if want.new ~= '' and lock and lock.state ~= 'expired' then
    return passing(lock) and 'busy' or 'occupied'
  end
  if want.new ~= '' and want.fence ~= 0 and decode(want.intent, 'intent').kind == 'RETENER_SPOOL' then
    local last = want.last -- whoever has just paused it
    local paused = last and last.kind == 'PAUSAR_SPOOL' and last.fence == want.fence and last.holder == want.worker
    return paused and 'accepted' or 'gone'
  end
  if want.new ~= '' then
    return 'accepted'
  end
  if want.from ~= 0 then
    return override(lock, want)
  end
  return own(lock, want)
end, function(lock, want)
  if want.new ~= '' then
    return pass(lock, want)
  end
  return finish(lock, want)
end)
