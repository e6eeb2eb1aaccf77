"""Who and what: the identities that ops, shapes and registers carry.

All are plain tuples of bytes and integers, so that they hash, compare and sort at the
speed of C; the comparison of two `Stamp`s is the merge rule of the whole program.
"""

from typing import NamedTuple, NewType

PeerId = NewType("PeerId", bytes)
"""32 bytes: the Ed25519 public key of one launch on one board."""

PEER_ID_SIZE = 32

LinkId = NewType("LinkId", int)
"""Numbers the links of this process; never leaves it."""


class OpId(NamedTuple):
    """The `seq`-th op (from 1, without gaps) of one author."""

    peer: PeerId
    seq: int


class ShapeId(NamedTuple):
    """The `nth` shape (from 0) created by op `(peer, seq)`; `(peer, 0, 0)` is the author's person."""

    peer: PeerId
    seq: int
    nth: int


class Stamp(NamedTuple):
    """Lamport timestamp, ties broken by author (Lamport 1978, the total order =>)."""

    time: int
    peer: PeerId


def person_id(peer: PeerId) -> ShapeId:
    """The reserved shape that says who `peer` is."""
    return ShapeId(peer, 0, 0)


BOARD_ID = ShapeId(PeerId(bytes(PEER_ID_SIZE)), 0, 0)
"""The reserved shape that says what the board is called. No launch has a key of zeros."""


def short(peer: bytes) -> str:
    """Eight hex digits to tell peers apart in a log line."""
    return peer[:4].hex()
