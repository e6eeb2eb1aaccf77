"""`p2psketch demo`: a tracker and several peers on this machine, each a process of its own, draw a picture together.

Rule: it directs, and tells what happens. It passes no stroke on: what the peers have of each other, they have over
their own links.
"""

import asyncio
import os
import signal
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from p2psketch.address import Address
from p2psketch.errors import SketchError
from peer import scenes
from peer.crew import Answer, Crew, Left, Member
from peer.settings import Settings
from peer.target import new_board

BOARD: Final = "Mesh sketch"

LINKED_WITHIN: Final = 40.0
DRAWN_WITHIN: Final = 300.0
AGREED_WITHIN: Final = 15.0
"""Seconds."""
ASKED_EVERY: Final = 0.1

SPEED_SEEN: Final = 0.8
SPEED_UNSEEN: Final = 4.0
"""Times that of a quick hand."""
SCALES: Final = ((4, "1"), (6, "0.75"), (8, "0.6"))
"""Up to how many windows have which size."""
LOOK: Final = 0.8
"""Seconds for a person to take in what has changed."""


def run_demo(peers: int, pictures: Path) -> int:
    """Show it with so many peers, in windows, or where there is no display in pictures; the exit status.

    Raises SketchError if the peers do not find each other, or end up with different boards.
    """
    if not 2 <= peers <= len(scenes.PEOPLE):
        raise SketchError(f"The demo is for 2 to {len(scenes.PEOPLE)} peers.")
    with TemporaryDirectory(prefix="p2psketch-demo-", ignore_cleanup_errors=True) as folder:
        return asyncio.run(_run(Demo(peers, Path(folder), None if has_display() else pictures)))


def has_display() -> bool:
    """Can windows be opened?"""
    if os.environ.get("QT_QPA_PLATFORM", "").partition(":")[0] in ("offscreen", "minimal"):
        return False
    return not sys.platform.startswith("linux") or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


async def _run(demo: "Demo") -> int:
    """The demo; signals end it with all that belongs to it."""
    task, caught = asyncio.ensure_future(demo.run()), []

    def stop(number: int) -> None:
        caught.append(number)
        task.cancel()

    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        try:
            asyncio.get_running_loop().add_signal_handler(getattr(signal, name), stop, getattr(signal, name))
        except (NotImplementedError, AttributeError):
            continue  # not on this system
    try:
        return await task
    except asyncio.CancelledError:
        return demo.status if demo.is_over else 128 + caught[0]


class Demo:
    """One performance. `pictures`: the folder for pictures of what nobody sees, None where there are windows."""

    def __init__(self, count: int, folder: Path, pictures: Path | None) -> None:
        self.is_over = False
        self.status = 0
        self._count = count
        self._folder = folder
        self._pictures = pictures
        self._peers: list[Member] = []
        self._drawn = 0

    async def run(self) -> int:
        """All of it; the exit status."""
        if self._pictures is not None:
            _make(self._pictures)
        async with Crew(self._folder, self._environment()) as crew:
            try:
                await self._perform(crew)
            except Left:
                _say("windows", "all closed")
        return self.status

    def _environment(self) -> dict[str, str]:
        """Many windows are made smaller, with all that is in them, so that they have room beside each other."""
        if self._pictures is not None:
            return {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
        scale = next((scale for most, scale in SCALES if self._count <= most), SCALES[-1][1])
        return {"QT_SCALE_FACTOR": scale, **os.environ}

    async def _perform(self, crew: Crew) -> None:
        tracker, address = await crew.start_tracker()
        _say("tracker", f"started on {address}, process {tracker.process.pid}")
        await self._gather(crew, address)
        _say("drawing", "themselves, their links, and the tracker that introduced them")
        for name in scenes.WITH_TRACKER:
            await self._draw(name)
        await self._compare()
        await tracker.kill()
        _say("tracker", f"killed, process {tracker.process.pid} is gone")
        await self._draw(scenes.WITHOUT[0])
        _say("drawing", "goes on without it")
        for name in scenes.WITHOUT[1:]:
            await self._draw(name)
        await self._until(lambda all_of: not any(each["tracker"] for each in all_of), AGREED_WITHIN)
        await self._mesh("still linked")
        await self._compare()
        await (self._stay() if self._pictures is None else self._save(self._pictures))

    # -- scenes --------------------------------------------------------------------------------------

    async def _gather(self, crew: Crew, tracker: Address) -> None:
        """Start the peers, and wait until all are linked."""
        link = self._folder / "link"
        with open(os.open(link, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(new_board(BOARD, [tracker]).invite.format())
        for number, (name, color) in enumerate(scenes.PEOPLE[: self._count]):
            home = self._folder / name
            Settings(name=name, color=color).save(home / "settings.json")
            arguments = ("open", f"@{link}", "--act", f"{number}/{self._count}")
            self._peers.append(await crew.start_peer(name, home, arguments))
        kind = "window" if self._pictures is None else "window that is not shown"
        _say("peers", f"{self._names} join, each in a process of its own, with a {kind}")
        await self._mesh("linked", LINKED_WITHIN)
        await self._look()

    async def _mesh(self, how: str, within: float = AGREED_WITHIN) -> None:
        """Wait until each is linked to all others directly."""
        if not await self._until(lambda all_of: min(each["direct"] for each in all_of) >= len(all_of) - 1, within):
            raise SketchError(f"{self._names} are not all linked to each other after {within:.0f} s.")
        others = len(self._peers) - 1
        _say("mesh", f"{how}: each directly to {'the other one' if others == 1 else f'the {others} others'}")

    async def _draw(self, part: str) -> None:
        """All at once, each what is theirs; returns when the last one is done."""
        speed = SPEED_SEEN if self._pictures is None else SPEED_UNSEEN
        self._drawn += sum(map(len, scenes.part(part, self._count)))
        await self._ask_all(DRAWN_WITHIN, do="draw", part=part, speed=speed)

    async def _compare(self) -> None:
        """Wait until all boards are equal, and hold all that was drawn."""
        if await self._until(self._agree, AGREED_WITHIN):
            report = (await self._ask_all(do="report"))[0]
            _say("boards", f"equal on all {len(self._peers)}: digest {report['digest'][:8]}, {report['shapes']} shapes")
            await self._look()
            return
        reports = zip(self._peers, await self._ask_all(do="report"), strict=True)
        each = ", ".join(f"{peer.name} {says['digest'][:8]} with {says['shapes']} shapes" for peer, says in reports)
        if self._pictures is not None:
            raise SketchError(f"The boards differ: {each}; {self._drawn} were drawn.")
        self.status = 1
        _say("boards", f"differ: {each}")

    def _agree(self, reports: Sequence[Answer]) -> bool:
        """In windows, people may have drawn too, or closed some."""
        complete = self._pictures is None or reports[0]["shapes"] == self._drawn
        return complete and len({report["digest"] for report in reports}) == 1

    async def _save(self, pictures: Path) -> None:
        for peer in self._peers:
            name = peer.name.lower()
            board, window = (pictures.resolve() / f"{name}{kind}.png" for kind in ("", "-window"))
            answer = await peer.ask(do="save", board=str(board), window=str(window))
            if "error" in answer:
                raise SketchError(f"{answer['error']}.")
            _say("picture", f"{board}")
            _say("", f"{window}")

    async def _stay(self) -> None:
        """Until the last window is closed."""
        _say("windows", "stay open: draw in them. Close them, or press Ctrl+C, to end.")
        self.is_over = True
        await asyncio.gather(*(peer.process.wait() for peer in self._peers))

    # -- with all of them ----------------------------------------------------------------------------

    @property
    def _names(self) -> str:
        *most, last = (peer.name for peer in self._peers)
        return f"{', '.join(most)} and {last}" if most else last

    async def _ask_all(self, *within: float, **command: Any) -> list[Answer]:
        """The answers of those who are still there; Left if nobody is."""
        answers = await asyncio.gather(*(_unless_left(peer.ask(*within, **command)) for peer in self._peers))
        for peer, answer in zip(list(self._peers), answers, strict=True):
            if answer is None:
                self._peers.remove(peer)
                _say("peers", f"{peer.name} left")
                if self._pictures is not None:
                    raise SketchError(f"{peer.name} ended before the demo did.")
        if not self._peers:
            raise Left("everybody")
        return [answer for answer in answers if answer is not None]

    async def _until(self, holds: Callable[[list[Answer]], bool], within: float) -> bool:
        """Wait until something holds of all reports; False if it does not in time."""
        end = time.monotonic() + within
        while not holds(await self._ask_all(do="report")):
            if time.monotonic() > end:
                return False
            await asyncio.sleep(ASKED_EVERY)
        return True

    async def _look(self) -> None:
        if self._pictures is None:
            await asyncio.sleep(LOOK)


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SketchError(f"The folder {folder} cannot be made: {error.strerror}.") from error


async def _unless_left(asking: Awaitable[Answer]) -> Answer | None:
    try:
        return await asking
    except Left:
        return None


def _say(what: str, text: str) -> None:
    print(f"{what:9}{text}", flush=True)
