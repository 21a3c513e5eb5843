"""Rate limits for each client."""

import ipaddress
import time

_MAX_CLIENTS = 10_000
_IPV6_SITE_BITS = 64
"""The prefix given to one IPv6 customer (RFC 6177), so that all its addresses count as one."""


class TokenBucket:
    """A rate limit per client: ``count`` at once, and as many again over ``seconds``."""

    def __init__(self, count: int, seconds: float) -> None:
        self._count, self._rate = count, count / seconds
        self._left: dict[str, tuple[float, float]] = {}

    def wait(self, client: str) -> float:
        """Seconds until the client may act; 0 if it may now."""
        return max(0.0, (1 - self._now_left(client)) / self._rate)

    def take(self, client: str) -> float:
        """The same, and uses one turn if it may."""
        wait, left = self.wait(client), self._now_left(client)
        self._left.pop(client, None)
        self._left[client] = (left - (wait == 0), time.monotonic())
        while len(self._left) > _MAX_CLIENTS:  # the client away for longest is first
            self._left.pop(next(iter(self._left)))
        return wait

    def _now_left(self, client: str) -> float:
        left, then = self._left.get(client, (float(self._count), time.monotonic()))
        return min(self._count, left + (time.monotonic() - then) * self._rate)


class Guesses:
    """Limits on wrong keys and passwords: from each address, and for each name from all addresses.

    One address may give enough at once that users who share it do not lock each other out, then five a minute. For one
    name, all addresses together may give thirty a minute.
    """

    def __init__(self, by_address: TokenBucket | None = None, by_name: TokenBucket | None = None) -> None:
        self._by_address = by_address or TokenBucket(20, 240)
        self._by_name = by_name or TokenBucket(100, 200)

    def wait(self, address: str, name: str) -> float:
        """Seconds until another may be given; 0 if it may be now."""
        return max(self._by_address.wait(address), self._by_name.wait(name))

    def wrong(self, address: str, name: str) -> None:
        """Count a wrong one."""
        self._by_address.take(address)
        self._by_name.take(name)


def counted(address: str) -> str:
    """The key by which a client is counted: its IPv4 address, or its IPv6 network."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return address[:64]
    if isinstance(known, ipaddress.IPv4Address):
        return str(known)
    return str(known.ipv4_mapped or ipaddress.ip_network((int(known), _IPV6_SITE_BITS), strict=False))
