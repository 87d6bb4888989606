"""The real program with many processes and the bots of each, as it answers their webhooks."""

import sys

import uvloop

import storage
from bench import _forum
from bench._hearback_turns import take_turns
from bot import logs


async def main(url: str) -> None:
    await take_turns(url, {name: _forum.telegram(name=name) for name in _forum.bots()}, _forum.many())


if __name__ == "__main__":
    logs.configure(sys.stderr)
    storage.migrate(sys.argv[1])
    uvloop.run(main(sys.argv[1]))
