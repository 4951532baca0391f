-- revert: intents of DESHACER. What is taken back is the last change of the spool, if
-- it was the worker's own and of the kind that the intent names (undoes).
-- KEYS, ARGV and reply are those of lib_intend.lua; ms is how long it may be taken
-- back; the fence is that of the occupation, 0 = whichever; the moment is until when
-- the spool is reserved for another, or when the occupation expired.

return intend(function(lock, want)
  local last, undoes = want.last, decode(want.intent, 'intent').undoes
  if lock and passing(lock) then
    return 'busy'
  end
  if not last or last.holder ~= want.worker or (want.fence ~= 0 and want.fence ~= last.former) then
    return 'gone'
  end
  if last.kind == 'DESHACER_SPOOL' and last.undoes == undoes then
    return 'already'
  end
  if last.kind ~= undoes or want.now - last.settled > want.ms then
    return 'gone'
  end
  if undoes == 'TOMAR_SPOOL' then
    return lock and lock.state == 'held' and lock.fence == last.fence and 'accepted' or 'gone'
  end
  if lock then
    return 'gone'
  end
  if want.now > last.deadline then
    return 'expired', last.deadline
  end
  local list = read_list(KEYS[5], want.new.key)
  if list and list.told_first and want.now <= list.reserved_until then -- and counts on it
    return 'reserved', list.reserved_until
  end
  return 'accepted'
end, function(lock, want)
  if want.new == '' then
    return finish(lock, want)
  end
  want.new.op, want.new.since, want.new.deadline = want.last.op, want.last.since, want.last.deadline
  return want.new
end)
