"""Pictures of a board, as files and as images."""

import subprocess
import sys
from pathlib import Path

import pytest
from PyQt6.QtGui import QColor, QImage

from p2psketch.document import Document
from p2psketch.geometry import Rect
from peer.ui import brush
from peer.ui.picture import MAX_SIDE, frame, picture, save_png
from peer.ui.theme import DARK
from tests.ui.afar import Somebody, stroke
from tests.ui.boards import Alone


@pytest.fixture
def ana() -> Somebody:
    return Somebody(Alone())


def document(ana: Somebody) -> Document:
    return ana.board.document


def test_it_shows_the_ink_and_16_pixels_around_it_on_white(ana: Somebody) -> None:
    ana.commit(stroke((100, 50), (200, 50), width=4, color=0xE03131))
    assert frame(document(ana)) == Rect(82, 32, 218, 68)
    image = picture(document(ana))
    assert (image.width(), image.height()) == (136, 36)
    assert image.pixelColor(0, 0) == QColor("white")
    assert image.pixelColor(68, 18) == QColor("#e03131")
    assert image.pixelColor(17, 18) == QColor("#e03131")
    assert image.pixelColor(15, 18) == QColor("white")


def test_its_width_can_be_chosen(ana: Somebody) -> None:
    ana.commit(stroke((0, 0), (68, 34), width=32))
    image = picture(document(ana), 1000)
    assert image.width() == 1000
    assert image.height() == pytest.approx(1000 * 98 / 132, abs=1)


def test_strokes_lie_in_their_order(ana: Somebody) -> None:
    ana.commit(stroke((0, 0), width=40, color=0xFF0000, z=b"\x02"), stroke((0, 0), width=40, color=0x0000FF, z=b"\x01"))
    image = picture(document(ana))
    assert image.pixelColor(image.width() // 2, image.height() // 2) == QColor("#ff0000")


def test_a_highlighter_is_translucent_beneath_all_ink(ana: Somebody) -> None:
    ana.commit(stroke((0, 0), (60, 0), width=8, color=0x000000))
    ana.commit(stroke((30, -30), (30, 30), (30, -30), width=24, color=0xF2C037, nib="highlighter"))
    image = picture(document(ana))
    middle = image.width() // 2, image.height() // 2
    assert image.pixelColor(*middle) == QColor("black")
    beside = image.pixelColor(middle[0], middle[1] + 20)
    wanted = [255 + (part - 255) * brush.HIGHLIGHT for part in (0xF2, 0xC0, 0x37)]
    assert [beside.red(), beside.green(), beside.blue()] == pytest.approx(wanted, abs=1.5)


def test_an_empty_board_is_a_small_white_picture() -> None:
    image = picture(Document())
    assert (image.width(), image.height()) == (32, 32)
    assert image.pixelColor(16, 16) == QColor("white")


def test_in_a_theme_it_looks_as_on_the_canvas(ana: Somebody) -> None:
    ana.commit(stroke((0, 0), width=40, color=0x000000))
    image = picture(document(ana), theme=DARK)
    assert image.pixelColor(0, 0) == DARK.canvas
    assert image.pixelColor(image.width() // 2, image.height() // 2).lightness() > 150


@pytest.mark.parametrize("width", [None, 1_000_000])
def test_a_board_across_the_world_still_fits_into_a_picture(ana: Somebody, width: int | None) -> None:
    ana.commit(stroke((-1e6, 0)), stroke((1e6, 5), placement=[1e3, 0, 0, 1e3, 1e9, 0]))
    image = picture(document(ana), width)
    assert image.width() == MAX_SIDE
    assert image.height() >= 1


def test_a_file_is_replaced_by_a_whole_one(ana: Somebody, tmp_path: Path) -> None:
    ana.commit(stroke((0, 0), (100, 0)))
    path = tmp_path / "board.png"
    path.write_text("something else")
    save_png(document(ana), path, 300)
    assert QImage(str(path)).width() == 300
    assert list(tmp_path.iterdir()) == [path]


def test_where_nothing_can_be_written_it_says_so(ana: Somebody, tmp_path: Path) -> None:
    with pytest.raises(OSError, match="nowhere"):
        save_png(document(ana), tmp_path / "nowhere" / "board.png")
    (tmp_path / "folder.png").mkdir()
    with pytest.raises(OSError, match=r"folder\.png"):
        save_png(document(ana), tmp_path / "folder.png")
    assert [path.name for path in tmp_path.iterdir()] == ["folder.png"]


def test_it_needs_no_application_and_no_display(tmp_path: Path) -> None:
    program = (
        "from p2psketch.document import Document; from peer.ui.picture import save_png; import sys;"
        f"save_png(Document(), {str(tmp_path / 'a.png')!r}, None);"
        "sys.exit('imports QtWidgets' if 'PyQt6.QtWidgets' in sys.modules else 0)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert (tmp_path / "a.png").exists()
