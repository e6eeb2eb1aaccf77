"""What is remembered between launches: name, colour, theme, the window's place, recent boards.

Rule: one small JSON file, written whole or not at all. A damaged one is set aside with one line in the log, and
what it said is forgotten; so it never keeps the program from starting.
"""

import json
import logging
import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final, Self

from p2psketch.shapes import is_name
from peer.home import home

log = logging.getLogger(__name__)

THEMES: Final = ("system", "light", "dark")
MOST_RECENT: Final = 12
MOST_WIDTH: Final = 512


def settings_path() -> Path:
    """The file they are in."""
    return home() / "settings.json"


@dataclass(frozen=True, slots=True)
class Recent:
    """A board opened before: its name, its file, and when, in seconds since 1970."""

    name: str
    path: str
    opened: float


@dataclass(slots=True)
class Settings:
    """All of it; an empty name and a colour of None have not been chosen yet."""

    name: str = ""
    color: int | None = None
    theme: str = "system"
    geometry: str = ""
    """The window's, as Qt saves it, in hexadecimal."""
    recent: list[Recent] = field(default_factory=list)
    """The newest first."""
    erases_parts: bool = False
    eraser_width: float = 16.0
    """Which eraser was last in hand: of parts of strokes or of whole ones, and its size in pixels of the screen."""

    @classmethod
    def load(cls, path: Path | None = None) -> Self:
        """As they were saved, or as they are at first."""
        path = path or settings_path()
        try:
            found = json.loads(path.read_text(encoding="utf-8"))
            if not isinstance(found, dict):
                raise ValueError("it is not an object")
        except FileNotFoundError:
            return cls()
        except OSError as error:
            log.warning("the settings cannot be read: %s", error)
            return cls()
        except ValueError as error:
            log.warning("the settings are damaged (%s); they are set aside as %s", error, _set_aside(path))
            return cls()
        return cls(**{name: value for name, check in _CHECKS.items() if (value := check(found.get(name))) is not None})

    def save(self, path: Path | None = None) -> None:
        """Write them; a disk that refuses costs one line in the log and nothing else."""
        path = path or settings_path()
        beside = path.with_name(f"{path.name}.{os.getpid()}.new")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with beside.open("w", encoding="utf-8") as file:
                json.dump(asdict(self), file, indent=1)
                file.flush()
                os.fsync(file.fileno())
            beside.replace(path)
        except OSError as error:
            log.warning("the settings cannot be saved: %s", error)
            with suppress(OSError):
                beside.unlink()

    def remember(self, name: str, path: Path | str, opened: float) -> None:
        """A board was opened: it comes first among the recent ones."""
        here = Recent(name, str(path), opened)
        self.recent = [here, *(board for board in self.recent if board.path != here.path)][:MOST_RECENT]

    def forget(self, path: Path | str) -> None:
        """A board is not to be offered any more."""
        self.recent = [board for board in self.recent if board.path != str(path)]


def _set_aside(path: Path) -> Path:
    aside = path.with_suffix(".damaged.json")
    try:
        path.replace(aside)
    except OSError:
        return path
    return aside


def _name(value: Any) -> str | None:
    return value if is_name(value) else None


def _color(value: Any) -> int | None:
    return value if type(value) is int and 0 <= value <= 0xFFFFFF else None


def _theme(value: Any) -> str | None:
    return value if value in THEMES else None


def _flag(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None


def _width(value: Any) -> float | None:
    return float(value) if type(value) in (int, float) and 1 <= value <= MOST_WIDTH else None


def _geometry(value: Any) -> str | None:
    try:
        return value if isinstance(value, str) and bytes.fromhex(value) else None
    except ValueError:
        return None


def _recent(value: Any) -> list[Recent] | None:
    if not isinstance(value, list):
        return None
    return [board for board in map(_board, value) if board is not None][:MOST_RECENT]


def _board(value: Any) -> Recent | None:
    match value:
        case {"name": str(name), "path": str(path), "opened": int() | float() as opened} if path:
            return Recent(name, path, float(opened))
        case _:
            return None


_CHECKS: Final[dict[str, Callable[[Any], Any]]] = {
    "name": _name,
    "color": _color,
    "theme": _theme,
    "erases_parts": _flag,
    "eraser_width": _width,
    "geometry": _geometry,
    "recent": _recent,
}
