"""One link: what is legal when, from both ends, and when it is dead."""

from collections import deque
from itertools import product

import pytest

from p2psketch.codec import MAX_FRAME, encode
from p2psketch.connection import (
    DEAD_AFTER,
    FINISH_WITHIN,
    GREET_WITHIN,
    PING_EVERY,
    RECEIVING,
    SENDING,
    TALK_A_SECOND,
    TALK_AT_ONCE,
    Connection,
    State,
)
from p2psketch.errors import LocalProtocolError, RemoteProtocolError
from p2psketch.ids import PEER_ID_SIZE
from p2psketch.messages import Bye, Hello, Message, Ops, Person, Ping, Pong, Presence, Welcome
from tests.core.authors import ANN, BEN, CAT
from tests.core.samples import VALID

HELLO = Hello((1,), BEN, Person("Ben", 1), (), 0, True, None)
WELCOME = Welcome(1, BEN, Person("Ben", 1), (), 0, True, None)
BYE = Bye("leaving")
NONSENSE = b"\0\0\0\1\xc1"

MESSAGES: dict[str, Message] = {**VALID, "Hello": HELLO, "Welcome": WELCOME}
TALK = "Have HaveHash Want Ops Fork Draft Presence Links Ping Pong Bye".split()

MAY_RECEIVE: dict[State, dict[str, State]] = {
    State.GREETING: {"Bye": State.CLOSED},
    State.GREETED: {"Welcome": State.OPEN, "Bye": State.CLOSED},
    State.LISTENING: {"Hello": State.DECIDING, "Bye": State.CLOSED},
    State.DECIDING: {"Bye": State.CLOSED},
    State.OPEN: dict.fromkeys(TALK, State.OPEN) | {"Bye": State.CLOSED},
    State.CLOSED: {},
}

MAY_SEND: dict[State, dict[str, State]] = {
    State.GREETING: {"Hello": State.GREETED, "Bye": State.CLOSED},
    State.GREETED: {"Bye": State.CLOSED},
    State.LISTENING: {"Bye": State.CLOSED},
    State.DECIDING: {"Welcome": State.OPEN, "Bye": State.CLOSED},
    State.OPEN: dict.fromkeys(TALK, State.OPEN) | {"Bye": State.CLOSED},
    State.CLOSED: {},
}


def in_state(state: State, now: float = 0.0) -> Connection:
    """A connection to Ben that has come as far as `state`."""
    dialled = state in (State.GREETING, State.GREETED, State.OPEN)
    connection = Connection(BEN, dialled=dialled, now=now)
    if state in (State.GREETED, State.OPEN):
        connection.send(HELLO)
    if state is State.OPEN:
        hears(connection, WELCOME, now=now)
    if state is State.DECIDING:
        hears(connection, HELLO, now=now)
    if state is State.CLOSED:
        connection.send(BYE)
    assert connection.state is state
    return connection


def hears(connection: Connection, *messages: Message, now: float = 0.0) -> list[Message]:
    return list(connection.receive(b"".join(map(encode, messages)), now))


def test_every_pair_is_decided_here() -> None:
    assert set(MAY_RECEIVE) == set(MAY_SEND) == set(State)
    for table, expected in ((RECEIVING, MAY_RECEIVE), (SENDING, MAY_SEND)):
        written = {(state, name): then for state, row in expected.items() for name, then in row.items()}
        assert {(state, kind.__name__): then for (state, kind), then in table.items()} == written


@pytest.mark.parametrize(("state", "name"), list(product(State, MESSAGES)))
def test_receiving(state: State, name: str) -> None:
    connection, then = in_state(state), MAY_RECEIVE[state].get(name)
    if then is not None:
        assert hears(connection, MESSAGES[name]) == [MESSAGES[name]]
        assert connection.state is then
    elif state is State.CLOSED:
        assert hears(connection, MESSAGES[name]) == []
    else:
        with pytest.raises(RemoteProtocolError, match=f"{name} is not allowed while {state.name}"):
            hears(connection, MESSAGES[name])
        assert connection.state is state


@pytest.mark.parametrize(("state", "name"), list(product(State, MESSAGES)))
def test_sending(state: State, name: str) -> None:
    connection, then = in_state(state), MAY_SEND[state].get(name)
    if then is not None:
        assert connection.send(MESSAGES[name]) == encode(MESSAGES[name])
        assert connection.state is then
    else:
        with pytest.raises(LocalProtocolError, match=f"{name} cannot be sent while {state.name}"):
            connection.send(MESSAGES[name])
        assert connection.state is state


Both = tuple[State, State, tuple[type[Message], ...], tuple[type[Message], ...]]
"""The states of two ends, and what is under way from one to the other and back."""


def test_whatever_one_end_may_send_the_other_may_receive() -> None:
    """All that two ends can come to, with up to two messages under way in each direction."""
    start: Both = (State.GREETING, State.LISTENING, (), ())
    seen, waiting = {start}, deque([start])
    while waiting:
        here, there, out, back = waiting.popleft()
        steps: list[Both] = []
        for kind in {type(message) for message in MESSAGES.values()}:
            if len(out) < 2 and (here, kind) in SENDING:
                steps.append((SENDING[here, kind], there, (*out, kind), back))
            if len(back) < 2 and (there, kind) in SENDING:
                steps.append((here, SENDING[there, kind], out, (*back, kind)))
        if out and there is not State.CLOSED:
            assert (there, out[0]) in RECEIVING, f"{out[0].__name__} arrives while {there}"
            steps.append((here, RECEIVING[there, out[0]], out[1:], back))
        if back and here is not State.CLOSED:
            assert (here, back[0]) in RECEIVING, f"{back[0].__name__} arrives while {here}"
            steps.append((RECEIVING[here, back[0]], there, out, back[1:]))
        for step in steps:
            if step not in seen:
                seen.add(step)
                waiting.append(step)
    assert {state for state, *_ in seen} == set(State) - {State.LISTENING, State.DECIDING}
    assert {state for _, state, *_ in seen} == set(State) - {State.GREETING, State.GREETED}


# The greeting


@pytest.mark.parametrize(("state", "name"), [(State.LISTENING, "Hello"), (State.GREETED, "Welcome")])
def test_a_greeting_names_whom_the_certificate_names(state: State, name: str) -> None:
    assert VALID[name].peer == ANN  # type: ignore[union-attr]
    connection = in_state(state)
    with pytest.raises(RemoteProtocolError, match="another peer than the certificate"):
        hears(connection, VALID[name])
    assert connection.state is state


@pytest.mark.parametrize("state", [State.GREETING, State.GREETED, State.LISTENING])
def test_a_greeting_that_does_not_come(state: State) -> None:
    connection = in_state(state, now=100.0)
    connection.tick(100.0 + GREET_WITHIN - 0.1)
    list(connection.receive(encode(WELCOME)[:9], 100.0 + GREET_WITHIN - 0.1))
    with pytest.raises(RemoteProtocolError, match="no greeting within 5 s"):
        connection.tick(100.0 + GREET_WITHIN)


@pytest.mark.parametrize("state", [State.DECIDING, State.OPEN, State.CLOSED])
def test_a_greeting_that_came_is_not_missed(state: State) -> None:
    in_state(state).tick(DEAD_AFTER - 0.1)


# The end


def test_nothing_counts_after_bye() -> None:
    connection = in_state(State.OPEN)
    assert hears(connection, Ping(1), BYE, Ping(2)) == [Ping(1), BYE]
    assert list(connection.receive(NONSENSE, 0.0)) == []
    assert connection.state is State.CLOSED


def test_what_was_under_way_when_we_said_bye_is_no_offence() -> None:
    connection = in_state(State.OPEN)
    connection.send(BYE)
    assert hears(connection, Ping(1), BYE) == []


@pytest.mark.parametrize(
    "offence", [NONSENSE, encode(HELLO), (MAX_FRAME + 1).to_bytes(4, "big")], ids=["nonsense", "illegal", "too large"]
)
def test_after_an_offence_nothing_of_theirs_counts_and_we_may_say_bye(offence: bytes) -> None:
    connection = in_state(State.OPEN)
    messages = connection.receive(encode(Ping(1)) + offence + encode(Ping(2)), 1.0)
    assert next(messages) == Ping(1)
    with pytest.raises(RemoteProtocolError):
        next(messages)
    assert hears(connection, Ping(3)) == []
    assert list(connection.receive(offence, 2.0)) == []
    with pytest.raises(RemoteProtocolError, match="not a byte"):
        connection.tick(1.0 + DEAD_AFTER)
    connection.send(Ping(1))
    connection.send(BYE)
    assert connection.state is State.CLOSED


def test_where_bytes_are_cut_does_not_matter() -> None:
    connection = in_state(State.LISTENING)
    stream = encode(HELLO) + encode(BYE)
    got = [message for byte in stream for message in connection.receive(bytes([byte]), 0.0)]
    assert got == [HELLO, BYE]


# Pings


def test_a_ping_is_due_every_five_seconds() -> None:
    connection = in_state(State.OPEN, now=100.0)
    due = []
    for tenth in range(1, 161):
        now = 100.0 + tenth / 10
        hears(connection, Ping(9), now=now)
        if (ping := connection.tick(now)) is not None:
            due.append((now, ping))
    assert due == [(100.0 + n * PING_EVERY, Ping(n)) for n in (1, 2, 3)]


def test_a_ping_out_of_turn_puts_off_the_next() -> None:
    connection = in_state(State.OPEN)
    assert connection.ping(3.0) == Ping(1)
    assert connection.tick(PING_EVERY) is None
    assert connection.tick(3.0 + PING_EVERY) == Ping(2)


@pytest.mark.parametrize("state", [State.GREETING, State.GREETED, State.LISTENING, State.DECIDING, State.CLOSED])
def test_no_ping_is_due_unless_the_link_is_open(state: State) -> None:
    connection = in_state(state)
    connection._opened = 9.0
    assert connection.tick(PING_EVERY + 1) is None


def test_the_round_trip_is_that_of_the_latest_ping() -> None:
    connection = in_state(State.OPEN)
    assert connection.rtt is None
    connection.ping(10.0)
    hears(connection, Pong(1), now=10.25)
    assert connection.rtt == 0.25
    connection.ping(15.0)
    connection.ping(16.0)
    hears(connection, Pong(2), now=17.0)
    assert connection.rtt == 0.25
    hears(connection, Pong(3), now=16.5)
    assert connection.rtt == 0.5


def test_a_pong_that_nobody_asked_for_measures_nothing() -> None:
    connection = in_state(State.OPEN)
    assert hears(connection, Pong(0), Pong(7), now=3.0) == [Pong(0), Pong(7)]
    assert connection.rtt is None


# Silence


@pytest.mark.parametrize("state", [State.DECIDING, State.OPEN])
def test_a_silent_link_is_dead(state: State) -> None:
    connection = in_state(state, now=100.0)
    connection.tick(100.0 + DEAD_AFTER - 0.1)
    with pytest.raises(RemoteProtocolError, match="not a byte for 15 s"):
        connection.tick(100.0 + DEAD_AFTER)


def test_a_byte_is_a_sign_of_life() -> None:
    connection = in_state(State.OPEN)
    for second in range(1, 60):
        list(connection.receive(b"\0", float(second)) if second % 10 == 0 and second < 40 else [])
        if second < 30 + DEAD_AFTER:
            connection.tick(float(second))
    with pytest.raises(RemoteProtocolError, match="not a byte"):
        connection.tick(30.0 + DEAD_AFTER)


def test_a_frame_that_is_never_finished_is_not_waited_for_however_it_drips() -> None:
    connection = in_state(State.OPEN)
    drips = iter(encode(Presence(BEN, None, None, "pen"))[:-1])
    for second in range(0, int(FINISH_WITHIN), 4):
        list(connection.receive(bytes([next(drips)]), float(second)))
        connection.tick(float(second))
    with pytest.raises(RemoteProtocolError, match="not finished within 60 s"):
        connection.tick(FINISH_WITHIN)


def test_frames_that_are_finished_may_overlap_what_arrives() -> None:
    """Each piece ends one frame and begins another: none of them takes long."""
    connection = in_state(State.OPEN)
    stream = b"".join(encode(Ping(n)) for n in range(1, 40))
    half = len(encode(Ping(1))) // 2
    cuts = [stream[cut : cut + 2 * half + 1] for cut in range(half, len(stream), 2 * half + 1)]
    list(connection.receive(stream[:half], 0.0))
    for n, cut in enumerate(cuts, start=1):
        list(connection.receive(cut, n * 10.0))
        connection.tick(n * 10.0)


# How much may be said


def test_what_is_said_at_a_sober_pace_is_never_too_much() -> None:
    connection = in_state(State.OPEN)
    for n in range(5000):
        now = n / (TALK_A_SECOND / 2)
        hears(connection, Presence(BEN, (1.0, 2.0), None, "pen"), now=now)
        assert connection.too_much(now) == 0


def test_a_flood_has_to_wait_and_so_do_long_messages() -> None:
    connection = in_state(State.OPEN)
    waits = []
    for n in range(TALK_AT_ONCE + 100):
        hears(connection, Ping(n))
        waits.append(connection.too_much(0.0))
    assert waits[TALK_AT_ONCE // 2] == 0
    assert waits[-1] > 100 / TALK_A_SECOND
    long = in_state(State.OPEN)
    for _ in range(200):
        hears(long, MESSAGES["Have"], now=0.0)
    few = long.too_much(0.0)
    assert few == 0 < connection.too_much(0.0)


def test_ops_count_for_little_as_they_are_what_everybody_is_here_for() -> None:
    connection = in_state(State.OPEN)
    ops = MESSAGES["Ops"]
    assert isinstance(ops, Ops)
    chunk = Ops(ops.chunk._replace(blob=bytes(64 * 1024)))
    for _ in range(8 * 1024 * 1024 // len(chunk.chunk.blob)):
        hears(connection, chunk)
    assert connection.too_much(0.0) == 0, "8 MiB at once"


def test_of_a_crowd_that_says_too_much_each_has_its_share() -> None:
    alone, crowded = in_state(State.OPEN), in_state(State.OPEN)
    for connection, crowd in ((alone, 1), (crowded, 10)):
        hears(connection, *(Ping(n) for n in range(TALK_AT_ONCE + 100)))
        connection.too_much(0.0, crowd)
    assert alone.too_much(0.0) < 1 < 4 < crowded.too_much(0.0, crowd=10)
    assert alone.too_much(1.0) == 0
    assert crowded.too_much(1.0, crowd=10) > 1


def test_who_is_listened_to_slowly_is_not_taken_for_silent() -> None:
    connection = in_state(State.OPEN)
    for second in range(3 * int(DEAD_AFTER)):
        connection.too_much(float(second))
        connection.tick(float(second))


def test_who_sends_its_own_ops_does_not_say_whose_they_are() -> None:
    here, there = Connection(BEN, dialled=True, now=0.0), Connection(ANN, dialled=False, now=0.0)
    greeting = ((), 0, True, None)
    for speaker, listener, word in (
        (here, there, Hello((1,), ANN, Person("Ann", 1), *greeting)),
        (there, here, Welcome(1, BEN, Person("Ben", 1), *greeting)),
    ):
        assert list(listener.receive(speaker.send(word), 0.0)) == [word]
    ops = MESSAGES["Ops"]
    assert isinstance(ops, Ops)
    own, other = Ops(ops.chunk._replace(author=ANN)), Ops(ops.chunk._replace(author=CAT))
    assert len(here.send(own)) == len(here.send(other)) - PEER_ID_SIZE - 1
    assert list(there.receive(here.send(own) + here.send(other), 0.0)) == [own, other]
    assert list(here.receive(there.send(own), 0.0)) == [own], "a relay says whose they are"
