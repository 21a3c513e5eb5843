"""Harm a library in every way known by name, and look at what is left.

    python -m eval.stress.storing.faults [points] [errors] [disk] [order] [readers] [--quick]

``points`` kills a process at named points of making and changing a library and writing its snapshot. ``errors`` makes
each system call of the command line on its library fail. ``disk`` fills the disk up. ``order`` checks that all is
flushed to disk before it is acknowledged. ``readers`` has readers and writers work at once. Does all of them unless
some are named; ``--quick`` does a few of each. Prints the counts. Exit status 1 if anything was lost, in part, stale,
silently not done, or not told in one sentence. Where ``strace`` cannot trace, ``errors`` and ``order`` are skipped.
"""

import argparse
import sys
from collections.abc import Callable

from eval.stress.storing import concurrency, crashes, injection, order

QUICK_POINTS = (
    "making: database before rename",
    "put: before commit",
    "put: after commit",
    "index: half written",
    "manifest: after rename",
)


def points(quick: bool) -> bool:
    return crashes.main(1, QUICK_POINTS) if quick else crashes.main(25, list(crashes.POINTS))


def errors(quick: bool) -> bool:
    if not injection.can_trace():
        return _skipped()
    return _told("system calls made to fail", injection.inject(every=150 if quick else 1))


def disk(quick: bool) -> bool:
    kind, found = injection.fill_disk(every=24 if quick else 1)
    return _told(f"commands on a full disk ({kind})", found)


def _told(kind: str, found: injection.Found) -> bool:
    print(f"{found.trials} {kind}: {found.done} done, {found.refused} refused, {len(found.problems)} problems")
    for problem in found.problems[:10]:
        print(f"    {problem}")
    return not found.problems and found.refused > 0


def order_of_calls(quick: bool) -> bool:
    return order.main(20 if quick else 500) if injection.can_trace() else _skipped()


def readers(quick: bool) -> bool:
    return concurrency.main(1 if quick else 60)


def _skipped() -> bool:
    print("skipped: strace is not installed, or may not trace here")
    return True


PARTS: dict[str, Callable[[bool], bool]] = {
    "points": points,
    "errors": errors,
    "disk": disk,
    "order": order_of_calls,
    "readers": readers,
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", metavar="part", help=", ".join(PARTS))
    parser.add_argument("--quick", action="store_true")
    arguments = parser.parse_args()
    if unknown := set(arguments.parts) - PARTS.keys():
        parser.error(f"there is no part {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}.")
    injection.as_in_the_program()
    well = [PARTS[part](arguments.quick) for part in arguments.parts or PARTS]
    return 0 if all(well) else 1


if __name__ == "__main__":
    sys.exit(main())
