"""What the command line understands: commands, options, and the values that they take.

Rule: text to values; nothing is opened, and nothing large imported, for `--help` is to be quick.
"""

import argparse
import logging
from typing import Final, NoReturn

from p2psketch import __version__

TIMEOUT: Final = 15.0
DEFAULT_ROOM: Final = "lobby"
MISUSED: Final = 2
"""The exit status of whoever has been called wrongly."""

ABOUT: Final = "A whiteboard that a group shares with no server in the middle."

TARGET_HELP: Final = (
    "TARGET is an invite link (p2psketch://…), @FILE holding one, or a .p2psketch file. "
    "In its place: --tracker or --peer, with --room."
)


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line."""

    def error(self, message: str) -> NoReturn:
        self.exit(MISUSED, f"{self.prog}: {message}; `{self.prog} --help` tells more.\n")


def make_parser() -> argparse.ArgumentParser:
    """For `p2psketch`; `command` is the command's name, None for none."""
    parser = _Parser(prog="p2psketch", description=ABOUT, epilog=TARGET_HELP)
    parser.add_argument("--version", action="version", version=f"p2psketch {__version__}")
    parser.set_defaults(command=None, name=None, geometry=None, act=None, verbose=False, log=logging.WARNING)
    commands = parser.add_subparsers(metavar="COMMAND", title="commands (none: a window with a welcome page)")

    def command(name: str, about: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=about, description=f"{about[0].upper()}{about[1:]}.")
        sub.set_defaults(command=name)
        sub.add_argument("-v", "--verbose", action="store_true", help="say more in the log")
        return sub

    sub = command("open", "open a window on a board")
    _add_target(sub)
    _add_window(sub)
    sub = command("join", "open a window on a room that is known by its name")
    _add_place(sub)
    _add_window(sub)
    sub = command("tracker", "run a tracker, which introduces peers to each other")
    sub.set_defaults(log=logging.INFO)
    _add_tracker(sub)
    sub = command("invite", "print two links of a new private board: one to draw on it, one to look on")
    sub.add_argument("--tracker", required=True, metavar="HOST:PORT", help="where those who are invited look first")
    sub.add_argument("--board", default="board", metavar="NAME", help="the board's name (default: %(default)s)")
    sub = command("keep", "stay without a window: keep, serve and relay a board")
    _add_target(sub)
    _add_who(sub)
    sub.add_argument("--listen", type=_port, default=0, metavar="PORT", help="listen on this port (default: any)")
    sub.set_defaults(log=logging.INFO)
    sub = command("draw", "add shapes from JSON lines to a board")
    _add_target(sub)
    sub.add_argument("file", nargs="?", metavar="FILE", help="lines of JSON; - or none: standard input")
    _add_who(sub)
    _add_timeout(sub)
    sub = command("export", "write a board as a picture")
    _add_target(sub)
    sub.add_argument("out", nargs="?", metavar="OUT.png", help="the picture to write")
    sub.add_argument("--width", type=_count, metavar="PX", help="width of the picture (default: 100 %% zoom)")
    _add_wait(sub)
    sub = command("info", "print what is on a board and who is there")
    _add_target(sub)
    sub.add_argument("--json", action="store_true", help="as one line of JSON")
    _add_wait(sub)
    sub = command("demo", "show a tracker and several peers drawing together on this machine")
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
    parser.add_argument("--geometry", type=_geometry, help=argparse.SUPPRESS)
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


# -- values ---------------------------------------------------------------------------------------


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


def _geometry(text: str) -> tuple[int, ...]:
    """A window's place: x, y, width and height."""
    numbers = text.split(",")
    if len(numbers) != 4 or not all(number.lstrip("-").isdecimal() for number in numbers):
        raise argparse.ArgumentTypeError(f"{text!r} is not X,Y,WIDTH,HEIGHT")
    return tuple(map(int, numbers))


def _count(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) <= 100_000:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number above 0")
    return int(text)
