"""The command line: `p2psketch`, and `python -m peer`.

Rule: it reads arguments and nothing else; each command imports what it needs, when it is to run.
What goes wrong is one sentence on stderr and a non-zero exit status.
"""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NoReturn, TypeVar

from p2psketch import __version__
from p2psketch.errors import InviteError, SketchError
from peer import interpreter

if TYPE_CHECKING:
    from p2psketch.address import Address
    from p2psketch.messages import Person
    from p2psketch.session import Session
    from p2psketch.views import PersonView
    from peer.target import Target

TIMEOUT: Final = 15.0
DEFAULT_ROOM: Final = "lobby"
FAILED, MISUSED = 1, 2

T = TypeVar("T")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; its exit status."""
    interpreter.prepare()
    options = _parser().parse_args(sys.argv[1:] if arguments is None else list(arguments))
    level = logging.DEBUG if options.verbose else options.log
    logging.basicConfig(level=level, format="%(asctime)s %(message)s", datefmt="%H:%M:%S", stream=sys.stderr)
    try:
        return int(options.run(options) or 0)
    except SketchError as error:
        print(f"p2psketch: {error}", file=sys.stderr)
        return MISUSED if isinstance(error, InviteError) else FAILED
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED


# -- commands ------------------------------------------------------------------------------------


def _window(options: argparse.Namespace) -> int:
    from peer.app import run_window

    return run_window(None, _given_person(options), port=0, options=None)


def _open(options: argparse.Namespace) -> int:
    from peer.app import run_window

    return run_window(_target(options), _given_person(options), port=options.listen, options=options)


def _join(options: argparse.Namespace) -> int:
    from peer.app import run_window

    return run_window(_room(options), _given_person(options), port=options.listen, options=options)


def _tracker(options: argparse.Namespace) -> int:
    from tracker.__main__ import run

    return run(options)


def _invite(options: argparse.Namespace) -> int:
    from p2psketch.invite import Invite
    from peer.target import tracker_address

    invite = Invite.new((tracker_address(options.tracker),), options.board, os.urandom)
    print("edit", invite.format())
    return 0


def _keep(options: argparse.Namespace) -> int:
    import asyncio

    from peer.commands import keep

    asyncio.run(keep(_target(options), _person(options), options.listen))
    return 0


def _draw(options: argparse.Namespace) -> int:
    from peer.commands import draw, draw_into_file
    from peer.shapes_in import read_shapes

    target, file = _target_and(options, "file", "-")
    shapes = read_shapes(_lines(file))
    if target.path is not None and options.target is not None and Path(options.target).is_file():
        draw_into_file(target, _person(options), shapes)
        print(f"{len(shapes)} strokes saved in {target.path}", file=sys.stderr)
    else:
        print(_run(draw(target, _person(options), shapes, options.timeout)), file=sys.stderr)
    return 0


def _export(options: argparse.Namespace) -> int:
    target, out = _target_and(options, "out", None)
    if out is None:
        raise InviteError("Name the picture to write, like board.png.")
    if Path(out).suffix.lower() != ".png":
        raise InviteError(f"“{out}” is not a kind of picture that can be written; use a name ending in .png.")
    document = _look(options, target, lambda session, _people: session.document)
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from peer.ui.picture import save_png

    save_png(document, Path(out), options.width)
    print(out)
    return 0


def _info(options: argparse.Namespace) -> int:
    from peer.commands import as_text, describe, to_json

    info = _look(options, _target(options), describe)
    print(to_json(info) if options.json else as_text(info))
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
    try:
        if file == "-":
            return sys.stdin.read().splitlines()
        return Path(file).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise SketchError(f"{file} cannot be read: {getattr(error, 'strerror', None) or error}.") from error


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port (0 to 65535)")
    return int(text)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 < seconds <= 86400:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds")
    return seconds


def _count(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) <= 100_000:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number above 0")
    return int(text)


# -- the parser ------------------------------------------------------------------------------------

ABOUT: Final = "A whiteboard that a group shares with no server in the middle."

TARGET_HELP: Final = (
    "TARGET is an invite link (p2psketch://…), @FILE holding one, or a .p2psketch file. "
    "In its place: --tracker or --peer, with --room."
)


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line."""

    def error(self, message: str) -> NoReturn:
        self.exit(MISUSED, f"{self.prog}: {message}; `{self.prog} --help` tells more.\n")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="p2psketch", description=ABOUT, epilog=TARGET_HELP)
    parser.add_argument("--version", action="version", version=f"p2psketch {__version__}")
    parser.set_defaults(run=_window, name=None, verbose=False, log=logging.WARNING)
    commands = parser.add_subparsers(metavar="COMMAND", title="commands (none: a window with a welcome page)")

    def command(name: str, run: Any, about: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=about, description=f"{about[0].upper()}{about[1:]}.")
        sub.set_defaults(run=run)
        sub.add_argument("-v", "--verbose", action="store_true", help="say more in the log")
        return sub

    sub = command("open", _open, "open a window on a board")
    _add_target(sub)
    _add_window(sub)
    sub = command("join", _join, "open a window on a room that is known by its name")
    _add_place(sub)
    _add_window(sub)
    sub = command("tracker", _tracker, "run a tracker, which introduces peers to each other")
    sub.set_defaults(log=logging.INFO)
    _add_tracker(sub)
    sub = command("invite", _invite, "print the links of a new private board")
    sub.add_argument("--tracker", required=True, metavar="HOST:PORT", help="where those who are invited look first")
    sub.add_argument("--board", default="board", metavar="NAME", help="the board's name (default: %(default)s)")
    sub = command("keep", _keep, "stay without a window: keep, serve and relay a board")
    _add_target(sub)
    _add_who(sub)
    sub.add_argument("--listen", type=_port, default=0, metavar="PORT", help="listen on this port (default: any)")
    sub.set_defaults(log=logging.INFO)
    sub = command("draw", _draw, "add shapes from JSON lines to a board")
    _add_target(sub)
    sub.add_argument("file", nargs="?", metavar="FILE", help="lines of JSON; - or none: standard input")
    _add_who(sub)
    _add_timeout(sub)
    sub = command("export", _export, "write a board as a picture")
    _add_target(sub)
    sub.add_argument("out", nargs="?", metavar="OUT.png", help="the picture to write")
    sub.add_argument("--width", type=_count, metavar="PX", help="width of the picture (default: 100 %% zoom)")
    _add_wait(sub)
    sub = command("info", _info, "print what is on a board and who is there")
    _add_target(sub)
    sub.add_argument("--json", action="store_true", help="as one line of JSON")
    _add_wait(sub)
    sub = command("demo", _demo, "show a tracker and several peers drawing together on this machine")
    sub.add_argument("--peers", type=_count, default=3, metavar="N", help="how many peers (default: %(default)s)")
    sub.add_argument(
        "--pictures", default="demo-pictures", metavar="DIR", help="where pictures go (default: %(default)s)"
    )
    return parser


def _add_target(parser: argparse.ArgumentParser) -> None:
    parser.epilog = TARGET_HELP
    parser.add_argument("target", nargs="?", metavar="TARGET", help="a link, @FILE or a .p2psketch file")
    _add_place(parser)


def _add_place(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--tracker", action="append", default=[], metavar="HOST:PORT", help="a tracker to ask")
    parser.add_argument("--peer", action="append", default=[], metavar="HOST:PORT", help="a peer to link to")
    parser.add_argument("--room", metavar="NAME", help=f"an open room's name (default: {DEFAULT_ROOM})")


def _add_who(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--name", metavar="WHO", help="what the others call you")


def _add_window(parser: argparse.ArgumentParser) -> None:
    _add_who(parser)
    parser.add_argument("--listen", type=_port, default=0, metavar="PORT", help="listen on this port (default: any)")
    parser.add_argument("--geometry", help=argparse.SUPPRESS)
    parser.add_argument("--act", help=argparse.SUPPRESS)


def _add_timeout(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--timeout", type=_seconds, default=TIMEOUT, metavar="SECONDS", help="give up after (default: %(default)s)"
    )


def _add_wait(parser: argparse.ArgumentParser) -> None:
    _add_who(parser)
    _add_timeout(parser)
    parser.add_argument("--wait", action="store_true", help="with a file: catch up with the others first")


def _add_tracker(parser: argparse.ArgumentParser) -> None:
    from tracker.__main__ import add_options

    add_options(parser)


if __name__ == "__main__":
    sys.exit(main())
