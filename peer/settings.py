"""What is remembered between launches: name, colour, theme, the window's place, recent boards.

Rule: one small JSON file, written whole or not at all. A damaged one is set aside with one line in the log, and
what it said is forgotten; so it never keeps the program from starting.
"""

import json
import logging
import os
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Final, Self

from p2psketch.shapes import MAX_WIDTH, is_name, is_number
from peer.home import TAG, boards, home, trash

log = logging.getLogger(__name__)

THEMES: Final = ("system", "light", "dark")
PRESSURES: Final = ("pen", "speed", "off")
MOST_RECENT: Final = 60
MOST_THROWN: Final = 200


def settings_path() -> Path:
    """The file they are in."""
    return home() / "settings.json"


@dataclass(frozen=True, slots=True)
class Recent:
    """A board opened before: its name, its file, and when, in seconds since 1970.

    `others`: who else had it at the end; `only_here`: how many strokes of this computer nobody else had then.
    """

    name: str
    path: str
    opened: float
    others: tuple[str, ...] = ()
    only_here: int = 0


@dataclass(frozen=True, slots=True)
class Thrown:
    """A board in the trash: its name, its file there, and where it was."""

    name: str
    path: str
    was: str
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ink:
    """What a tool draws with: 0xRRGGBB, and pixels of the board."""

    color: int
    width: float


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
    thrown: list[Thrown] = field(default_factory=list)
    """What is in the trash, the last one first."""
    smoothing: float = 0.5
    """Of what is drawn by hand, from 0, which is none, to 1."""
    pressure: str = "speed"
    """Where the pressure of the pen comes from: one of PRESSURES."""
    pen: Ink | None = None
    highlighter: Ink | None = None
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
        before = self.find(path)
        here = replace(before, name=name, opened=opened) if before is not None else Recent(name, str(path), opened)
        self.recent = [here, *(board for board in self.recent if board.path != here.path)][:MOST_RECENT]

    def find(self, path: Path | str) -> Recent | None:
        """What is remembered of a board."""
        return next((board for board in self.recent if board.path == str(path)), None)

    def note(self, path: Path | str, **news: Any) -> None:
        """Something is known anew of a board: its name, `others`, `only_here`, its path."""
        self.recent = [replace(board, **news) if board.path == str(path) else board for board in self.recent]

    def throw(self, board: Recent, path: Path | str) -> None:
        """A board is in the trash now."""
        self.forget(board.path)
        here = Thrown(board.name, str(path), board.path, board.others)
        self.thrown = [here, *(each for each in self.thrown if each.path != here.path)][:MOST_THROWN]

    def find_lost(self) -> None:
        """Take in what lies in the home and its trash and is not remembered, as after these settings were damaged."""
        for path in _unknown(boards(), (board.path for board in self.recent)):
            with suppress(OSError):
                self.recent.append(Recent(_name_of(path), str(path), path.stat().st_mtime))
        self.recent = sorted(self.recent, key=lambda board: -board.opened)[:MOST_RECENT]
        for path in _unknown(trash(), (board.path for board in self.thrown)):
            self.thrown.append(Thrown(_name_of(path), str(path), str(boards() / path.name)))

    def forget(self, path: Path | str) -> None:
        """A board is not to be offered any more."""
        self.recent = [board for board in self.recent if board.path != str(path)]


def _unknown(folder: Path, paths: Iterable[str]) -> list[Path]:
    known = {os.path.realpath(path) for path in paths}
    return [path for path in sorted(folder.glob("*.p2psketch")) if os.path.realpath(path) not in known]


def _name_of(path: Path) -> str:
    return TAG.sub("", path.stem).replace("-", " ").strip() or "board"


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


def _pressure(value: Any) -> str | None:
    return value if value in PRESSURES else None


def _smoothing(value: Any) -> float | None:
    return float(value) if is_number(value) and 0 <= value <= 1 else None


def _ink(value: Any) -> Ink | None:
    match value:
        case {"color": int() as color, "width": int() | float() as width}:
            good = _color(color) is not None and is_number(width) and 0 < width <= MAX_WIDTH
            return Ink(color, float(width)) if good else None
        case _:
            return None


def _flag(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None


def _width(value: Any) -> float | None:
    return float(value) if is_number(value) and 1 <= value <= MAX_WIDTH else None


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
            only_here = value.get("only_here")
            few = only_here if type(only_here) is int and only_here >= 0 else 0
            return Recent(name, path, float(opened), _names(value.get("others")), few)
        case _:
            return None


def _names(value: Any) -> tuple[str, ...]:
    return tuple(name for name in value if is_name(name))[:8] if isinstance(value, list) else ()


def _thrown(value: Any) -> list[Thrown] | None:
    if not isinstance(value, list):
        return None
    return [board for board in map(_thrown_board, value) if board is not None][:MOST_THROWN]


def _thrown_board(value: Any) -> Thrown | None:
    match value:
        case {"name": str(name), "path": str(path), "was": str(was)} if path and was:
            return Thrown(name, path, was, _names(value.get("others")))
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
    "smoothing": _smoothing,
    "pressure": _pressure,
    "pen": _ink,
    "highlighter": _ink,
    "thrown": _thrown,
}
