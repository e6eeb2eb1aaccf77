"""Every error that crosses a module's border, as one tree.

Rule: `str(error)` is one clear sentence that can be shown to a person as it is.

- `SketchError`
    - `LocalProtocolError`: this program asked a connection for something it may not do (a bug here).
    - `RemoteProtocolError`: the other side broke the protocol; closes that link, nothing else.
        - `EnvelopeError`: the envelope of an op is wrong (sequence, head, time, signature).
            - `Forked`: its author has signed it, and something else in its place.
    - `NotAnEditor`: the link in use permits to see the board, not to change it.
    - `BodyError`: an op's fields are wrong; the op is void, its relay is not to blame.
    - `InviteError`: a link or address that a person typed or pasted cannot be used.
    - `StoreError`: a board file cannot be read or written.
        - `WithoutKey`: it is a copy that nobody can be reached with.
        - `NotABoard`: it is none, or one of a newer program; it stays as it is.
        - `BoardInUse`: another program has it open for writing.
        - `BoardDamaged`: it is one, and cannot be read as it is.
    - `Unreachable`: nobody answered in time.
"""


class SketchError(Exception):
    """Base of all errors of this program; its text is for people."""


class LocalProtocolError(SketchError):
    """We tried something that is illegal in the connection's state."""


class RemoteProtocolError(SketchError):
    """The other side sent something illegal; close the link it came over."""


class EnvelopeError(RemoteProtocolError):
    """An op's envelope (types, author, sequence, head, time) does not hold."""


class Forked(EnvelopeError):
    """An author has signed two logs; whoever sent us one of them is not to blame."""


VIEW_ONLY = "This link lets you see the board, not draw on it; ask for an edit link."


class NotAnEditor(SketchError):
    """A viewer tried to change the board."""


class BodyError(SketchError):
    """An op's body does not hold: the op is void on every peer alike."""


class InviteError(SketchError):
    """A link or an address given by a person cannot be used."""


class StoreError(SketchError):
    """A board file cannot be used."""


class WithoutKey(StoreError):
    """A copy of a board that was saved without its key: it can be looked at and begun anew, not joined."""


class NotABoard(StoreError):
    """A file that this program leaves as it is: another one's, a newer one's, or nothing at all."""


class BoardInUse(StoreError):
    """Another program, or another window of this one, writes this file; it listens on `port`, if it has said so."""

    def __init__(self, text: str, port: int | None) -> None:
        super().__init__(text)
        self.port = port


class BoardDamaged(StoreError):
    """A board file that is not in order: what can be saved of it has to be looked for."""


class Unreachable(SketchError):
    """Nobody answered within the time given."""
