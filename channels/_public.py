"""Looking hosts up such that a name never leads into our own net, whoever owns the name."""

import socket
from dataclasses import dataclass
from ipaddress import ip_address

from aiohttp.abc import AbstractResolver, ResolveResult


@dataclass(frozen=True, slots=True)
class PublicResolver(AbstractResolver):
    """What another one finds, without addresses that are not public: a program of ours may listen there."""

    resolver: AbstractResolver

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Raises `OSError` where nothing is left. What is connected to is what was looked at."""
        found = [result for result in await self.resolver.resolve(host, port, family) if is_public(result["host"])]
        if not found:
            raise OSError("no public address")
        return found

    async def close(self) -> None:
        await self.resolver.close()


def is_public(address: str) -> bool:
    """Whether it is an address on the net that is nobody's own, in whatever way it is written."""
    try:
        at = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    at = getattr(at, "ipv4_mapped", None) or getattr(at, "sixtofour", None) or at
    return at.is_global and not at.is_multicast
