"""Whose turn it is, of the links that have brought more than was taken."""

from collections.abc import Callable
from typing import cast

import pytest

from peer.peer_link import CROWDED, HEAD_START, Line, PeerLink


class Loop:
    """What is to be called when, by the seconds of its own clock."""

    def __init__(self) -> None:
        self.now = 0.0
        self._calls: list[tuple[float, int, Callable[[], None]]] = []
        self._count = 0

    def later(self, seconds: float, call: Callable[[], None]) -> None:
        self._count += 1
        self._calls.append((self.now + seconds, self._count, call))

    def run(self, seconds: float) -> None:
        """All that is due until then."""
        end = self.now + seconds
        while due := [call for call in self._calls if call[0] <= end]:
            first = min(due, key=lambda call: call[:2])
            self._calls.remove(first)
            self.now = max(first[0], self.now)
            first[2]()
        self.now = end


class Link:
    """A link that has brought `left` moments of messages, and is heard by its `line` one moment a turn."""

    def __init__(self, line: Line, told: list[str], name: str, left: int, *, talkative: bool = False) -> None:
        self.had = 0.0
        self._line, self._told, self._name, self._left, self._talkative = line, told, name, left, talkative
        line.begin(self.link)

    @property
    def link(self) -> PeerLink:
        return cast(PeerLink, self)

    @property
    def place(self) -> tuple[bool, float]:
        return self._talkative, self.had

    def take(self) -> None:
        self._told.append(self._name)
        self.had += 0.002
        self._left -= 1
        if self._left:
            self._line.stand(self.link, 0)


class Scene:
    """A line, its loop, and in which order links had their turns."""

    def __init__(self) -> None:
        self.loop = Loop()
        self.backlog = 0
        self.told: list[str] = []
        self.line = Line(lambda: self.backlog, self.loop.later)

    def link(self, name: str, left: int, *, rest: float = 0, talkative: bool = False) -> Link:
        link = Link(self.line, self.told, name, left, talkative=talkative)
        self.line.stand(link.link, rest)
        return link


@pytest.fixture
def scene() -> Scene:
    return Scene()


def test_links_have_turns_one_after_the_other(scene: Scene) -> None:
    for name in "abc":
        scene.link(name, 3)
    assert scene.line.crowd == 3
    scene.loop.run(1)
    assert sorted(scene.told[:3]) == sorted(scene.told[3:6]) == sorted(scene.told[6:]) == ["a", "b", "c"]
    assert scene.line.crowd == 0


def test_who_says_little_goes_before_all_who_say_much(scene: Scene) -> None:
    for name in "abc":
        scene.link(name, 5, talkative=True)
    scene.link("quiet", 2)
    scene.loop.run(1)
    assert scene.told[:2] == ["quiet", "quiet"]


def test_who_was_quiet_for_long_is_not_ahead_for_long(scene: Scene) -> None:
    """Else a link that saved up its time could keep all others waiting."""
    quiet = Link(scene.line, scene.told, "quiet", 100)
    scene.link("busy", 500)
    for _ in range(100):
        scene.loop.run(0)
    scene.told.clear()
    busy = scene.link("busy", 500)
    busy.had = 5.0
    scene.line._reached = 5.0
    scene.line.stand(quiet.link, 0)
    scene.loop.run(1)
    ahead = scene.told.index("busy")
    assert scene.told[:ahead] == ["quiet"] * ahead
    assert ahead <= HEAD_START / 0.002 + 1


def test_a_new_link_may_pass_only_if_it_would_be_next(scene: Scene) -> None:
    first = Link(scene.line, scene.told, "first", 1)
    assert scene.line.may_pass(first.link), "nobody is there"
    other = scene.link("other", 3)
    other.had = 0.001
    assert scene.line.may_pass(first.link)
    first.had = 0.002
    assert not scene.line.may_pass(first.link)


def test_what_a_link_had_while_nobody_waited_is_not_held_against_it(scene: Scene) -> None:
    early = Link(scene.line, scene.told, "early", 1)
    early.had = 3600.0
    assert scene.line.may_pass(early.link)
    scene.link("late", 1)
    assert scene.line.may_pass(early.link)


def test_who_rests_is_counted_and_comes_back(scene: Scene) -> None:
    scene.link("tired", 1, rest=0.5)
    assert scene.line.crowd == 1
    scene.loop.run(0.4)
    assert scene.told == []
    scene.loop.run(0.2)
    assert scene.told == ["tired"]


def test_nothing_is_taken_while_those_who_are_told_have_enough_to_do(scene: Scene) -> None:
    scene.backlog = CROWDED + 1
    scene.link("a", 1)
    scene.loop.run(0.1)
    assert scene.told == []
    scene.backlog = 0
    scene.loop.run(0.1)
    assert scene.told == ["a"]


def test_a_line_that_is_closed_calls_nobody(scene: Scene) -> None:
    scene.link("a", 2)
    scene.link("b", 1, rest=0.2)
    scene.line.close()
    scene.loop.run(1)
    assert scene.told == []
