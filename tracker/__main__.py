"""The tracker as a program: `python -m tracker`, and `p2psketch tracker`.

Rule: only options in and an exit status out. The log goes to stderr. The server itself is imported when it is to run:
`p2psketch` shows these options too, and has no time for it.
"""

import argparse
import errno
import logging
import sys
from collections.abc import Sequence
from typing import Final

from tracker.limits import DEFAULT_PORT, Limits

DESCRIPTION: Final = (
    "Introduce the peers of a board to each other. A tracker sees which addresses meet under which number, never "
    "names, links or drawings; a board goes on without it."
)


def main(argv: Sequence[str] | None = None) -> int:
    """Parse the options, run a tracker until it is stopped and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tracker", description=DESCRIPTION)
    add_options(parser)
    return run(parser.parse_args(argv))


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that `run` reads."""
    usual = Limits()
    parser.add_argument("--host", metavar="H", help="address to listen on (default: all, IPv4 and IPv6)")
    parser.add_argument(
        "--port", type=_port, default=DEFAULT_PORT, help="port to listen on, 0 for any free one (default: %(default)s)"
    )
    limits = parser.add_argument_group(
        "limits", "Whoever is beyond one is told so, and when to try again. Those per address never count this machine."
    )
    for option, default, text in (
        ("--max-per-address", usual.per_address, "connections from one address that have not joined a board yet"),
        ("--announces-per-minute", usual.announces_per_minute, "attempts to join a board, from one address"),
        ("--max-per-room", usual.room, "members of one board"),
        ("--max-connections", usual.connections, "connections in all"),
    ):
        limits.add_argument(option, type=_count, default=default, metavar="N", help=f"{text} (default: %(default)s)")


def run(args: argparse.Namespace) -> int:
    """Run a tracker with options from `add_options`; returns the exit status."""
    import asyncio

    from tracker.server import serve

    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(asctime)s %(message)s")
    limits = Limits(
        connections=args.max_connections,
        per_address=args.max_per_address,
        announces_per_minute=args.announces_per_minute,
        room=args.max_per_room,
    )
    try:
        asyncio.run(serve(args.host, args.port, limits=limits))
    except (OSError, UnicodeError) as error:
        print(f"The tracker cannot listen on {_where(args)}: {_why(error)}.", file=sys.stderr)
        return 1
    return 0


def _where(args: argparse.Namespace) -> str:
    return f"port {args.port} of {args.host}" if args.host else f"port {args.port}"


def _why(error: OSError | UnicodeError) -> str:
    if isinstance(error, UnicodeError):
        return "this is not the name of a computer"
    if error.errno == errno.EADDRINUSE:
        return "another program uses it; choose another one with --port"
    return (error.strerror or str(error)).partition(" (while")[0]


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) < 65536):
        raise argparse.ArgumentTypeError(f"“{text}” is not a port; a port is a number from 0 to 65535")
    return int(text)


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text) <= 1_000_000):
        raise argparse.ArgumentTypeError(f"“{text}” is not a number from 1 to 1,000,000")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
