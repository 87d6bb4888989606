-- Lets a sender send nothing for a while, and begin without a burst after it.

local schedule = KEYS[1] -- the instant at which the next place begins
local hold_of_all = KEYS[2] -- the instant until which nothing leaves

local seconds = tonumber(ARGV[1]) -- seconds for which nothing leaves

hold(schedule, seconds, AN_HOUR)
hold(hold_of_all, seconds, A_SECOND)
return 1
