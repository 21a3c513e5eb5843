"""How often each client may."""

import ipaddress
import time

_MAX_CLIENTS = 10_000
_IPV6_SITE_BITS = 64
"""What one customer is given of IPv6 (RFC 6177), so that all its addresses count as one."""


class TokenBucket:
    """How often each client may: ``count`` times at once, and as often again over ``seconds``."""

    def __init__(self, count: int, seconds: float) -> None:
        self._count, self._rate = count, count / seconds
        self._left: dict[str, tuple[float, float]] = {}

    def wait(self, client: str) -> float:
        """0 if the client may now; else the seconds until it may."""
        return max(0.0, (1 - self._now_left(client)) / self._rate)

    def take(self, client: str) -> float:
        """The same, and if it may, it has."""
        wait, left = self.wait(client), self._now_left(client)
        self._left.pop(client, None)
        self._left[client] = (left - (wait == 0), time.monotonic())
        while len(self._left) > _MAX_CLIENTS:  # the client that has been away the longest stands first
            self._left.pop(next(iter(self._left)))
        return wait

    def _now_left(self, client: str) -> float:
        left, then = self._left.get(client, (float(self._count), time.monotonic()))
        return min(self._count, left + (time.monotonic() - then) * self._rate)


class Guesses:
    """How many wrong keys and passwords may be given: from each address, and for each name from wherever.

    At once so many that those behind one address do not lock each other out, then five a minute; for one name from all
    addresses together thirty.
    """

    def __init__(self, by_address: TokenBucket | None = None, by_name: TokenBucket | None = None) -> None:
        self._by_address = by_address or TokenBucket(20, 240)
        self._by_name = by_name or TokenBucket(100, 200)

    def wait(self, address: str, name: str) -> float:
        """0 if another may be given now; else the seconds until then."""
        return max(self._by_address.wait(address), self._by_name.wait(name))

    def wrong(self, address: str, name: str) -> None:
        """Count one that was wrong."""
        self._by_address.take(address)
        self._by_name.take(name)


def counted(address: str) -> str:
    """What a client is counted by: its IPv4 address, or the network of its IPv6 address."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return address[:64]
    if isinstance(known, ipaddress.IPv4Address):
        return str(known)
    return str(known.ipv4_mapped or ipaddress.ip_network((int(known), _IPV6_SITE_BITS), strict=False))
