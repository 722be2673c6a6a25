-- ARGV: payment
return call('HMGET', book, ARGV[1], 'j' .. sub(ARGV[1], 2))
