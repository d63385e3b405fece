"""The long run: ``python -m tests.fuzz --calls 280000 --seed 1``."""

import argparse
import sys
import time
from collections import Counter

from tests.fuzz.calls import random_call
from tests.fuzz.invariants import broken
from tests.fuzz.smallest import smallest


def main():
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--calls", type=int, default=3000, help="how many (%(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="which (%(default)s)")
    parser.add_argument("--first", type=int, default=0, help="number of the first of them (%(default)s)")
    given = parser.parse_args()
    start, count, first = time.monotonic(), Counter(), {}
    for number in range(given.first, given.first + given.calls):
        call = random_call(given.seed, number)
        for name, detail in broken(call):
            key = name, detail, call.function
            count[key] += 1
            if key not in first:
                first[key] = number, call
                print(f"call {number}: {name}", file=sys.stderr, flush=True)
    print(f"{given.calls:,} calls, seed {given.seed}, {time.monotonic() - start:.0f} s")
    for (name, detail, function), times in sorted(count.items()):
        number, call = first[name, detail, function]
        print(f"\n{name}{f' [{detail}]' if detail else ''}: {function}, {times} calls, the first {number}")
        print(f"    {smallest(call, (name, detail))}", flush=True)
    sys.exit(bool(count))


if __name__ == "__main__":
    main()
