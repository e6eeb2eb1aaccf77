"""The command line, as a person or a script meets it."""

import asyncio
import json
import os
import re
import signal
import sqlite3
import subprocess
from collections.abc import Coroutine, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from p2psketch.invite import Invite
from peer import cli
from peer.commands import read_board
from peer.target import from_file, from_invite
from tests.processes.support import PATIENCE, STARTS, Keeper, Programs, Tracker, running, strokes

pytestmark = pytest.mark.xdist_group("command line")  # one worker makes one `place` for all

NOWHERE = "127.0.0.1:9"
LINK = "p2psketch://127.0.0.1:9/board#"


class Place:
    """A tracker, and a keeper of one board with three strokes on it."""

    def __init__(self, programs: Programs) -> None:
        self.tracker: Tracker = programs.tracker()
        self.link = self.tracker.new_board("den")
        self.keeper: Keeper = programs.keeper(self.link)
        self.keeper.program.says("announced")
        programs.start("draw", self.link, stdin=strokes(3)).result()


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with running(tmp_path_factory.mktemp("place")) as programs:
        yield Place(programs)


@pytest.fixture
def board_file(tmp_path: Path, place: Place) -> Path:
    """A file of that board, of a program that has ended."""
    copy = tmp_path / "copy.p2psketch"
    source = f"file:{place.keeper.file}?mode=ro"
    with closing(sqlite3.connect(source, uri=True)) as here, closing(sqlite3.connect(copy)) as there:
        here.backup(there)
    return copy


def files(folder: Path) -> dict[str, bytes]:
    """Everything in a folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


# Signals


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signals_end_everything_cleanly(programs: Programs, number: signal.Signals) -> None:
    tracker = programs.tracker()
    keeper = programs.keeper(tracker.new_board())
    draw = programs.start("draw", tracker.new_board("empty"), "--timeout", "60", "-v", stdin=strokes(1))
    draw.says("announced")
    assert draw.stop(number) == 128 + number
    assert keeper.program.stop(number) == 0
    assert keeper.program.err.endswith("stopped\n")
    assert tracker.program.stop(number) == 0


# invite, TARGET


def test_invite_prints_its_two_links_and_nothing_else(programs: Programs) -> None:
    invite = programs.run("invite", "--tracker", NOWHERE, "--board", "Küche & Bad")
    match = re.fullmatch(r"edit (p2psketch://\S+)\nview (p2psketch://\S+)\n", invite.result())
    assert match is not None
    edit, view = map(Invite.parse, match.groups())
    assert (edit.name, edit.can_edit, view.can_edit) == ("Küche & Bad", True, False)
    assert view == edit.viewer()
    assert invite.err == ""


def test_a_view_link_shows_keeps_and_serves_and_draws_nothing(programs: Programs, tmp_path: Path) -> None:
    tracker = programs.tracker()
    edit = tracker.new_board("den")
    view = Invite.parse(edit).viewer().format()
    keeper = programs.keeper(view)
    keeper.program.says("view only")
    keeper.program.says("announced")
    programs.start("draw", edit, stdin=strokes(3)).result()

    info = programs.info(view)
    assert (info["shapes"], [peer["may_edit"] for peer in info["peers"]]) == (3, [False])
    assert "view only, same board" in programs.start("info", view).result()
    programs.start("export", view, str(tmp_path / "board.png")).result()
    assert from_file(keeper.file).invite == Invite.parse(view)

    for target in (view, str(keeper.file)):
        draw = programs.run("draw", target, stdin=strokes(1))
        assert (draw.ends(), draw.out) == (1, "")
        assert draw.err == "p2psketch: This link lets you see the board, not draw on it; ask for an edit link.\n"
    assert keeper.on_disk().log.op_count() == 3


def test_draw_with_a_view_link_does_not_wait_for_strokes() -> None:
    view = Invite.new((), "den", os.urandom).viewer().format()
    with subprocess.Popen([*STARTS, "draw", view], stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as draw:
        assert draw.wait(PATIENCE) == 1, "nobody has written to it, nor closed its standard input"
        assert draw.stderr is not None
        assert draw.stderr.read().count("\n") == 1


def test_a_kept_file_keeps_the_right_to_draw_when_it_is_opened_with_a_view_link(programs: Programs) -> None:
    tracker = programs.tracker()
    edit = tracker.new_board("den")
    view = Invite.parse(edit).viewer().format()
    before = programs.keeper(view)
    before.program.stop()
    for link in (edit, view):
        keeper = programs.keeper(link, home=before.program.home)
        assert keeper.file == before.file
        assert "view only" not in keeper.program.err
        assert keeper.program.stop() == 0
        assert from_file(keeper.file).invite == Invite.parse(edit)


def test_a_link_can_be_kept_out_of_the_process_list(programs: Programs, place: Place, tmp_path: Path) -> None:
    (tmp_path / "link").write_text(f"{place.link}\n")
    info = programs.info(f"@{tmp_path / 'link'}")
    assert info["shapes"] == 3
    assert [peer["digest"] for peer in info["peers"]] == [info["digest"]]


def test_info_for_people_names_who_is_there(programs: Programs, place: Place) -> None:
    lines = programs.start("info", place.link).result().splitlines()
    assert lines[0].split() == ["shapes", "3"]
    assert lines[-1].startswith("peer") and lines[-1].endswith("same board")


def test_a_visit_leaves_no_file_and_no_trace_of_itself(programs: Programs, place: Place) -> None:
    for _ in range(2):
        info = programs.start("info", "--json", place.link)
        assert [peer["link"] for peer in json.loads(info.result())["peers"]] == ["direct"]
        assert not (info.home / "boards").exists()


def test_a_visit_does_not_touch_the_board_file_of_a_running_program(programs: Programs) -> None:
    keeper = programs.keeper("--peer", NOWHERE, "--room", "cellar")
    home, room = keeper.program.home, ("--peer", keeper.place, "--room", "cellar")
    before = files(home / "boards")
    assert programs.info(*room, home=home)["shapes"] == 0
    assert files(home / "boards") == before
    programs.start("draw", *room, home=home, stdin=strokes(2)).result()
    assert set(files(home / "boards")) == set(before)
    assert keeper.on_disk().log.op_count() == 2


# Files


def test_a_board_file_needs_nobody(programs: Programs, board_file: Path, tmp_path: Path) -> None:
    draw = programs.start("draw", str(board_file), stdin=strokes(2))
    draw.result()
    assert draw.err == f"2 strokes saved in {board_file}\n"
    info = programs.info(str(board_file))
    assert (info["shapes"], info["peers"]) == (5, [])
    picture = tmp_path / "board.png"
    export = programs.start("export", str(board_file), str(picture))
    assert export.result() == f"{picture}\n"
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_a_board_file_can_catch_up_first(programs: Programs, place: Place, tmp_path: Path) -> None:
    file = tmp_path / "empty.p2psketch"
    replace(from_invite(Invite.parse(place.link)), path=file).open_store().close()
    assert programs.info(str(file))["shapes"] == 0
    assert programs.info(str(file), "--wait")["shapes"] == 3
    assert programs.info(str(file))["shapes"] == 3


def test_draw_takes_a_file_of_strokes(programs: Programs, board_file: Path, tmp_path: Path) -> None:
    (tmp_path / "strokes").write_text(strokes(4))
    programs.start("draw", str(board_file), str(tmp_path / "strokes")).result()
    assert read_board(from_file(board_file)).document.visible_count == 7


# What goes wrong is one sentence


def test_nobody_there_is_told_in_time(programs: Programs) -> None:
    nobody = ("--peer", NOWHERE, "--timeout", "1")
    for alone in [programs.start(command, *nobody, stdin=strokes(1)) for command in ("draw", "info")]:
        assert alone.ends() == 1
        assert alone.out == ""
        assert alone.err == "p2psketch: Nobody of the board “lobby” could be reached within 1 s.\n"


def test_a_port_in_use_is_told(programs: Programs, place: Place) -> None:
    port = place.keeper.place.rpartition(":")[2]
    second = programs.run("keep", "--peer", NOWHERE, "--listen", port)
    assert second.ends() == 1
    assert second.err.splitlines()[-1].startswith(f"p2psketch: Cannot listen on port {port} (")


def taken_for_right(program: Coroutine[Any, Any, Any]) -> None:
    """In the place of `asyncio.run`: would begin."""
    program.close()
    pytest.fail("it begins as if all were right")


@pytest.mark.parametrize(
    "arguments",
    [
        ["kep"],
        ["keep"],
        ["keep", "--listen", "70000", "x.p2psketch"],
        ["keep", "p2psketch://"],
        ["keep", LINK],
        ["keep", f"{LINK}AQHoTTVJ3txmkIJRT8PWmlbt8WwEAVX9aCCMtACBZ2CQYn6"],
        ["keep", "https://example.org/"],
        ["keep", "kitchen"],
        ["keep", "@/nowhere/link"],
        ["keep", "/nowhere/board.p2psketch"],
        ["keep", "."],
        ["keep", "--peer", "127.0.0.1"],
        ["keep", "--peer", "127.0.0.1:0"],
        ["keep", "--tracker", "two words:1"],
        ["keep", "--tracker", NOWHERE, "--name", "\n"],
        ["keep", "--room", "den"],
        ["info", "--tracker", NOWHERE, "--timeout", "-1"],
        ["info", "--tracker", NOWHERE, "--timeout", "nan"],
        ["draw", "--tracker", NOWHERE, "/nowhere/strokes"],
        ["draw", "--tracker", NOWHERE, "not-strokes"],
        ["export", "--tracker", NOWHERE, "board.gif"],
        ["export", "--tracker", NOWHERE],
        ["export", "--tracker", NOWHERE, "nowhere/board.png"],
        ["export", "--tracker", NOWHERE, "folder.png"],
        ["draw", "--tracker", NOWHERE, "empty"],
        ["draw", "--tracker", NOWHERE, "not-text"],
        ["draw", "--tracker", NOWHERE, "deep"],
        ["keep", "@not-text"],
        ["keep", "@empty"],
        ["join", "--tracker", NOWHERE, "--geometry", "wide"],
        ["export", "--tracker", NOWHERE, "board.png", "--width", "0"],
        ["invite"],
        ["invite", "--tracker", ""],
        ["info", "foreign.p2psketch"],
        ["info", "garbage.p2psketch"],
        ["draw", "foreign.p2psketch", "strokes"],
        ["draw", "garbage.p2psketch", "strokes"],
    ],
    ids=" ".join,
)
def test_what_is_wrong_is_one_sentence_before_anything_begins(
    arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("P2PSKETCH_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(asyncio, "run", taken_for_right)
    (tmp_path / "not-strokes").write_text('{"points": [[0, 0]]}\nhello\n')
    (tmp_path / "not-text").write_bytes(b"\xff\xfe")
    (tmp_path / "deep").write_text("[" * 100_000)
    (tmp_path / "empty").touch()
    (tmp_path / "folder.png").mkdir()
    (tmp_path / "strokes").write_text(strokes(1))
    (tmp_path / "garbage.p2psketch").write_bytes(b"garbage" * 1000)
    with closing(sqlite3.connect(tmp_path / "foreign.p2psketch")) as database:
        database.execute("CREATE TABLE something (x)")
    before = files(tmp_path)
    try:
        status = cli.main(arguments)
    except SystemExit as end:
        status = int(end.code or 0)
    said = capsys.readouterr()
    assert status in (1, 2)
    assert said.out == ""
    assert re.fullmatch(r"p2psketch[ a-z]*: .{10,300}[.]\n", said.err), said.err
    assert {name: what for name, what in files(tmp_path).items() if not name.startswith("home")} == before


def test_a_mistake_in_a_file_is_told_with_its_line(programs: Programs, tmp_path: Path) -> None:
    (tmp_path / "shapes").write_text(f'{strokes(1)}\n\n{{"points": [[0, 0]}}\n')
    draw = programs.run("draw", "--peer", NOWHERE, str(tmp_path / "shapes"))
    assert (draw.ends(), draw.err) == (1, "p2psketch: Line 3 cannot be drawn: it is not JSON.\n")


def test_a_picture_that_cannot_be_written_is_told(programs: Programs, board_file: Path, tmp_path: Path) -> None:
    (tmp_path / ".board.png.part").mkdir()  # where the picture would grow
    export = programs.run("export", str(board_file), str(tmp_path / "board.png"))
    assert export.ends() == 1
    assert re.fullmatch(r"p2psketch: .*board.png cannot be written: .+[.]\n", export.err)


# Where results go


def redirected(where: str, *arguments: str, unbuffered: bool = False) -> "subprocess.CompletedProcess[str]":
    """A command whose standard streams the shell redirects."""
    environment = os.environ | {"PYTHONUNBUFFERED": "1" if unbuffered else ""}
    command = ["bash", "-c", f'"$@" {where}', "-", *STARTS, *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


INVITE = ["invite", "--tracker", NOWHERE]
RESULTS = pytest.mark.parametrize(
    ("arguments", "unbuffered"), [(INVITE, False), (INVITE, True), (["--help"], False)], ids=["buffered", "not", "help"]
)


@RESULTS
def test_a_reader_that_has_left_is_no_reason_to_complain(arguments: list[str], unbuffered: bool) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    environment = os.environ | {"PYTHONUNBUFFERED": "1" if unbuffered else ""}
    with os.fdopen(writer) as pipe:
        done = subprocess.run(
            [*STARTS, *arguments], env=environment, stdout=pipe, stderr=subprocess.PIPE, text=True, check=False
        )
    assert (done.returncode, done.stderr) == (1, "")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="this system has no disk that is always full")
@RESULTS
def test_a_result_that_does_not_fit_on_the_disk_is_told(arguments: list[str], unbuffered: bool) -> None:
    done = redirected(">/dev/full", *arguments, unbuffered=unbuffered)
    assert done.returncode == 1
    assert re.fullmatch(r"p2psketch: The result cannot be printed: .+[.]\n", done.stderr)


def test_closed_streams_are_told() -> None:
    invite = redirected(">&-", "invite", "--tracker", NOWHERE)
    assert (invite.returncode, invite.stderr) == (
        1,
        "p2psketch: The result cannot be printed: standard output is closed.\n",
    )
    draw = redirected("<&-", "draw", "--peer", NOWHERE)
    assert (draw.returncode, draw.stderr) == (1, "p2psketch: Standard input is closed; name a FILE to draw from.\n")
    silent = redirected("2>&-", "draw", "--peer", NOWHERE, "/nowhere/strokes")
    assert (silent.returncode, silent.stdout) == (1, ""), "what is no result does not go where results go"


# Windows


@pytest.mark.parametrize("arguments", [[], ["join", "--peer", NOWHERE]], ids=["welcome page", "room"])
def test_without_a_display_a_window_is_refused_in_one_sentence(arguments: list[str], tmp_path: Path) -> None:
    environment = os.environ | {"QT_QPA_PLATFORM": "nowhere", "P2PSKETCH_HOME": str(tmp_path)}
    done = subprocess.run([*STARTS, *arguments], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert re.fullmatch(r"p2psketch: No window can be opened here \(.+\); .+ need no display[.]\n", done.stderr)
