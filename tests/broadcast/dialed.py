"""A Redis whose clock is set by hand, for the very scripts that run on a real one."""

from collections.abc import Awaitable, Callable, Sequence
from typing import cast

from redis.asyncio import Redis

AHEAD = 5000
"""Seconds by which its clock differs from ours, as that of any Redis does."""
CLOCK = """
local server = redis
local dial = tonumber(server.call('GET', 'dial')) -- microseconds

local function is_over(key)
  local over = tonumber(server.call('HGET', 'over', key))
  return over and over <= dial
end

local function found(key) return not is_over(key) and server.call('GET', key) end

local commands = {}
function commands.TIME() return {math.floor(dial / 1000000), dial % 1000000} end
function commands.GET(key) return found(key) end
function commands.MGET(...)
  local all = {}
  for place, key in ipairs({...}) do all[place] = found(key) end
  return all
end
function commands.SET(key, value, unit, milliseconds)
  assert(unit == 'PX')
  server.call('HSET', 'over', key, dial + milliseconds * 1000)
  server.call('SET', key, value)
end

local redis = {call = function(command, ...) return commands[command](...) end}
"""
"""Stands before a script: it sees a time that we set, and what it keeps is over by that time."""


class Dialed:
    """So much of a Redis as schedules use of it."""

    def __init__(self, redis: Redis, seconds: Callable[[], float]) -> None:
        self._redis = redis
        self._seconds = seconds

    def register_script(self, source: str) -> Callable[[Sequence[str], Sequence[float | str]], Awaitable[object]]:
        script = self._redis.register_script(CLOCK + source)

        async def run(keys: Sequence[str], arguments: Sequence[float | str]) -> object:
            await self._redis.set("dial", round((self._seconds() + AHEAD) * 1e6))
            return cast(object, await script(keys, arguments))

        return run


def dialed(redis: Redis, seconds: Callable[[], float]) -> Redis:
    return cast(Redis, Dialed(redis, seconds))
