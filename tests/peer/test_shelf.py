"""Board files on this computer: named, copied, thrown away and taken back, with real files."""

import os
from pathlib import Path

import pytest

from p2psketch.address import Address
from p2psketch.errors import SketchError, StoreError, WithoutKey
from p2psketch.ids import person_id
from p2psketch.invite import Invite
from p2psketch.keys import room_name
from p2psketch.messages import Person
from p2psketch.naming import board_name
from p2psketch.ops import Edit
from peer import shelf
from peer.home import TAG, boards, trash
from peer.store import Store
from peer.target import Target, from_file, from_invite, new_board, open_room
from tests.core.authors import INK, STROKE

ANA, BEN = Person("Ana", 0xE03131), Person("Ben", 0x1971C2)
TRACKERS = (Address("192.168.1.20", 27700),)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("P2PSKETCH_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def drawn(target: Target, person: Person, many: int = 1) -> None:
    with shelf.Writing(target, person) as writing:
        for number in range(many):
            writing.session.commit(Edit(((0, {**STROKE, "color": number}),)), 1_700_000_000_000)


@pytest.fixture
def plan() -> Target:
    """Three strokes of Ana's, of which Ben has erased one and moved another beneath."""
    target = new_board("Plan", TRACKERS)
    drawn(target, ANA, 3)
    with shelf.Writing(target, BEN) as writing:
        first, second, third = (shape.id for shape in writing.session.document.painted())
        writing.session.commit(Edit(((first, {"deleted": True}), (third, {"z": b"\0", "later": 7}))), 1_700_000_000_000)
        writing.session.commit(Edit(((second, {"placement": [1, 0, 0, 1, 5, 5]}),)), 1_700_000_000_000)
    return target


def path_of(target: Target) -> Path:
    assert target.path is not None
    return target.path


def link_in(path: Path) -> str | None:
    store = Store.open(path, writable=False)
    try:
        return store.setting("link")
    finally:
        store.close()


# Names


def test_a_board_that_is_not_open_is_named_for_everybody_on_it(plan: Target) -> None:
    shelf.rename(path_of(plan), "  Roof ", BEN)
    contents = shelf.read(path_of(plan))
    assert (contents.name, board_name(contents.document)) == ("Roof", "Roof")
    assert from_file(path_of(plan)).name == "Roof", "the window is called so before it has read the board"
    assert from_file(path_of(plan)).keys == plan.keys
    shelf.rename(path_of(plan), "Cellar", ANA)
    assert shelf.read(path_of(plan)).name == "Cellar", "the later name wins, whoever gives it"


def test_a_viewer_names_nothing(plan: Target) -> None:
    seen = from_invite(Invite.new(TRACKERS, "Seen", os.urandom).viewer())
    seen.open_store().close()
    with pytest.raises(SketchError, match="edit link"):
        shelf.rename(path_of(seen), "Mine", ANA)


def test_an_open_room_keeps_its_name() -> None:
    room = open_room("Physics", TRACKERS, ())
    drawn(room, ANA)
    with pytest.raises(SketchError, match="open room"):
        shelf.rename(path_of(room), "Chemistry", ANA)
    assert from_file(path_of(room)).name == room_name("Physics")


# Copies


def test_a_duplicate_begins_with_what_is_seen_and_says_who_drew_it(plan: Target) -> None:
    before = shelf.read(path_of(plan)).document.painted()
    made = shelf.duplicate(path_of(plan), BEN, TRACKERS, None, "Plan copy")
    contents = shelf.read(path_of(made))
    shapes = contents.document.painted()
    assert contents.name == "Plan copy"
    assert made.keys.room_id != plan.keys.room_id, "a link of its own"
    assert [shape.values["color"] for shape in shapes] == [shape.values["color"] for shape in before] == [2, 1]
    assert [shape.values.get("placement") for shape in shapes] == [None, [1, 0, 0, 1, 5, 5]]
    assert [shape.values.get("later") for shape in shapes] == [7, None]
    origin = shapes[0].values["origin"]
    person = shelf.read(path_of(plan)).document.get(person_id(before[0].id.peer))
    assert person is not None
    assert origin == ["Ana", person.values["key"]]
    assert len(contents.document) == 3, "what had been erased is not in it: two strokes, and who laid them"


def test_a_duplicate_of_a_duplicate_still_says_who_drew_first(plan: Target) -> None:
    again = shelf.duplicate(path_of(plan), BEN, TRACKERS, None, "One")
    third = shelf.duplicate(path_of(again), BEN, TRACKERS, None, "Two")
    assert {shape.values["origin"][0] for shape in shelf.read(path_of(third)).document.visible()} == {"Ana"}


def test_people_of_a_new_board_meet_where_those_of_the_old_one_do(plan: Target) -> None:
    made = shelf.begin_anew(path_of(plan), BEN, " copy")
    assert (made.invite.trackers, made.tracker_port, made.name) == (TRACKERS, None, "Plan copy")


def test_a_board_of_many_strokes_keeps_their_order() -> None:
    target = new_board("Many", ())
    drawn(target, ANA, shelf.AT_ONCE + 100)
    made = shelf.duplicate(path_of(target), BEN, (), None, "")
    colors = [shape.color for shape in shelf.read(path_of(made)).document.painted()]
    assert colors == list(range(shelf.AT_ONCE + 100))


def test_a_viewer_may_begin_a_board_of_their_own_with_what_they_see(plan: Target) -> None:
    with_view = from_invite(plan.invite.viewer())
    assert with_view.path == plan.path
    store = Store.open(path_of(plan))
    store.set(link=plan.invite.viewer().format())
    store.close()
    made = shelf.duplicate(path_of(plan), BEN, (), None, "")
    assert made.invite.can_edit
    assert shelf.read(path_of(made)).document.visible_count == 2


def test_a_copy_with_its_key_is_the_same_board(plan: Target, tmp_path: Path) -> None:
    copy = tmp_path / "copy.p2psketch"
    shelf.save_copy(path_of(plan), copy, with_key=True)
    assert from_file(copy).keys == plan.keys
    assert shelf.read(copy).document.digest() == shelf.read(path_of(plan)).document.digest()
    assert list(tmp_path.glob(".*")) == []


def test_a_copy_without_the_key_has_the_history_and_nothing_to_get_in_with(plan: Target, tmp_path: Path) -> None:
    copy = tmp_path / "copy.p2psketch"
    store = Store.open(path_of(plan))
    store.set_addresses([Address("192.168.1.77", 40404)])
    store.set(holders="who else has it")
    store.close()
    shelf.save_copy(path_of(plan), copy, with_key=False)
    with pytest.raises(WithoutKey):
        from_file(copy)
    contents = shelf.read(copy)
    assert contents.target is None
    assert contents.document.digest() == shelf.read(path_of(plan)).document.digest()
    data = copy.read_bytes()
    assert plan.keys.edit_secret is not None
    for secret in (plan.keys.edit_secret, plan.keys.view_secret):
        assert secret not in data
        assert secret.hex().encode() not in data
    for link in (plan.invite.format(), plan.invite.viewer().format()):
        assert link.partition("#")[2].encode() not in data
    assert b"192.168.1.77" not in data and b"who else" not in data


def test_what_somebody_put_into_a_copy_unsigned_is_not_seen(plan: Target, tmp_path: Path) -> None:
    copy = tmp_path / "copy.p2psketch"
    shelf.save_copy(path_of(plan), copy, with_key=False)
    store = Store.open(copy)
    chunk = next(store.chunks())
    store.append(chunk._replace(blob=chunk.blob.replace(INK, INK[:-1] + b"\7")))
    store.close()
    assert shelf.read(copy).document.visible_count < 2


def test_a_board_without_key_becomes_a_board_of_its_own(plan: Target, tmp_path: Path) -> None:
    copy = tmp_path / "copy.p2psketch"
    shelf.save_copy(path_of(plan), copy, with_key=False)
    made = shelf.begin_anew(copy, BEN)
    assert made.tracker_port is not None, "nobody knows where its people met"
    contents = shelf.read(path_of(made))
    assert (contents.name, contents.document.visible_count) == ("copy", 2)
    second = tmp_path / "second.p2psketch"
    shelf.save_copy(copy, second, with_key=True)
    with pytest.raises(WithoutKey):
        from_file(second)


def test_a_copy_that_cannot_be_written_leaves_what_was_there(plan: Target, tmp_path: Path) -> None:
    (tmp_path / "a file").write_text("that is no folder")
    with pytest.raises(StoreError, match="cannot be"):
        shelf.save_copy(path_of(plan), tmp_path / "a file" / "copy.p2psketch", with_key=True)
    assert shelf.read(path_of(plan)).document.visible_count == 2


def test_a_board_that_is_open_is_copied_as_it_is(plan: Target, tmp_path: Path) -> None:
    with shelf.Writing(plan, ANA) as writing:
        writing.session.commit(Edit(((0, STROKE),)), 1_700_000_000_000)
        writing.save()
        made = shelf.duplicate(path_of(plan), BEN, (), None, "")
        shelf.save_copy(path_of(plan), tmp_path / "copy.p2psketch", with_key=True)
    assert shelf.read(path_of(made)).document.visible_count == 3
    assert shelf.read(tmp_path / "copy.p2psketch").document.visible_count == 3


# The trash


def test_what_is_deleted_lies_in_the_trash_whole_and_comes_back(plan: Target) -> None:
    digest = shelf.read(path_of(plan)).document.digest()
    thrown = shelf.discard(path_of(plan))
    assert thrown.parent == trash()
    assert list(boards().iterdir()) == []
    assert shelf.restore(thrown, path_of(plan)) == plan.path
    assert shelf.read(path_of(plan)).document.digest() == digest
    assert list(trash().iterdir()) == []


def test_what_was_not_merged_into_the_file_yet_is_not_left_behind(plan: Target) -> None:
    writing = shelf.Writing(plan, ANA)
    with writing:
        writing.session.commit(Edit(((0, STROKE),)), 1_700_000_000_000)
        writing.save()
        copies = [path.with_name(f"as-{path.name}") for path in (path_of(plan), *shelf._beside(path_of(plan)))]
        for path in (path_of(plan), *shelf._beside(path_of(plan))):
            path.with_name(f"as-{path.name}").write_bytes(path.read_bytes())
    assert len(copies) == 3, "as a program leaves it that was killed"
    thrown = shelf.discard(copies[0])
    assert [path.name for path in trash().iterdir()] == [thrown.name]
    assert shelf.read(thrown).document.visible_count == 3


def test_a_board_that_is_open_elsewhere_is_not_moved(plan: Target) -> None:
    with shelf.Writing(plan, ANA) as writing:
        writing.session.commit(Edit(((0, STROKE),)), 1_700_000_000_000)
        writing.save()
        with pytest.raises(StoreError, match="open in another window"):
            shelf.discard(path_of(plan))
    assert path_of(plan).exists()


def test_what_is_no_board_any_more_can_be_thrown_away_too(tmp_path: Path) -> None:
    damaged = tmp_path / "plan.p2psketch"
    damaged.write_bytes(b"not a board" * 100)
    assert shelf.discard(damaged).read_bytes() == b"not a board" * 100
    with pytest.raises(StoreError, match="any more"):
        shelf.discard(damaged)


def test_nothing_in_the_trash_takes_the_place_of_something_else(plan: Target, tmp_path: Path) -> None:
    first = shelf.discard(path_of(plan))
    shelf.save_copy(first, path_of(plan), with_key=True)
    second = shelf.discard(path_of(plan))
    assert first != second
    assert first.exists()
    tag = TAG.search(first.stem)
    assert tag is not None and second.stem.endswith(tag.group()), "its link still finds it when it is back"
    assert shelf.restore(first, path_of(plan)) == plan.path
    assert shelf.restore(second, path_of(plan)) != plan.path
    gone = tmp_path / "a stick that is gone" / "plan.p2psketch"
    assert shelf.restore(shelf.discard(path_of(plan)), gone).parent == boards()


def test_only_what_lies_in_the_trash_is_ever_removed(plan: Target) -> None:
    with pytest.raises(StoreError, match="not in the trash"):
        shelf.remove_for_good(path_of(plan))
    thrown = shelf.discard(path_of(plan))
    shelf.remove_for_good(thrown)
    assert not thrown.exists()


def test_a_file_names_its_board_roughly() -> None:
    assert shelf.name_of(Path("/b/Mesh-sketch-0123456789abcdef.p2psketch")) == "Mesh sketch"


def test_a_damaged_board_is_thrown_away_with_the_log_that_could_not_be_moved_into_it(plan: Target) -> None:
    path = path_of(plan)
    log = path.with_name(path.name + "-wal")
    path.write_bytes(b"not a board any more" * 99)
    log.write_bytes(b"what its program had no time for")
    thrown = shelf.discard(path)
    assert not path.exists()
    assert not log.exists()
    assert thrown.with_name(thrown.name + "-wal").read_bytes() == b"what its program had no time for"
    assert shelf.restore(thrown, path) == path
    assert log.exists()
