-- held: what is suspended in a partition.
-- Returns {members of the suspended set, [chat that was parked here, why as JSON, ...]}.
return {redis.call('SMEMBERS', key('suspended')), redis.call('HGETALL', key('parks'))}
