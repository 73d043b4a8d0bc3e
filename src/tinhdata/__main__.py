"""`python -m tinhdata` is the same as `tinhdata`."""

from tinhdata.cli import main

main()
