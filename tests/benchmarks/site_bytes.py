"""The bytes of each page of the static site until its figure follows the hand: `python -m tests.benchmarks.site_bytes
[DIR]`, of the site of the included runs, or of the site in DIR. They do not depend on how busy the machine is.
"""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from explorer.export.site.build import build_site
from tests.site_bytes import read_site_bytes


def main() -> None:
    with TemporaryDirectory() as temporary:
        folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(temporary) / "site"
        if len(sys.argv) < 2:
            build_site(folder)
        print("| page | kB, gzip | kB, plain |\n|-|-|-|")
        for page in sorted(read_site_bytes(folder), key=lambda page: -page.compressed):
            print(f"| {page.path} | {page.compressed / 1000:.0f} | {page.plain / 1000:.0f} |")


if __name__ == "__main__":
    main()
