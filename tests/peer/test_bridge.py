"""The network thread, as the Qt thread uses it; bridges at work are in test_app.py and in the windows' tests."""

import asyncio
import threading
from collections.abc import Iterator

import pytest

from peer.bridge import NetworkThread

PATIENCE = 15.0


@pytest.fixture
def thread() -> Iterator[NetworkThread]:
    thread = NetworkThread()
    yield thread
    thread.stop()


async def where() -> str:
    await asyncio.sleep(0)
    return threading.current_thread().name


async def wrong() -> None:
    raise ValueError("wrong")


def test_what_is_asked_before_there_is_a_loop_waits_for_it_in_order(thread: NetworkThread) -> None:
    done: list[int] = []
    for number in range(3):
        thread.call(done.append, number)
    future = thread.do(where())
    thread.start()
    thread.call(done.append, 3)
    assert future.result(PATIENCE) == "network"
    assert thread.do(where()).result(PATIENCE) == "network"
    assert done == [0, 1, 2, 3]


def test_first_of_all_it_does_what_it_was_given() -> None:
    done: list[str] = []
    thread = NetworkThread(lambda: done.append(threading.current_thread().name))
    thread.start()
    thread.do(where()).result(PATIENCE)
    assert done == ["network"]
    thread.stop()


def test_what_goes_wrong_is_told_to_who_asked(thread: NetworkThread) -> None:
    thread.start()
    with pytest.raises(ValueError, match="wrong"):
        thread.do(wrong()).result(PATIENCE)


def test_stop_ends_it_and_what_is_asked_afterwards_is_not_done(thread: NetworkThread) -> None:
    thread.stop()
    assert not thread.is_alive(), "it was never started"
    thread.start()
    thread.stop()
    assert not thread.is_alive()
    thread.call(pytest.fail, "too late")
