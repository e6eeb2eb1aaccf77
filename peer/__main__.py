"""`python -m peer --tracker HOST:PORT …`: the same as `p2psketch join …`."""

import sys

from peer.cli import main

if __name__ == "__main__":
    sys.exit(main(["join", *sys.argv[1:]] if sys.argv[1:] else []))
