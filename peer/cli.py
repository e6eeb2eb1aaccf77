"""The command line: `p2psketch`, and `python -m peer`.

Rule: from arguments to a command, and from its end to an exit status; each command imports what it needs, when it is to
run. What goes wrong is one sentence on stderr and a non-zero exit status.
"""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

from p2psketch.errors import BoardInUse, InviteError, SketchError, WithoutKey
from peer import interpreter
from peer.arguments import DEFAULT_ROOM, MISUSED, make_parser

if TYPE_CHECKING:
    from p2psketch.address import Address
    from p2psketch.messages import Person
    from p2psketch.session import Session
    from p2psketch.views import PersonView
    from peer.target import Target

FAILED: Final = 1

T = TypeVar("T")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; its exit status."""
    if sys.stderr is None:  # closed: what would be said there is not a result
        sys.stderr = open(os.devnull, "w")  # noqa: SIM115
    try:
        return _command(sys.argv[1:] if arguments is None else list(arguments))
    except SketchError as error:
        print(f"p2psketch: {error}", file=sys.stderr)
        return MISUSED if isinstance(error, InviteError) else FAILED
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    except BrokenPipeError:
        return FAILED


def _command(arguments: list[str]) -> int:
    interpreter.prepare()
    try:
        options = make_parser().parse_args(arguments)
    finally:
        if sys.stdout is not None:
            _write(sys.stdout.flush)  # --help
    level = logging.DEBUG if options.verbose else options.log
    logging.basicConfig(level=level, format="%(asctime)s %(message)s", datefmt="%H:%M:%S", stream=sys.stderr)
    return COMMANDS[options.command](options)


def _say(*result: object) -> None:
    """Print a result. Who cannot get it is told so, by exit status too; a reader that is gone needs no sentence."""
    if sys.stdout is None:
        raise SketchError("The result cannot be printed: standard output is closed.")
    _write(lambda: print(*result, flush=True))


def _write(write: Callable[[], object]) -> None:
    try:
        write()
    except OSError as error:
        # Python will try again at its end, and complain if it fails.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if isinstance(error, BrokenPipeError):
            raise
        raise SketchError(f"The result cannot be printed: {error.strerror}.") from error


# -- commands ------------------------------------------------------------------------------------


def _window(options: argparse.Namespace) -> int:
    return _show(options, None, _given_person(options), 0)


def _open(options: argparse.Namespace) -> int:
    try:
        target = _target(options)
    except WithoutKey:
        from peer.shelf import begin_anew

        target = begin_anew(Path(options.target), _person(options))
        print(f"a copy without its key: it is a new board now, {target.path}", file=sys.stderr)
    return _show(options, target, _given_person(options), options.listen)


def _join(options: argparse.Namespace) -> int:
    return _show(options, _room(options), _given_person(options), options.listen)


def _show(options: argparse.Namespace, target: Target | None, given: Person | None, port: int) -> int:
    signal.signal(
        signal.SIGINT, signal.SIG_DFL
    )  # until there is a window to close: PyQt's import cannot be interrupted
    from peer.app import run_window

    return run_window(target, given, port=port, geometry=options.geometry, act=options.act)


def _tracker(options: argparse.Namespace) -> int:
    from tracker.__main__ import run

    return run(options)


def _invite(options: argparse.Namespace) -> int:
    from peer.target import new_board, tracker_address

    target = new_board(options.board, [tracker_address(options.tracker)])
    _say("\n".join(f"{permits} {link}" for permits, link in target.links))
    return 0


def _keep(options: argparse.Namespace) -> int:
    import asyncio

    from peer.commands import keep

    asyncio.run(keep(_target(options), _person(options), options.listen))
    return 0


def _draw(options: argparse.Namespace) -> int:
    from peer.commands import draw, draw_beside, draw_into_file, must_edit
    from peer.shapes_in import read_shapes

    target, file = _target_and(options, "file", "-")
    must_edit(target)
    shapes = read_shapes(_lines(file))
    if not shapes:
        raise SketchError(f"There is nothing to draw in {'standard input' if file == '-' else file}.")
    if target.path is not None and options.target is not None and Path(options.target).is_file():
        try:
            draw_into_file(target, _person(options), shapes)
        except BoardInUse as error:
            if error.port is None:
                raise
            _run(draw_beside(target, _person(options), shapes, options.timeout, error.port))
        print(f"{len(shapes)} strokes saved in {target.path}", file=sys.stderr)
    else:
        print(_run(draw(target, _person(options), shapes, options.timeout)), file=sys.stderr)
    return 0


def _export(options: argparse.Namespace) -> int:
    target, out = _target_and(options, "out", None)
    picture = _picture(out)
    document = _look(options, target, lambda session, _people: session.document)
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    from peer.ui.picture import save_png

    try:
        save_png(document, picture, options.width)
    except OSError as error:
        raise SketchError(f"{out} cannot be written: {error.strerror or error}.") from error
    _say(out)
    return 0


def _picture(out: str | None) -> Path:
    """Where to write a picture, if that is possible; to find out afterwards would waste a visit."""
    if out is None:
        raise InviteError("Name the picture to write, like board.png.")
    path = Path(out)
    if path.suffix.lower() != ".png":
        raise InviteError(f"“{out}” is not a kind of picture that can be written; use a name ending in .png.")
    if not path.parent.is_dir():
        raise InviteError(f"There is no folder {path.parent} to write {path.name} into.")
    if path.is_dir():
        raise InviteError(f"{out} is a folder; name the picture to write.")
    return path


def _info(options: argparse.Namespace) -> int:
    from peer.commands import as_text, describe, to_json

    info = _look(options, _target(options), describe)
    _say(to_json(info) if options.json else as_text(info))
    return 0


def _look(options: argparse.Namespace, target: Target, see: Callable[[Session, list[PersonView]], T]) -> T:
    """What `see(session, people)` gives: of a file as it is, of anything else once it is here."""
    from peer.commands import caught_up, read_board

    is_file = target.path is not None and options.target is not None and Path(options.target).is_file()
    if is_file and not options.wait:
        return see(read_board(target), [])
    wanted = target if is_file else target.in_memory()
    return _run(caught_up(wanted, _person(options), options.timeout, lambda p: see(p.board.session, p.board.people())))


def _run(visit: Coroutine[Any, Any, T]) -> T:
    """What a short visit gives; SIGTERM ends it as SIGINT does, with a goodbye to everybody."""
    import asyncio

    from peer.commands import on_signals

    async def stoppable() -> T:
        task = asyncio.current_task()
        assert task is not None
        on_signals(task.cancel, signal.SIGTERM)
        return await visit

    try:
        return asyncio.run(stoppable())
    except asyncio.CancelledError:
        raise SystemExit(128 + signal.SIGTERM) from None


def _demo(options: argparse.Namespace) -> int:
    from peer.demo import run_demo

    return run_demo(options.peers, Path(options.pictures))


COMMANDS: Final[dict[str | None, Callable[[argparse.Namespace], int]]] = {
    None: _window,
    "open": _open,
    "join": _join,
    "tracker": _tracker,
    "invite": _invite,
    "keep": _keep,
    "draw": _draw,
    "export": _export,
    "info": _info,
    "demo": _demo,
}


# -- what they have in common --------------------------------------------------------------------


def _target(options: argparse.Namespace) -> Target:
    """TARGET, or the room named by --tracker, --peer and --room."""
    from peer import target as targets

    if options.target is None:
        return _room(options)
    if options.room is not None:
        raise InviteError("Give either a link or a file, or --room with --tracker or --peer; not both.")
    target = targets.read_target(options.target)
    return targets.with_peers(target, _peers(options))


def _target_and(options: argparse.Namespace, name: str, default: str | None) -> tuple[Target, Any]:
    """TARGET and the argument after it; with --tracker or --peer the first argument is that one."""
    other = getattr(options, name)
    if (options.tracker or options.peer) and other is None and not _is_target(options.target):
        other, options.target = options.target, None
    return _target(options), default if other is None else other


def _is_target(text: str | None) -> bool:
    return text is not None and ("://" in text or text.startswith("@") or text.endswith(".p2psketch"))


def _room(options: argparse.Namespace) -> Target:
    from peer import target as targets

    trackers = [targets.tracker_address(text) for text in options.tracker]
    peers = _peers(options)
    if not trackers and not peers:
        raise InviteError("Say where the others are: a link, a board file, --tracker HOST:PORT or --peer HOST:PORT.")
    room = DEFAULT_ROOM if options.room is None else options.room
    return targets.open_room(room, trackers, peers)


def _peers(options: argparse.Namespace) -> list[Address]:
    from p2psketch.address import parse_address

    return [parse_address(text) for text in options.peer]


def _given_person(options: argparse.Namespace) -> Person | None:
    """Who was named on the command line, if anybody was."""
    if options.name is None:
        return None
    from random import Random

    from p2psketch.messages import Person
    from peer.tools.style import PALETTE

    name = "".join(char for char in options.name if char.isprintable()).strip()[:64]
    if not name:
        raise InviteError("A name needs at least one printable character.")
    return Person(name, Random(name).choice(PALETTE[1:]))


def _person(options: argparse.Namespace) -> Person:
    """Who was named on the command line, or is remembered, or is logged in."""
    import getpass

    from p2psketch.messages import Person
    from peer.settings import Settings
    from peer.tools.style import PALETTE

    given, settings = _given_person(options), Settings.load()
    if given is not None:
        return given
    if settings.name:
        return Person(settings.name, PALETTE[0] if settings.color is None else settings.color)
    try:
        login = getpass.getuser()
    except (KeyError, OSError):
        login = "somebody"
    return Person(login[:64] or "somebody", PALETTE[-1])


def _lines(file: str) -> list[str]:
    name = "Standard input" if file == "-" else file
    try:
        if file != "-":
            return Path(file).read_text(encoding="utf-8").splitlines()
        if sys.stdin is None:
            raise SketchError(f"{name} is closed; name a FILE to draw from.")
        return sys.stdin.read().splitlines()
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not text in UTF-8"
        raise SketchError(f"{name} cannot be read: {why}.") from error


if __name__ == "__main__":
    sys.exit(main())
