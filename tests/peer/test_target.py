"""What a person named, as a board to open: a link, a file, a room."""

from dataclasses import replace
from pathlib import Path

import pytest

from p2psketch.address import Address
from p2psketch.errors import InviteError, StoreError
from p2psketch.invite import Invite
from p2psketch.keys import RoomKeys
from peer.store import Store
from peer.target import (
    TRACKER_PORT,
    Target,
    from_file,
    from_invite,
    new_board,
    open_room,
    read_target,
    tracker_address,
    with_peers,
)

TRACKER = Address("tracker.example", 27700)
INVITE = Invite((TRACKER,), "Tree house", b"secret".ljust(32))
VIEWER = INVITE.viewer()


@pytest.fixture(autouse=True)
def at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of its own."""
    monkeypatch.setenv("P2PSKETCH_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def made(target: Target) -> Path:
    """Its board file."""
    target.open_store().close()
    assert target.path is not None
    return target.path


def setting(path: Path, name: str) -> str | None:
    store = Store.open(path)
    try:
        return store.setting(name)
    finally:
        store.close()


# Links


def test_a_link_is_a_board_with_a_file_of_its_own(at: Path) -> None:
    target = read_target(INVITE.format())
    assert (target.invite, target.name, target.peers, target.open_room) == (INVITE, "Tree house", (), False)
    assert target.keys.room_id == INVITE.keys().room_id
    assert target.path == at / "boards" / f"Tree-house-{target.keys.room_id.hex()[:16]}.p2psketch"
    assert not at.exists(), "nothing is made before the board is opened"


def test_the_file_holds_the_link() -> None:
    path = made(read_target(INVITE.format()))
    assert setting(path, "link") == INVITE.format()
    assert setting(path, "room") is None
    assert read_target(str(path)).invite == INVITE


def test_a_link_may_be_in_a_file(tmp_path: Path) -> None:
    for text in (INVITE.format(), f"\n{INVITE.format()}\r\nand a note\n", f"\ufeff{INVITE.format()}"):
        (tmp_path / "link").write_text(text, encoding="utf-8")
        assert read_target(f"@{tmp_path / 'link'}").invite == INVITE


@pytest.mark.parametrize(
    ("content", "reason"),
    [(None, "No such file"), (b"", "it is empty"), (b" \n\n", "it is empty"), (b"\xff\xfe", "it is not text")],
)
def test_a_file_that_holds_no_link(content: bytes | None, reason: str, tmp_path: Path) -> None:
    if content is not None:
        (tmp_path / "link").write_bytes(content)
    with pytest.raises(InviteError, match=rf"No link can be read from .*{reason}"):
        read_target(f"@{tmp_path / 'link'}")


@pytest.mark.parametrize("text", ["", "hello", "/no/such/board", "tracker.example/Boat#KEY", "x" * 5000, "a/" * 3000])
def test_what_is_neither_link_nor_file(text: str) -> None:
    with pytest.raises(InviteError):
        read_target(text)


def test_a_board_without_a_name() -> None:
    target = from_invite(replace(INVITE, name=""))
    assert target.name == "board"
    assert target.path is not None and target.path.name.startswith("board-")


@pytest.mark.parametrize("name", ["../../etc/passwd", "a/b\\c:d*e", "." * 9, "王" * 100, " -- ", "x" * 120])
def test_any_name_makes_a_file_in_the_directory_of_boards(name: str, at: Path) -> None:
    path = made(from_invite(replace(INVITE, name=name)))
    assert path.parent == at / "boards"
    assert len(path.name.encode()) <= 255
    assert not path.name.startswith((".", "-"))
    assert path.is_file()


def test_a_room_has_one_file_whatever_its_link_calls_it() -> None:
    path = made(from_invite(INVITE))
    assert from_invite(replace(INVITE, name="The old tree")).path == path
    assert from_invite(VIEWER).path == path
    assert from_invite(replace(INVITE, secret=b"other".ljust(32))).path != path


# Editors and viewers of one board have one file


def test_opening_a_viewers_link_does_not_cost_an_editor_the_key() -> None:
    path = made(from_invite(INVITE))
    assert made(from_invite(VIEWER)) == path
    assert from_file(path).invite == INVITE


def test_opening_an_editors_link_makes_an_editor_of_a_viewer() -> None:
    path = made(from_invite(VIEWER))
    assert not from_file(path).invite.can_edit
    made(from_invite(INVITE))
    assert from_file(path).invite == INVITE


def test_what_is_opened_with_a_viewers_link_has_the_key_that_the_file_has() -> None:
    target = from_invite(VIEWER)
    assert target.with_kept_key() == target, "there is no file"
    made(target)
    assert target.with_kept_key() == target, "the file has no key either"
    made(from_invite(INVITE))
    assert target.with_kept_key() == from_invite(INVITE)
    assert from_invite(INVITE).with_kept_key() == from_invite(INVITE)
    assert not target.in_memory().with_kept_key().invite.can_edit, "a short visit looks into no file"


def test_trackers_of_both_links_are_asked() -> None:
    path, moved = made(from_invite(INVITE)), Address("elsewhere.example", 1)
    target = from_invite(replace(VIEWER, trackers=(moved,))).with_kept_key()
    assert target.invite == replace(INVITE, trackers=(moved, TRACKER))
    assert made(target) == path
    assert from_file(path).invite == target.invite


def test_the_key_of_another_board_is_of_no_use(tmp_path: Path) -> None:
    made(replace(from_invite(replace(INVITE, secret=b"other".ljust(32))), path=tmp_path / "board.p2psketch"))
    target = replace(from_invite(VIEWER), path=tmp_path / "board.p2psketch")
    assert target.with_kept_key() == target


def test_a_damaged_file_is_told_by_whoever_opens_it() -> None:
    target = from_invite(VIEWER)
    assert target.path is not None
    target.path.parent.mkdir(parents=True)
    target.path.write_text("Dear board")
    assert target.with_kept_key() == target
    with pytest.raises(StoreError, match="a file of another program"):
        target.open_store()


def test_links_to_share() -> None:
    assert from_invite(INVITE).links == [("edit", INVITE.format()), ("view", VIEWER.format())]
    assert from_invite(VIEWER).links == [("view", VIEWER.format())]
    room = open_room("lobby", [TRACKER], [])
    assert room.links == [("edit", room.invite.format())], "whoever knows its name may draw"


def test_a_newer_link_of_the_same_kind_replaces_the_old_one() -> None:
    """It may name other trackers."""
    moved = Address("elsewhere.example", 1)
    for invite in (VIEWER, INVITE):
        path = made(from_invite(invite))
        made(from_invite(replace(invite, trackers=(moved,))))
        assert from_file(path).invite == replace(invite, trackers=(moved,))


def test_a_link_that_is_damaged_is_replaced() -> None:
    path = made(from_invite(VIEWER))
    store = Store.open(path)
    store.set(link="p2psketch://nonsense")
    store.close()
    made(from_invite(VIEWER))
    assert from_file(path).invite == VIEWER


# Files


def test_a_board_file_is_opened_by_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = made(from_invite(INVITE))
    copy = path.rename(tmp_path / "renamed")
    monkeypatch.chdir(tmp_path)
    target = read_target("renamed")
    assert (target.invite, target.path, target.room, target.tracker_port) == (INVITE, copy.resolve(), None, None)


def test_there_is_no_such_board() -> None:
    with pytest.raises(StoreError, match="There is no board at"):
        read_target("nowhere.p2psketch")


def test_a_file_that_is_no_board(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("Dear board")
    with pytest.raises(StoreError, match="a file of another program"):
        read_target(str(tmp_path / "letter.txt"))


def test_a_copy_without_the_key(tmp_path: Path) -> None:
    Store.open(tmp_path / "copy.p2psketch", create=True).close()
    with pytest.raises(StoreError, match="holds no link"):
        read_target(str(tmp_path / "copy.p2psketch"))


def test_what_is_opened_in_memory_leaves_the_file_alone() -> None:
    target = from_invite(INVITE)
    path = made(target)
    before = path.read_bytes()
    visit = target.in_memory()
    assert (visit.invite, visit.path) == (INVITE, None)
    store = visit.open_store()
    assert store.path is None
    store.close()
    assert path.read_bytes() == before


# Rooms


def test_a_room_is_known_by_its_name_alone() -> None:
    one, other = open_room("Tea Room", [TRACKER], []), open_room("  tea room ", [], [])
    assert one.keys.room_id == other.keys.room_id == RoomKeys.open_room("tea room").room_id
    assert one.open_room and one.keys.edit_secret is not None
    assert (one.name, one.room) == ("tea room", "tea room")


def test_a_room_begins_empty_each_time() -> None:
    first, second = open_room("lobby", [TRACKER], []), open_room("lobby", [TRACKER], [])
    assert first.path != second.path
    assert made(first) != made(second)


def test_a_room_reopened_from_its_file_is_still_an_open_room() -> None:
    target = open_room("lobby", [TRACKER], [])
    again = from_file(made(target))
    assert again.open_room and again.room == "lobby"
    assert again.invite == target.invite
    assert again.path == target.path and target.path is not None and target.path.name.startswith("lobby-")


# The rest


def test_peers_to_ask_are_added() -> None:
    near, far = Address("10.0.0.1", 5), Address("9.9.9.9", 5)
    target = with_peers(open_room("lobby", [], [near]), [far])
    assert target.peers == (near, far)
    assert with_peers(from_invite(INVITE), [far]).peers == (far,)


def test_a_new_board_is_new() -> None:
    one, other = new_board("Boat", [TRACKER]), new_board("Boat", [TRACKER])
    assert one.name == "Boat" and one.invite.can_edit and one.invite.trackers == (TRACKER,)
    assert one.keys.room_id != other.keys.room_id
    assert one.path != other.path


def test_a_board_remembers_the_port_of_its_tracker() -> None:
    path = made(new_board("Boat", [], 27701))
    assert from_file(path).tracker_port == 27701


@pytest.mark.parametrize("text", ["nonsense", "", "0", "-1", "65536", "9" * 5000, "²"])
def test_what_is_no_port_is_no_port_of_a_tracker(text: str) -> None:
    path = made(new_board("Boat", [], 27701))
    store = Store.open(path)
    store.set(tracker_port=text)
    store.close()
    assert from_file(path).tracker_port is None


def test_a_tracker_may_be_named_without_its_port() -> None:
    assert tracker_address("tracker.example") == Address("tracker.example", TRACKER_PORT) == TRACKER
    assert tracker_address("tracker.example:5") == Address("tracker.example", 5)


def test_a_target_does_not_show_its_key() -> None:
    assert repr(INVITE.secret)[2:-1] not in repr(from_invite(INVITE))
