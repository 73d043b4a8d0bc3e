"""Our side of reading workbooks: understood and read into rows of text, every line accounted for.

Run as `python -m benchmarks.delivery.reading CONTRACT WORKBOOK FOLDER`; prints the seconds.
"""

import sys
import time
from pathlib import Path

from tinhdata.contracts import load_contract
from tinhdata.intake import keeping, read, understand


def main() -> None:
    """Read the workbook named as a delivery reads it; print the seconds it took."""
    contract_file, path, folder = (Path(name) for name in sys.argv[1:4])
    contract = load_contract(contract_file.read_bytes(), contract_file.name).contract
    started = time.perf_counter()
    with keeping():
        understood = understand(path, path.name, contract)
        staged = read(path, contract, understood, folder)
    took = time.perf_counter() - started
    sys.stdout.write(f'{{"seconds": {took}, "rows": {staged.account.records}}}\n')


if __name__ == "__main__":
    main()
