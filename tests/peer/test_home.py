"""Where things are kept, and the key that a person keeps."""

import errno
import os
from pathlib import Path

import pytest
from platformdirs import user_data_path

from p2psketch.errors import StoreError
from p2psketch.keys import Identity
from peer.home import boards, home, lasting_identity


@pytest.fixture
def at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home that does not exist yet."""
    place = tmp_path / "a" / "home"
    monkeypatch.setenv("P2PSKETCH_HOME", str(place))
    return place


def test_one_variable_moves_everything(at: Path) -> None:
    assert home() == at
    assert boards() == at / "boards"
    assert not at.exists()


@pytest.mark.parametrize("value", [None, ""])
def test_otherwise_it_is_where_the_system_keeps_such_things(value: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("P2PSKETCH_HOME", raising=False)
    if value is not None:
        monkeypatch.setenv("P2PSKETCH_HOME", value)
    assert home() == user_data_path("p2psketch", appauthor=False)


def test_a_person_keeps_one_key(at: Path) -> None:
    mine = lasting_identity()
    assert lasting_identity() == mine
    assert (at / "person.key").read_bytes() == mine.seed
    assert [path.name for path in at.iterdir()] == ["person.key"]


def test_nobody_else_can_read_it(at: Path) -> None:
    lasting_identity()
    assert (at / "person.key").stat().st_mode & 0o777 == 0o600


def test_another_home_is_another_person(at: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mine = lasting_identity()
    monkeypatch.setenv("P2PSKETCH_HOME", str(tmp_path / "other"))
    assert lasting_identity() != mine


def test_a_damaged_key_is_set_aside(at: Path) -> None:
    at.mkdir(parents=True)
    (at / "person.key").write_bytes(b"half a key")
    new = lasting_identity()
    assert lasting_identity() == new
    (aside,) = (path for path in at.iterdir() if path.name != "person.key")
    assert aside.read_bytes() == b"half a key"


def test_of_two_programs_that_make_a_key_at_once_both_get_the_first(at: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = Identity(b"first".ljust(32))

    def link(_: Path, path: Path) -> None:
        path.write_bytes(first.seed)
        raise FileExistsError

    monkeypatch.setattr(os, "link", link)
    assert lasting_identity() == first
    assert [path.name for path in at.iterdir()] == ["person.key"]


def test_a_file_system_without_hard_links_will_do(at: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def link(*_: Path) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", link)
    mine = lasting_identity()
    assert lasting_identity() == mine
    assert [path.name for path in at.iterdir()] == ["person.key"]
    assert (at / "person.key").stat().st_mode & 0o777 == 0o600


def test_a_home_that_cannot_be_one_is_told_in_a_sentence(at: Path) -> None:
    at.parent.mkdir(parents=True)
    at.write_text("a file")
    with pytest.raises(StoreError, match="cannot be"):
        lasting_identity()


def test_a_key_that_cannot_be_read_is_told_in_a_sentence(at: Path) -> None:
    (at / "person.key").mkdir(parents=True)
    with pytest.raises(StoreError, match=r"The key .* cannot be read"):
        lasting_identity()
