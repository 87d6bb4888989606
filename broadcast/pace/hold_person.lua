-- Lets a sender write nothing to one person for a while, or to nobody, when two people were held at nearly the same time.

local person = KEYS[1] -- the instant at which the next place of this person begins
local schedule = KEYS[2] -- the instant at which the next place of the sender begins
local hold_of_all = KEYS[3] -- the instant until which nothing leaves
local hold_of_bulletins = KEYS[4] -- the instant until which no bulletin leaves
local half_rate = KEYS[5] -- the instant until which half the rate is used
local last_held = KEYS[6] -- the address that was held last, for as long as two holds count as one

local seconds = tonumber(ARGV[1]) -- seconds for which the person is not written to
local credit = tonumber(ARGV[2]) -- seconds by which the schedule of a person may lie ahead
local is_bulletin = ARGV[3] == '1' -- 1 when it was a bulletin that the platform refused, else 0
local address = ARGV[4] -- our id of the person's address
local two_within = tonumber(ARGV[5]) -- milliseconds within which the holds of two people mean the sender
local half_rate_for = tonumber(ARGV[6]) -- seconds for which half the rate is used after everybody was held

hold(person, seconds + credit, A_SECOND)
if is_bulletin then hold(hold_of_bulletins, seconds, A_SECOND) end

local before = redis.call('GET', last_held)
redis.call('SET', last_held, address, 'PX', two_within)
if not before or before == address then return 0 end

hold(hold_of_all, seconds, A_SECOND)
hold(schedule, seconds, AN_HOUR)
hold(half_rate, seconds + half_rate_for, A_SECOND)
return 1 -- everybody is held
