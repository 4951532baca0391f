-- free: intents of LIBERAR.
-- KEYS, ARGV and reply are those of lib_intend.lua; ms is not used.

return intend(override, finish)
