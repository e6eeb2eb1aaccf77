"""The board file as a peer has it: whatever becomes of it, what is drawn is kept, in memory while it cannot be there.

Rule: a failure costs the file, never the board. While the file cannot be written a board in memory stands in for it,
nothing is claimed to be on disk, and the file is tried again: at once, then less and less often. When it can be written
again, it is given all that it lacks. A file that another program writes is that program's: this one links to it, and
takes over when it ends. What a file loses by damage is never believed, served or overwritten.
"""

import asyncio
import logging
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Final, Protocol, assert_never

from p2psketch import effects as e
from p2psketch.address import Address
from p2psketch.errors import BoardDamaged, BoardInUse, EnvelopeError, NotABoard, StoreError
from p2psketch.ids import PeerId
from p2psketch.keys import RoomKeys, check_ops
from p2psketch.oplog import Chunk, Known, head_after
from peer.backoff import Backoff
from peer.store import Store, words
from peer.telling import Pace, Sink, telling

log = logging.getLogger(__name__)

COMMIT_WITHIN: Final = 0.01
"""Seconds: to commit costs as much as to apply three ops, and while everybody draws, ops come from everywhere."""
PACK_FOR: Final = 0.005
"""Seconds in a second, until all small rows of the file are joined."""
MOST_MENDS: Final = 3
"""Of one file, in one launch: a disk that damages what is written to it is not worth more."""

THIS_MACHINE: Final = "127.0.0.1"


class Files(Protocol):
    """Where a board is kept; `Target` is one."""

    @property
    def keys(self) -> RoomKeys:
        """The keys of its room."""

    def open_store(self) -> Store:
        """The board's file, for writing."""

    def read_store(self) -> Store:
        """What can be read of it, in memory."""

    def mended(self, store: Store) -> Store:
        """The same file, of which only what holds is left."""


class Disk:
    """`open` it, `perform` effects, `commit` before anything leaves, `read`; `tick` once a second; `close`.

    Events go to `sink`, where `backlog` of them wait to be taken. `joins`: if another program writes the file, be its
    neighbour; else that is an error.
    """

    def __init__(
        self,
        files: Files,
        sink: Sink,
        *,
        joins: bool = True,
        backlog: Callable[[], int] = lambda: 0,
    ) -> None:
        self.store: Store
        self._files = files
        self._sink = sink
        self._joins = joins
        self._pace = Pace(backlog)
        self._loop = asyncio.get_running_loop()
        self._tips: dict[PeerId, Known] = {}
        self._committing: asyncio.TimerHandle | None = None
        self._retry = Backoff(self._try_again)
        self._shares_with: int | None = None
        self._port: int | None = None
        self._device: int | None = None
        self._drafts_told = False
        self._dropped: set[PeerId] = set()
        self._mends = 0
        self._written = False
        self._is_untidy = True
        self._syncing: asyncio.Future[None] | None = None

    # -- opening -------------------------------------------------------------------------------------

    async def open(self) -> None:
        """Open the file, and tell what it holds as fast as that is taken. StoreError where there is nothing to open."""
        try:
            self.store = self._files.open_store()
        except BoardInUse as error:
            if not self._joins or error.port is None:
                raise
            self.store = self._files.read_store()
            self._share(error.port)
        except NotABoard:
            raise
        except StoreError as error:
            self._open_in_memory(error)
        self._device = _device_of(self.store.path or self.store.detached_from)
        self._news(self.store.damage)
        await self._read_at_pace()
        if not self.store.is_sound() and self._is_mended():
            self._read_anew()

    def _open_in_memory(self, error: StoreError) -> None:
        """It can be read at best."""
        log.error("the board file cannot be used: %s", error)
        try:
            self.store = self._files.read_store()
        except NotABoard:
            raise
        except StoreError:
            raise error from None
        self._stand_in(words.meanwhile(str(error)))

    def tell(self, port: int) -> None:
        """Where this peer listens, for other programs that come to this file."""
        self._port = port
        if self.store.lock is not None:
            with suppress(OSError):  # they are told that the board is in use, and not where
                self.store.lock.tell(port)

    async def _read_at_pace(self) -> None:
        try:
            for size in self._telling():
                await self._pace.told(size)
        except StoreError as error:
            self._fail(error)
            self._read_anew()

    def _read_all(self) -> None:
        try:
            for _ in self._telling():
                pass
        except StoreError as error:
            self._fail(error)
            self._read_anew()

    def _read_anew(self) -> None:
        """From the beginning, in place of what the session has been told so far."""
        self._sink(e.StoreReset())
        self._read_all()

    def _telling(self) -> Iterator[int]:
        drafts = self.store.lock is not None and not self._drafts_told  # another program's may be under its pen
        yield from telling(self.store, self._sink, drafts=drafts)
        self._drafts_told |= drafts

    # -- effects -------------------------------------------------------------------------------------

    def perform(self, effect: e.DiskEffect) -> None:
        """Do what the session asks; what is written is on disk after `commit`, and soon in any case."""
        match effect:
            case e.Persist(chunk, tip):
                self._write(partial(Store.append, chunk=chunk))
                self._tips[chunk.author] = tip
            case e.KeepDraft(author, wall, body):
                self._write(partial(Store.keep_draft, author=author, wall=wall, body=body))
            case e.DropDraft(author):
                self._write(partial(Store.drop_draft, author=author))
                self._dropped.add(author)
            case e.Forget(author, first, length):
                self._write(partial(Store.forget, author=author, first=first, length=length))
            case e.KeepFork(fork):
                self._write(partial(Store.add_fork, fork=fork))
            case e.KeepNote(what, text):
                self._write(lambda store: store.set(**{what: text}))
            case e.Remember(addresses):
                self._write(partial(Store.set_addresses, addresses=addresses))
            case e.Recall(author, seq):
                self._loop.call_soon(self._recall, author, seq)
            case e.Reread(mend):
                self._loop.call_soon(self._reread, mend)
            case _:
                assert_never(effect)

    def _write(self, what: Callable[[Store], None]) -> None:
        """Into the board file, or else into the memory that takes its place."""
        try:
            what(self.store)
        except StoreError as error:
            self._fail_in_passing(error)
            what(self.store)
        self._written = True
        if self._committing is None:
            self._committing = self._loop.call_later(COMMIT_WITHIN, self.commit)

    def commit(self) -> None:
        """All that was performed is on disk, or in the memory that takes its place."""
        if self._committing is None:
            return
        self._committing.cancel()
        self._committing = None
        try:
            self.store.commit()
        except StoreError as error:
            self._fail_in_passing(error)
        self._tell_tips()

    def _tell_tips(self) -> None:
        if self._tips and not self.store.detached_from:
            tips, self._tips = tuple(self._tips.items()), {}
            self._sink(e.Persisted(tips))

    def _recall(self, author: PeerId, seq: int) -> None:
        chunk = self.read(author, seq, seq)
        if chunk is not None:
            self._sink(e.Recalled(chunk))

    def _reread(self, mend: bool) -> None:
        if mend and not self.store.damage:
            self._is_mended()
        self._read_all()

    # -- reading -------------------------------------------------------------------------------------

    def read(self, author: PeerId, first: int, last: int) -> Chunk | None:
        """Ops of the log, as others can believe them; None if they are not there."""
        try:
            chunk = self.store.read(author, first, last)
        except StoreError as error:
            self._fail_in_passing(error)
            chunk = self.store.read(author, first, last)
        if chunk is None or self.store.is_recent(chunk) or self._holds(chunk):
            return chunk
        log.error("the board file holds ops that nobody has signed")
        if self._is_mended():
            self._loop.call_soon(self._read_anew)
        chunk = self.store.read(author, first, last)
        return chunk if chunk is not None and self._holds(chunk) else None

    def _holds(self, chunk: Chunk) -> bool:
        signature = chunk.signature
        try:
            head = head_after(chunk)
        except EnvelopeError:
            return False
        return signature is not None and check_ops(chunk.author, self._files.keys.room_id, chunk.last, head, signature)

    # -- failures ------------------------------------------------------------------------------------

    def _fail(self, error: StoreError) -> None:
        """The file cannot be used as it is: it is rescued, or everything goes on in memory, and nothing is claimed to
        be on disk. What the session has been told is to be told anew after the former.
        """
        if self.store.path is None:
            raise error
        log.error("the board file cannot be used: %s", error)
        if not (isinstance(error, BoardDamaged) and self._is_mended()):
            self._leave_file(words.cannot_be_written(self.store.path, str(error)))

    def _fail_in_passing(self, error: StoreError) -> None:
        self._fail(error)
        if self.store.path is not None:
            self._loop.call_soon(self._read_anew)

    def _leave_file(self, sentence: str, *, soon: bool = False) -> None:
        file, self.store = self.store, self.store.detached()
        file.settle()
        file.let_go()
        self._stand_in(sentence, soon=soon)

    def _stand_in(self, sentence: str, *, soon: bool = False) -> None:
        self._loop.call_soon(self._sink, e.StoreFailed(sentence))
        (self._retry.at_once if soon else self._retry.shortest)()

    def _share(self, port: int) -> None:
        """Another program writes the file; it has what this one draws over a link."""
        if self._shares_with != port:
            self._shares_with = port
            self._loop.call_soon(self._sink, e.StoreShared(Address(THIS_MACHINE, port), words.SHARED))
        self._retry.shortest()

    def _is_mended(self) -> bool:
        """Leave in the file only what holds; the file as it was is kept."""
        if self.store.lock is None or self._mends == MOST_MENDS:
            return False
        self._mends += 1
        recent = self.store.recent()
        try:
            self.store = self._files.mended(self.store)
        except StoreError as error:
            self.store = self._files.read_store()
            self._stand_in(words.meanwhile(str(error)))
        for chunk in recent:
            self.store.append(chunk)
        self.store.commit()
        self._news(self.store.damage)
        self.tell_again()
        return True

    def tell_again(self) -> None:
        """The file is another one, or ours again: the lock has to say where we listen."""
        if self._port is not None:
            self.tell(self._port)

    def _news(self, sentence: str) -> None:
        if sentence:
            self._loop.call_soon(self._sink, e.StoreNews(sentence))

    # -- coming back ---------------------------------------------------------------------------------

    def _try_again(self) -> None:
        """Give the file all that it lacks, if it can be written by now, and by us."""
        try:
            file = self._reopened()
        except BoardInUse as error:
            if error.port is not None:
                self._share(error.port)
            else:
                self._retry.shortest()
        except StoreError as error:
            log.debug("the board file still cannot be used: %s", error)
            self._retry.longer()
        else:
            self._come_back(file)

    def _reopened(self) -> Store:
        path = self.store.detached_from
        if path is not None and not path.exists() and _device_of(path) != self._device:
            raise StoreError("its disk is not there")
        file = self._files.open_store()
        try:
            if not file.is_sound():
                file = self._files.mended(file)
            file.absorb(self.store, self._dropped)
        except BaseException:
            file.let_go()
            raise
        return file

    def _come_back(self, file: Store) -> None:
        memory, self.store = self.store, file
        holds_more = file.op_count() > memory.op_count()
        memory.close()
        self._shares_with = None
        self._device = _device_of(file.path)
        self.tell_again()
        self._sink(e.StoreBack(file.damage or words.BACK))
        self._tell_tips()
        if holds_more or file.damage or not self._drafts_told:
            self._sink(e.StoreReset())
            self._read_all()

    # -- time ----------------------------------------------------------------------------------------

    def tick(self) -> None:
        """Once a second: is the file still there? And what was written is not to wait for a power cut."""
        if self.store.path is None:
            return
        if not self.store.is_there():
            log.error("the board file cannot be used: it is gone")
            self._leave_file(words.is_gone(self.store.path), soon=True)
            return
        if self._is_untidy:
            self._pack()
        if self._written:
            self._written = False
            self._syncing = self._loop.run_in_executor(None, self.store.sync)

    def _pack(self) -> None:
        """Strokes are signed and stored one by one as they are drawn, and take half as much again as together."""
        try:
            self._is_untidy = self.store.pack(self._files.keys.room_id, PACK_FOR)
            self.store.commit()
        except StoreError as error:
            self._fail_in_passing(error)

    def close(self) -> None:
        """Write what is pending; a file that could not be written is tried a last time."""
        self._retry.stop()
        if self._committing is not None:
            self._committing.cancel()
        if self.store.detached_from and self._shares_with is None:
            with suppress(StoreError):
                memory, self.store = self.store, self._reopened()
                memory.close()
        with suppress(StoreError):
            self.store.shrink()
        self.store.close()


def _device_of(path: Path | None) -> int | None:
    """Which disk its folder is on."""
    try:
        return path.parent.stat().st_dev if path is not None else None
    except OSError:
        return None
