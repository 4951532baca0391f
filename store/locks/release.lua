-- release: intents of PAUSAR and COMPLETAR.
-- KEYS, ARGV and reply are those of lib_intend.lua; ms is not used; the moment is
-- when the occupation expired.

return intend(function(lock, want)
  if not lock or lock.holder ~= want.worker then
    return late(lock, want)
  end
  local named = want.fence == 0 or want.fence == lock.fence
  if lock.state == 'expired' then
    if named and kept(lock, want.now) then
      return 'accepted' -- the work was done in time
    end
    return late(lock, want)
  end
  if not named then
    return 'stale'
  end
  return passing(lock) and 'busy' or 'accepted'
end, finish)
