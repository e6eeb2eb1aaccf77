"""TLS over a wire in memory: where bytes are cut does not matter, and a stream that has ended stays so."""

import asyncio
import os
import ssl
from collections.abc import Callable

import pytest

from p2psketch.ids import PeerId
from p2psketch.keys import Identity, RoomKeys
from peer.stream import Credentials, PeerStream

ROOM = RoomKeys.from_edit_secret(b"room".ljust(32))
HERE, THERE = (Credentials(ROOM, Identity(name.ljust(32))) for name in (b"here", b"there"))


class Wire(asyncio.Transport):
    """Keeps what a stream sends until it is carried over."""

    def __init__(self) -> None:
        super().__init__()
        self.sent = bytearray()
        self.ended = self.aborted = False
        self.reads = True

    def write(self, data: bytes | bytearray | memoryview) -> None:
        assert not self.ended
        self.sent += data

    def write_eof(self) -> None:
        self.ended = True

    def abort(self) -> None:
        self.aborted = True

    def close(self) -> None:
        self.ended = True

    def pause_reading(self) -> None:
        self.reads = False

    def resume_reading(self) -> None:
        self.reads = True

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None: ...

    def get_write_buffer_size(self) -> int:
        return len(self.sent)


class Owner:
    """Keeps what it is told; `when_opened` is what it does then."""

    def __init__(self, when_opened: Callable[[PeerStream], None] = lambda _: None) -> None:
        self.when_opened = when_opened
        self.told: list[object] = []
        self.data = b""

    def opened(self, stream: PeerStream, peer: PeerId) -> None:
        self.told.append(peer)
        self.when_opened(stream)

    def received(self, data: bytes) -> None:
        assert type(data) is bytes
        assert data
        self.data += data

    def pause(self) -> None:
        self.told.append("pause")

    def resume(self) -> None:
        self.told.append("resume")

    def closed(self, stream: PeerStream, reason: str) -> None:
        self.told.append(reason)


class End:
    """One end of a link: stream, wire and owner."""

    def __init__(self, credentials: Credentials, owner: Owner | None = None, *, server: bool = False) -> None:
        self.owner = owner or Owner()
        self.stream = PeerStream(credentials, self.owner, server=server)
        self.wire = Wire()

    def carry_to(self, other: "End", piece: int) -> None:
        sent, self.wire.sent = bytes(self.wire.sent), bytearray()
        for at in range(0, len(sent), piece):
            part = sent[at : at + piece]
            other.stream.get_buffer(-1)[: len(part)] = part
            other.stream.buffer_updated(len(part))


def linked(piece: int = 1 << 18, owner: Owner | None = None) -> tuple[End, End]:
    """Two ends with the handshake done, carried over in pieces."""
    client, server = End(HERE, owner), End(THERE, server=True)
    for end in (client, server):
        end.stream.connection_made(end.wire)
    exchange(client, server, piece)
    return client, server


def exchange(one: End, other: End, piece: int = 1 << 18) -> None:
    while one.wire.sent or other.wire.sent:
        one.carry_to(other, piece)
        other.carry_to(one, piece)


def in_loop(test: Callable[[], None]) -> None:
    """Streams need a loop for their deadlines."""

    async def story() -> None:
        test()

    asyncio.run(story())


@pytest.mark.parametrize("piece", [1, 7, 1000, 1 << 18])
def test_where_bytes_are_cut_does_not_matter(piece: int) -> None:
    def story() -> None:
        client, server = linked(piece)
        assert (client.owner.told, server.owner.told) == ([THERE.identity.peer_id], [HERE.identity.peer_id])
        data = os.urandom(40_000)
        client.stream.write(data)
        server.stream.write(b"short")
        exchange(client, server, piece)
        assert (server.owner.data, client.owner.data) == (data, b"short")

    in_loop(story)


def test_what_comes_together_is_handed_on_together() -> None:
    def story() -> None:
        client, server = linked()
        pieces: list[bytes] = []
        server.owner.received = pieces.append  # type: ignore[assignment, method-assign]
        for _ in range(5):
            client.stream.write(b"frame")
        client.carry_to(server, 1 << 18)
        assert pieces == [b"frame" * 5]

    in_loop(story)


def test_nothing_is_written_for_nothing() -> None:
    def story() -> None:
        client, _ = linked()
        client.stream.write(b"")
        assert not client.wire.sent

    in_loop(story)


def test_the_last_words_arrive_before_the_close() -> None:
    def story() -> None:
        client, server = linked()
        client.stream.write(b"bye")
        client.stream.close("done")
        client.stream.write(b"too late")
        client.carry_to(server, 1 << 18)
        assert client.wire.ended
        assert server.wire.ended
        assert server.owner.data == b"bye"
        assert server.stream.reason == "the other side closed the link"
        for end in (client, server):
            end.stream.eof_received()
            end.stream.connection_lost(None)
        assert client.owner.told == [THERE.identity.peer_id, "done"]
        assert server.owner.told[1:] == ["the other side closed the link"]

    in_loop(story)


def test_what_comes_after_close_is_thrown_away() -> None:
    def story() -> None:
        client, server = linked()
        server.stream.write(b"unread")
        client.stream.pause_reading()
        assert not client.wire.reads
        client.stream.close()
        assert client.wire.reads, "a socket closed over unread bytes is reset"
        server.carry_to(client, 1 << 18)
        assert client.owner.data == b""
        client.stream.pause_writing()
        client.stream.resume_writing()
        assert len(client.owner.told) == 1

    in_loop(story)


def test_a_changed_byte_ends_the_link() -> None:
    def story() -> None:
        client, server = linked()
        client.stream.write(b"first")
        client.stream.write(b"second")
        client.wire.sent[-1] ^= 1
        client.carry_to(server, 1 << 18)
        assert server.owner.data == b"first"
        assert "mac" in server.stream.reason
        assert server.wire.ended

    in_loop(story)


def test_an_owner_may_close_while_it_is_told() -> None:
    def story() -> None:
        client, server = linked(owner=Owner(lambda stream: stream.abort("not you")))
        assert client.wire.aborted
        assert client.stream.reason == "not you"
        server.stream.write(b"anybody?")
        server.carry_to(client, 1 << 18)
        assert client.owner.data == b""

    in_loop(story)


def test_the_handshake_ends_for_whoever_waits_when_the_connection_breaks() -> None:
    async def story() -> None:
        end = End(HERE)
        end.stream.connection_made(end.wire)
        waiting = asyncio.create_task(end.stream.handshake())
        await asyncio.sleep(0)
        end.stream.connection_lost(ConnectionResetError(104, "Connection reset by peer"))
        assert not await waiting
        assert end.stream.reason == "the link broke (Connection reset by peer)"
        assert end.owner.told == []

    asyncio.run(story())


def test_a_stream_aborted_before_it_had_a_connection_lets_go_of_it() -> None:
    def story() -> None:
        end = End(HERE)
        end.stream.abort()
        end.stream.connection_made(end.wire)
        assert end.wire.aborted
        assert not end.wire.sent

    in_loop(story)


def test_no_session_tickets_and_no_old_versions() -> None:
    server, client = HERE._contexts
    assert server.num_tickets == 0
    assert not client.check_hostname
    for context in (server, client):
        assert context.minimum_version == context.maximum_version
        assert len(context.get_ca_certs()) == 1
        assert context.verify_mode is ssl.CERT_REQUIRED
    assert HERE._contexts[0] is server
