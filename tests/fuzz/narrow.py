"""Limits on what one member can make a session keep, so low that a short script reaches them.

Rule: what is kept has to stay within them whatever is said, and all that holds has to hold with them as well.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Final
from unittest.mock import patch

from p2psketch import catchup, contacts, forks, presence, stash
from p2psketch.ids import LinkId
from p2psketch.session import Session

STASHED: Final = 2048
UNHEARD: Final = 8
SHOWN: Final = 2
POINTS: Final = 4
NAMED: Final = 2
HUNTS: Final = 1

LIMITS: Final = (
    (stash, {"MAX_STASH": STASHED, "MAX_STASHES": 2 * STASHED}),
    (catchup, {"MAX_UNHEARD": UNHEARD, "FEW_UNHEARD": UNHEARD, "ALL_UNHEARD": 2 * UNHEARD}),
    (presence, {"MAX_AUTHORS": SHOWN, "MAX_POINTS": POINTS}),
    (contacts, {"MAX_NAMED": NAMED, "MAX_CONTACTS": 2 * NAMED}),
    (forks, {"MAX_HUNTS": HUNTS}),
)


@contextmanager
def narrow() -> Iterator[None]:
    """Within this the limits are low."""
    with ExitStack() as stack:
        for module, limits in LIMITS:
            for name, limit in limits.items():
                stack.enter_context(patch.object(module, name, limit))
        yield


def check(session: Session, link: LinkId) -> None:
    """No more is kept than that, of what came over a link and of what is shown."""
    claims = session.catchup._claims.get(link)
    assert claims is None or len(claims.unheard) <= UNHEARD
    assert session.catchup._stash.size(link) <= STASHED
    shown = session.presences
    assert len({*shown.pointers, *(author for author, _ in shown.sketches)}) <= SHOWN
    assert sum(len(sketch.points) for sketch in shown.sketches.values()) <= POINTS
    assert len(list(session.mesh.contacts)) <= 2 * NAMED + 2, "besides those that are linked"
    assert len(session.logs._hunts._hunts) <= HUNTS
