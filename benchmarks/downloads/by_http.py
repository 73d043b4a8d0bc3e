"""Our side: a download over HTTP into a file.

Run as `python -m benchmarks.downloads.by_http ADDRESS FILE`; prints bytes and seconds.
"""

import json
import sys
import time
import urllib.request


def main() -> None:
    """Take the file as it comes."""
    address, path = sys.argv[1:]
    size, started = 0, time.perf_counter()
    with (
        urllib.request.urlopen(address, timeout=600) as answer,
        open(path, "wb") as file,  # noqa: PTH123 -- as short as anyone would write it
    ):
        while piece := answer.read(1 << 20):
            size += file.write(piece)
    print(json.dumps({"bytes": size, "seconds": time.perf_counter() - started}))


if __name__ == "__main__":
    main()
