"""Print the table of timings: `python -m benchmarks [--output FILE]`."""

import argparse
from pathlib import Path

from .report import report


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--output", type=Path, metavar="FILE", help="also write the table to this file")
    output = parser.parse_args().output
    text = report()
    print(text, end="")
    if output is not None:
        output.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
