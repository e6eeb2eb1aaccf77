"""Makes a board file of so many strokes and prints where: `python -m benchmarks.canvas_file COUNT`."""

import os
import sys

from benchmarks.workload import VIEW
from p2psketch.keys import Identity
from peer.target import new_board

SPARSE = (19_200, 10_800)


def area_of(count: int) -> tuple[int, int]:
    """Where the strokes are: all in view, or, of very many, over a hundred times as much."""
    return SPARSE if count > 10_000 else VIEW


def main() -> None:
    """Under P2PSKETCH_HOME."""
    from benchmarks.applying import chunks_of

    count = int(sys.argv[1])
    target, author = new_board("Bench", ()), Identity.generate(os.urandom)
    store, proof = target.open_store(), target.keys.prove_edit(author.peer_id)
    for chunk in chunks_of(count, author, room=target.keys.room_id, view=area_of(count)):
        store.append(chunk._replace(proof=proof))
    store.close()
    print(target.path)


if __name__ == "__main__":
    main()
