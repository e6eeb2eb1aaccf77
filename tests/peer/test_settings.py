from collections.abc import Callable
from pathlib import Path

import pytest

from peer.settings import MOST_RECENT, Recent, Settings, settings_path

Expect = Callable[[str], None]


def test_without_a_file_they_are_as_at_first(tmp_path: Path) -> None:
    assert Settings.load(tmp_path / "none.json") == Settings()


def test_what_is_saved_is_loaded(tmp_path: Path) -> None:
    path = tmp_path / "made" / "settings.json"
    settings = Settings("Ana", 0xE03131, "dark", "00ff", [Recent("Roof", "/boards/roof.p2psketch", 12.5)], True, 64.0)
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


def test_there_is_an_end_to_recent_boards() -> None:
    settings = Settings()
    for number in range(MOST_RECENT + 5):
        settings.remember("Board", f"/{number}", number)
    assert len(settings.recent) == MOST_RECENT
    assert settings.recent[0].path == f"/{MOST_RECENT + 4}"
