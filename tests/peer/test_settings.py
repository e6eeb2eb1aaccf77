from collections.abc import Callable
from pathlib import Path

import pytest

from peer.settings import MOST_RECENT, Ink, Recent, Settings, Thrown, settings_path

Expect = Callable[[str], None]


def test_without_a_file_they_are_as_at_first(tmp_path: Path) -> None:
    assert Settings.load(tmp_path / "none.json") == Settings()


def test_what_is_saved_is_loaded(tmp_path: Path) -> None:
    path = tmp_path / "made" / "settings.json"
    settings = Settings("Ana", 0xE03131, "dark", "00ff", [Recent("Roof", "/boards/roof.p2psketch", 12.5)])
    settings.smoothing, settings.pressure, settings.pen = 0.25, "off", Ink(0x123456, 2.5)
    settings.erases_parts, settings.eraser_width = True, 64.0
    settings.save(path)
    assert Settings.load(path) == settings
    assert [file.name for file in path.parent.iterdir()] == ["settings.json"]


def test_a_home_moves_them(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("P2PSKETCH_HOME", str(tmp_path))
    assert settings_path() == tmp_path / "settings.json"
    Settings("Ana").save()
    assert Settings.load().name == "Ana"


@pytest.mark.parametrize("damage", ["", "{", "[]", '"text"', '{"name": "An', "\x00\xff"])
def test_damaged_ones_are_set_aside(tmp_path: Path, expected_log: Expect, damage: str) -> None:
    expected_log("settings are damaged")
    path = tmp_path / "settings.json"
    path.write_bytes(damage.encode("latin-1"))
    assert Settings.load(path) == Settings()
    assert not path.exists()
    assert (tmp_path / "settings.damaged.json").read_bytes() == damage.encode("latin-1")


@pytest.mark.parametrize(
    "field",
    [
        '"name": 5',
        '"name": ""',
        '"name": "two\\nlines"',
        '"color": -1',
        '"color": true',
        '"color": 16777216',
        '"theme": "pink"',
        '"theme": []',
        '"geometry": "zz"',
        '"geometry": 3',
        '"erases_parts": 1',
        '"eraser_width": true',
        '"eraser_width": 0.5',
        '"eraser_width": 1e9',
        '"eraser_width": "16"',
        '"recent": {}',
        '"recent": [5, {"name": "a"}, {"name": "a", "path": 3, "opened": 1}, {"name": "a", "path": "", "opened": 1}]',
        '"smoothing": 1.5',
        '"smoothing": true',
        '"smoothing": NaN',
        '"pressure": "hard"',
        '"pressure": []',
        '"pen": [1, 2]',
        '"pen": {"color": 1}',
        '"pen": {"color": true, "width": 4}',
        '"pen": {"color": 16777216, "width": 4}',
        '"pen": {"color": 1, "width": 0}',
        '"highlighter": {"color": 1, "width": "wide"}',
        '"of a newer version": 1',
    ],
)
def test_a_value_that_cannot_be_is_forgotten_and_the_others_stay(tmp_path: Path, field: str) -> None:
    path = tmp_path / "settings.json"
    others = {"name": '"name": "Ana"', "theme": '"theme": "dark"'}
    kept = ", ".join(text for name, text in others.items() if f'"{name}"' not in field)
    path.write_text(f"{{{field}, {kept}}}", encoding="utf-8")
    loaded = Settings.load(path)
    assert loaded.name == ("Ana" if '"name": "Ana"' in kept else "")
    assert loaded.theme == ("dark" if "theme" in kept else "system")
    assert (loaded.color, loaded.geometry, loaded.recent) == (None, "", [])
    assert (loaded.smoothing, loaded.pressure, loaded.pen, loaded.highlighter) == (0.5, "speed", None, None)
    assert (loaded.erases_parts, loaded.eraser_width) == (False, 16.0)


def test_a_place_that_cannot_be_read_or_written_costs_a_line_in_the_log(tmp_path: Path, expected_log: Expect) -> None:
    expected_log("cannot be read")
    expected_log("cannot be saved")
    (tmp_path / "settings.json").mkdir()
    assert Settings.load(tmp_path / "settings.json") == Settings()
    (tmp_path / "file").touch()
    Settings().save(tmp_path / "file" / "settings.json")


def test_recent_boards_come_newest_first_and_once() -> None:
    settings = Settings()
    settings.remember("One", "/1", 1.0)
    settings.remember("Two", Path("/2"), 2.0)
    settings.remember("One, renamed", "/1", 3.0)
    assert settings.recent == [Recent("One, renamed", "/1", 3.0), Recent("Two", "/2", 2.0)]
    settings.forget(Path("/1"))
    assert settings.recent == [Recent("Two", "/2", 2.0)]


def test_what_is_known_of_a_board_stays_with_it_and_is_written_down(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    settings = Settings()
    settings.remember("One", "/1", 1.0)
    settings.note("/1", others=("Ana", "Ben"), only_here=12)
    settings.remember("Uno", "/1", 2.0)
    settings.remember("Two", "/2", 3.0)
    settings.thrown = [Thrown("2", "/trash/2", "/boards/2")]  # found there, just before it was told
    settings.throw(settings.recent[0], "/trash/2")
    settings.save(path)
    loaded = Settings.load(path)
    assert loaded.recent == [Recent("Uno", "/1", 2.0, ("Ana", "Ben"), 12)]
    assert loaded.thrown == [Thrown("Two", "/trash/2", "/2")]
    assert loaded.find("/2") is None


@pytest.mark.parametrize(
    "more",
    ['"others": 5', '"others": [5, "", "two\\nlines"]', '"only_here": -1', '"only_here": true', '"only_here": "12"'],
)
def test_of_what_is_known_of_a_board_nothing_else_is_believed(tmp_path: Path, more: str) -> None:
    path = tmp_path / "settings.json"
    path.write_text(f'{{"recent": [{{"name": "A", "path": "/1", "opened": 1, {more}}}], "thrown": [{{}}, 5]}}')
    loaded = Settings.load(path)
    assert (loaded.recent, loaded.thrown) == ([Recent("A", "/1", 1.0)], [])


def test_boards_that_are_not_remembered_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("P2PSKETCH_HOME", str(tmp_path))
    settings = Settings()
    settings.find_lost()
    assert (settings.recent, settings.thrown) == ([], [])
    for place in ("boards/Mesh-sketch-0123456789abcdef.p2psketch", "trash/Old.p2psketch", "boards/letter.txt"):
        (tmp_path / place).parent.mkdir(exist_ok=True)
        (tmp_path / place).touch()
    settings.find_lost()
    settings.find_lost()
    (board,) = settings.recent
    assert (board.name, Path(board.path).parent.name) == ("Mesh sketch", "boards")
    (thrown,) = settings.thrown
    assert (thrown.name, thrown.was) == ("Old", str(tmp_path / "boards" / "Old.p2psketch"))


def test_there_is_an_end_to_recent_boards() -> None:
    settings = Settings()
    for number in range(MOST_RECENT + 5):
        settings.remember("Board", f"/{number}", number)
    assert len(settings.recent) == MOST_RECENT
    assert settings.recent[0].path == f"/{MOST_RECENT + 4}"
