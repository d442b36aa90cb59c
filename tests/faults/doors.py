"""Tries every door through which a stranger's file, link or command comes in, or a damaged run, and counts
what happens.

    python -m tests.faults.doors --n 1000 [--door NAME ...] [--seed 0]

An input is accepted, or refused in one sentence. Anything else is a fault, named with the seed that makes it
again; so is a file that was left behind.
"""

import argparse
import inspect
import resource
import sys
import time
import traceback
import warnings
from collections import Counter
from random import Random

from explorer.errors import UserError
from tests.faults import corruption_doors, image_doors, run_doors, word_doors
from tests.faults.scene import Scene, scene

DOORS = image_doors.DOORS | run_doors.DOORS | word_doors.DOORS | corruption_doors.DOORS
MAX_NAME_LENGTH = 1500  # of a sentence that can be shown


def attempt(door: str, rng: Random, place: Scene) -> bool:
    """Return whether the input was accepted. Raises AssertionError, or any exception that a door does not
    catch, for a fault.
    """
    use, accepted = DOORS[door], True
    try:
        use(rng, place) if len(inspect.signature(use).parameters) > 1 else use(rng)
    except UserError as error:
        assert str(error).isprintable() and len(str(error)) < MAX_NAME_LENGTH, (
            f"no sentence: {str(error)[:300]!r}"
        )
        accepted = False
    finally:
        remains = place.restore()
    assert not remains, f"{remains} left behind"
    return accepted


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--n", type=int, default=1000, help="inputs a door")
    parser.add_argument("--door", nargs="+", choices=DOORS, default=list(DOORS))
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    warnings.simplefilter("ignore")
    faults = 0
    print(
        f"{'door':<18} {'inputs':>7} {'accepted':>9} {'refused':>8} {'faults':>7} {'slowest':>8}"
        f" {'memory':>9}"
    )
    for door in args.door:
        counts, slowest = Counter(), 0.0
        with scene() as place:
            for i in range(args.seed, args.seed + args.n):
                start = time.perf_counter()
                try:
                    counts["accepted" if attempt(door, Random(f"{door} {i}"), place) else "refused"] += 1
                except Exception as error:
                    counts["faults"] += 1
                    frame = traceback.extract_tb(error.__traceback__)[-1]
                    print(
                        f"{door}, seed {i}: {error!r:.300} ({frame.filename}:{frame.lineno})", file=sys.stderr
                    )
                slowest = max(slowest, time.perf_counter() - start)
        faults += counts["faults"]
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(
            f"{door:<18} {args.n:>7,} {counts['accepted']:>9,} {counts['refused']:>8,} {counts['faults']:>7,}"
            f" {slowest:>6.1f} s {memory:>6,.0f} MB",
            flush=True,
        )
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
