-- What every script begins with: what time it is, and how an instant is kept.
-- Instants are seconds since 1970 by the clock of Redis, as text with six digits.

local time = redis.call('TIME')
local now = time[1] + time[2] / 1000000

-- A sender's schedule is remembered for an hour after its instant, so that the sender keeps its burst: a schedule that
-- nobody remembers counts as just handed out, for others may have used it before it was forgotten.
local AN_HOUR = 3600000 -- milliseconds
-- Everything else means nothing once its instant has passed. A second more, so that no rounding forgets it too soon.
local A_SECOND = 1000 -- milliseconds
-- As in rule.py: a number of intervals where places are counted, and seconds where a person waits.
local ROUNDING = 0.000001

local function text(seconds) return string.format('%.6f', seconds) end

-- The instant that is kept there, or nil.
local function kept(key) return tonumber(redis.call('GET', key)) end

-- Keep an instant, and forget it so many milliseconds after it has passed.
local function keep(key, instant, remembered)
  redis.call('SET', key, text(instant), 'PX', math.ceil(math.max(0, instant - now) * 1000) + remembered)
end

-- Keep the instant that is so many seconds away, unless a later one is kept already.
local function hold(key, seconds, remembered)
  keep(key, math.max(now + seconds, kept(key) or 0), remembered)
end
