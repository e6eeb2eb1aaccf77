"""What a tracker gives, and where it listens unless told otherwise.

Rule: numbers only; the command line shows them without knowing how a tracker works.
"""

from dataclasses import dataclass
from typing import Final

DEFAULT_PORT: Final = 27700


@dataclass(frozen=True, slots=True)
class Limits:
    """What one tracker gives; times in seconds. There are never more members, nor rooms, than `connections`."""

    connections: int = 10_000
    per_address: int = 256
    announces_per_minute: int = 120
    room: int = 500
    first_announce: float = 5.0
    silence: float = 45.0
    grace: float = 5.0
