"""One window with one board, in a process of its own: `python -m benchmarks.canvas_worker ours|plain COUNT`.

Prints one JSON object of figures, times in seconds. `plain` is a QGraphicsScene with an item for every stroke.
"""

import json
import math
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from PyQt6.QtCore import QEvent, QPointF, QRect, Qt
from PyQt6.QtGui import QImage, QMouseEvent, QPainter, QPainterPath, QPen, QPointingDevice
from PyQt6.QtWidgets import QApplication, QGraphicsScene, QGraphicsView

from benchmarks.canvas_file import SPARSE, area_of
from benchmarks.frames import Pacer, until
from benchmarks.results import percentile
from benchmarks.workload import VIEW, strokes, walks
from p2psketch import effects as e
from p2psketch import ink
from p2psketch.keys import Identity
from p2psketch.messages import GOING, Draft, Person
from p2psketch.ops import Edit
from p2psketch.session import Launch, Session
from peer import interpreter
from peer.bridge import NetworkThread
from peer.opening import OpenBoard
from peer.settings import Settings
from peer.target import from_file, new_board
from peer.ui.picture import save_png
from peer.ui.window import Window

EVERY: Final = 1 / 60
DARK: Final = 100


def percentiles(frames: list[float]) -> dict[str, float]:
    return {"p50": percentile(frames, 50), "p99": percentile(frames, 99), "max": max(frames)}


def rss() -> int:
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * resource.getpagesize()


class Ours:
    """The program's own window on a board file of so many strokes."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.figures: dict[str, Any] = {}
        self.application = QApplication([])
        made = subprocess.run(
            [sys.executable, "-m", "benchmarks.canvas_file", str(count)], stdout=subprocess.PIPE, text=True, check=True
        )
        self.target = from_file(Path(made.stdout.strip()))
        self.window = Window(Settings("Ana", 0xE03131, "light"))
        self.window.resize(*VIEW)
        self.window.show()
        self.thread = NetworkThread()
        self.thread.start()

    def open(self) -> None:
        """Open an empty board, for its memory; then ours, until it is all there."""
        empty = OpenBoard(new_board("Empty", ()), Person("Ana", 0xE03131), 0, self.thread, self.window)
        self.window.show_board(empty.board)
        empty.start()
        until(lambda: not self.settled.is_busy)
        before = rss()
        empty.close()
        started = time.perf_counter()
        self.opened = OpenBoard(self.target, Person("Ana", 0xE03131), 0, self.thread, self.window)
        self.board = self.opened.board
        self.window.show_board(self.board)
        x, y = (side / 2 for side in area_of(self.count))
        self.canvas.move_camera(lambda camera: camera.look_at(x, y))
        self.opened.start()
        until(self._has_ink)
        self.figures["first ink"] = time.perf_counter() - started
        until(lambda: self.board.document.visible_count == self.count and not self.settled.is_busy)
        self.figures["complete"] = time.perf_counter() - started
        self.figures["memory"] = rss()
        self.figures["memory a stroke"] = (rss() - before) / self.count

    def _has_ink(self) -> bool:
        """Is there a dark pixel in a part of the canvas?"""
        if not self.board.document.visible_count:
            return False
        image = self.canvas.grab(QRect(480, 270, 960, 540)).toImage().convertToFormat(QImage.Format.Format_Grayscale8)
        bits = image.constBits()
        assert bits is not None
        return min(bytes(bits.asarray(image.sizeInBytes()))) < DARK

    @property
    def canvas(self) -> Any:
        assert self.window.desk is not None
        return self.window.desk.canvas

    @property
    def settled(self) -> Any:
        return self.canvas._settled

    def paced(self, act: Callable[[int], None], count: int, interval: float = EVERY) -> dict[str, float]:
        """Figures of so many frames."""
        return percentiles(Pacer(self.canvas.glass, act).run(count, interval))

    def at_rest(self) -> float:
        return until(lambda: not self.settled.is_busy)

    # -- what is measured ----------------------------------------------------------------------------

    def move(self) -> None:
        """Panning there and back, zooming in and out."""
        self.figures["pan"] = self.paced(lambda n: self.canvas.pan(*((-12, -7) if n % 200 < 100 else (12, 7))), 300)
        self.at_rest()
        middle = QPointF(VIEW[0] / 2, VIEW[1] / 2)

        def zoom(n: int) -> None:
            self.canvas.zoom_at(middle, self.canvas.zoom * (1.03 if n % 120 < 60 else 1 / 1.03))

        self.figures["zoom"] = self.paced(zoom, 240)
        self.canvas.zoom_to(1.0)
        self.at_rest()

    def change(self) -> None:
        """A stroke more, one's own and another's; a stroke less; everything anew."""
        extra = iter(strokes(400, seed=2))
        keys = self.target.keys
        launch = Launch(Identity.generate(os.urandom), Person("Ben", 0x2F9E44), Identity.generate(os.urandom))
        other = Session(keys, launch, random.Random(2), os.urandom)
        self.board.receive(_committed(other, next(extra), self._lift()))
        place = self._lift()
        self.figures["own stroke"] = self.paced(lambda _: self.board.edit(Edit(((0, next(extra) | place),))), 100)
        other.replica._clock.witness(10 * self.count)  # Ben has seen all that is there, and draws on top of it
        theirs = [_committed(other, next(extra), place) for _ in range(100)]
        self.figures["remote stroke"] = self.paced(lambda n: self.board.receive(theirs[n]), 100)
        self.at_rest()
        mine = [shape.id for shape in self.board.document.painted()[-250:]]
        seconds = []
        for id in mine[:20]:
            started = time.perf_counter()
            self.board.edit(Edit(((id, {"deleted": True}),)))
            self.at_rest()
            seconds.append(time.perf_counter() - started)
        self.figures["erase"] = percentiles(seconds)
        self.settled.clear()
        started = time.perf_counter()
        self.canvas.glass.update()
        self.at_rest()
        self.figures["cold"] = time.perf_counter() - started

    def _lift(self) -> dict[str, Any]:
        """Where new strokes go: into the view."""
        area = self.canvas.camera.area
        return {"placement": [1.0, 0.0, 0.0, 1.0, area.left, area.top]}

    def draw(self, count: int = 300) -> dict[str, float]:
        """Pointer to pixels: a spiral, drawn with the mouse."""
        glass = self.canvas.glass

        def at(n: int) -> QPointF:
            return QPointF(960 + 3 * n**0.9 * math.cos(n / 9), 540 + 1.5 * n**0.9 * math.sin(n / 9))

        def send(kind: QEvent.Type, n: int, held: Qt.MouseButton) -> None:
            button = Qt.MouseButton.NoButton if kind is QEvent.Type.MouseMove else Qt.MouseButton.LeftButton
            none = Qt.KeyboardModifier.NoModifier
            event = QMouseEvent(
                kind, at(n), glass.mapToGlobal(at(n)), button, held, none, QPointingDevice.primaryPointingDevice()
            )
            QApplication.sendEvent(glass, event)

        send(QEvent.Type.MouseButtonPress, 0, Qt.MouseButton.LeftButton)
        figures = self.paced(lambda n: send(QEvent.Type.MouseMove, n, Qt.MouseButton.LeftButton), count)
        send(QEvent.Type.MouseButtonRelease, count, Qt.MouseButton.NoButton)
        return figures

    def under_load(self) -> None:
        """Drawing alone, while 20 others draw, while 100,000 strokes arrive, while a picture is saved."""
        self.figures["pointer"] = self.draw()
        self.figures["pointer, 20 draw"] = self._among(20)
        self.figures["pointer, export"] = self._while_exporting()
        if self.count <= 10_000:
            self.figures["pointer, catching up"] = self._while_catching_up()

    def _among(self, many: int) -> dict[str, float]:
        from PyQt6.QtCore import QTimer

        others = [Identity.generate(os.urandom).peer_id for _ in range(many)]
        paths = [walk.tolist() for walk in walks(many, seed=3)]
        told = [0] * many

        def all_draw() -> None:
            for number, peer in enumerate(others):
                points = [paths[number][told[number] % 60]]
                fields = {"kind": "stroke", "color": 0xE03131, "width": 3} if told[number] % 60 == 0 else None
                draft = Draft(peer, 1 + told[number] // 60, told[number] % 60, fields, ink.encode(points), GOING)
                self.board.presences.draft(draft, time.monotonic())
                told[number] += 1
                self.board._peers.add(peer)
            self.board._tell()

        timer = QTimer()
        timer.timeout.connect(all_draw)
        timer.start(16)
        figures = self.draw()
        timer.stop()
        return figures

    def _while_catching_up(self) -> dict[str, float]:
        from benchmarks.applying import chunks_of

        author = Identity.generate(os.urandom)
        proof = self.target.keys.prove_edit(author.peer_id)
        for chunk in chunks_of(100_000, author, room=self.target.keys.room_id, view=SPARSE):
            self.opened.bridge._arrived(e.Stored(chunk._replace(proof=proof)))
        return self.draw()

    def _while_exporting(self) -> dict[str, float]:
        """A picture as large as there are: drawn on meanwhile."""
        from peer.ui.exporting import Export

        home = Path(os.environ["P2PSKETCH_HOME"])
        started = time.perf_counter()
        save_png(self.board.document, home / "board.png", VIEW[0])
        self.figures["png"] = time.perf_counter() - started
        export = Export(self.board.document, home / "drawn meanwhile.png")
        figures = self.draw()
        export.cancel()
        return figures


def _committed(session: Session, fields: dict[str, Any], place: dict[str, Any]) -> list[e.Event]:
    session.commit(Edit(((0, fields | place),)), 0)
    return [e.Stored(effect.chunk) for effect in session.seal(math.inf) if isinstance(effect, e.Persist)]


class Plain:
    """A QGraphicsScene with a path item for every stroke."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.figures: dict[str, Any] = {}
        self.application = QApplication([])
        before = rss()
        self.scene = QGraphicsScene()
        pen = QPen(Qt.GlobalColor.black, 3, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
        view = area_of(count)
        started = time.perf_counter()
        for points in walks(count, view=view):
            path = QPainterPath(QPointF(*points[0]))
            for x, y in points[1:]:
                path.lineTo(x, y)
            self.scene.addPath(path, pen)
        self.view = QGraphicsView(self.scene)
        self.view.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view.setSceneRect(-1e6, -1e6, 2e6, 2e6)
        self.view.setTransformationAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.view.resize(*VIEW)
        self.view.centerOn(view[0] / 2, view[1] / 2)
        self.view.show()
        self.application.processEvents()
        self.figures["complete"] = time.perf_counter() - started
        self.figures["memory"] = rss()
        self.figures["memory a stroke"] = (rss() - before) / count

    def measure(self) -> None:
        glass = self.view.viewport()
        assert glass is not None
        frames = 10 if self.count == 10_000 else 30

        def pan(n: int) -> None:
            bar = self.view.horizontalScrollBar()
            assert bar is not None
            bar.setValue(bar.value() + (12 if n % 40 < 20 else -12))

        self.figures["pan"] = percentiles(Pacer(glass, pan).run(frames, EVERY))
        self.figures["zoom"] = percentiles(
            Pacer(glass, lambda n: self.view.scale(*((1.03, 1.03) if n % 40 < 20 else (1 / 1.03, 1 / 1.03)))).run(
                frames, EVERY
            )
        )


def main() -> None:
    kind, count = sys.argv[1], int(sys.argv[2])
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    interpreter.prepare()
    with tempfile.TemporaryDirectory() as home:
        os.environ["P2PSKETCH_HOME"] = home
        if kind == "plain":
            plain = Plain(count)
            plain.measure()
            print(json.dumps(plain.figures))
            return
        ours = Ours(count)
        ours.open()
        ours.move()
        ours.change()
        ours.under_load()
        print(json.dumps(ours.figures))
        ours.opened.close()
        ours.thread.stop()


if __name__ == "__main__":
    main()
