"""Processes that are asked, and that end with whoever started them."""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from p2psketch.errors import SketchError
from peer import crew
from peer.crew import Crew, Left, Member

ECHO = """
import json, sys
for line in sys.stdin:
    print("not an answer", flush=True)
    print(json.dumps({"said": json.loads(line)}), flush=True)
"""


def with_member(folder: Path, work: Callable[[Member], Awaitable[None]]) -> None:
    """One peer of a crew, running `crew.PEER`."""

    async def run() -> None:
        async with Crew(folder, os.environ) as all_of_them:
            await work(await all_of_them.start_peer("Ana", folder, ()))

    asyncio.run(run())


def play(monkeypatch: pytest.MonkeyPatch, program: str) -> None:
    monkeypatch.setattr(crew, "PEER", program)


def test_a_command_is_answered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def work(ana: Member) -> None:
        assert await ana.ask(do="dance", how="well") == {"said": {"do": "dance", "how": "well"}}

    play(monkeypatch, ECHO)
    with_member(tmp_path, work)


def test_who_closes_the_window_has_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def work(ana: Member) -> None:
        with pytest.raises(Left):
            await ana.ask(do="dance")

    play(monkeypatch, "")
    with_member(tmp_path, work)


def test_who_fails_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def work(ana: Member) -> None:
        with pytest.raises(SketchError, match=r"Ana ended with status 1. It said: no shoes"):
            await ana.ask(do="dance")

    play(monkeypatch, "import sys; sys.exit('no shoes')")
    with_member(tmp_path, work)


@pytest.mark.skipif(sys.platform == "win32", reason="there are no signals on Windows")
def test_of_a_crash_the_first_line_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def work(ana: Member) -> None:
        with pytest.raises(SketchError, match=r"Ana ended with status -6. It said: no floor"):
            await ana.ask(do="dance")

    play(monkeypatch, "import os, sys; print('no floor\\nsorry', file=sys.stderr, flush=True); os.abort()")
    with_member(tmp_path, work)


def test_who_does_not_answer_in_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def work(ana: Member) -> None:
        with pytest.raises(SketchError, match=r"Ana did not answer within 0 s"):
            await ana.ask(0.3, do="dance")

    play(monkeypatch, "import sys; sys.stdin.read()")
    with_member(tmp_path, work)


def test_who_does_not_go_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept: list[Member] = []

    async def work(ana: Member) -> None:
        await ana.hear()
        kept.append(ana)

    monkeypatch.setattr(crew, "ENDED_WITHIN", 0.2)
    play(monkeypatch, "import time; print('{}', flush=True); time.sleep(600)")
    with_member(tmp_path, work)
    assert kept[0].process.returncode not in (None, 0)


def test_it_runs_the_code_of_this_process_whatever_lies_around(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def work(ana: Member) -> None:
        assert await ana.hear() == {"crew": crew.__file__}

    (tmp_path / "json.py").write_text("raise SystemExit('the wrong one')")
    monkeypatch.chdir(tmp_path)
    play(monkeypatch, "import json, peer.crew; print(json.dumps({'crew': peer.crew.__file__}))")
    with_member(tmp_path, work)


def test_a_tracker_listens_on_this_machine_and_ends_with_the_crew(tmp_path: Path) -> None:
    async def run() -> Member:
        async with Crew(tmp_path, os.environ) as all_of_them:
            tracker, address = await all_of_them.start_tracker()
            _, writer = await asyncio.open_connection(*address)
            writer.close()
            await writer.wait_closed()
        return tracker

    assert asyncio.run(run()).process.returncode == 0
