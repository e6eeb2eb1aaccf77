"""The rows that are left in the pages of a damaged board file, whatever has become of the tree that led to them.

Rule: pages are read as they lie, in the file and in its log, and every record that has the shape of one of our rows is
taken: nothing here says that it is genuine, which its signature does. Nothing is written, and SQLite is not asked.
(SQLite's own description: "Database File Format", sections 1.6, 2.1 and 4.)
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from p2psketch.oplog import MAX_OPS

PAGE: Final = 4096
"""Where the file does not say: SQLite's own size."""
FRAME_HEADER: Final = 24
LOG_HEADER: Final = 32
LEAF_INDEX, INNER_INDEX, LEAF_TABLE = 10, 2, 13
MOST_BYTES: Final = 1 << 20
"""In a record: several times what our largest row has."""

Value = int | bytes | str | None
Pages = dict[int, bytes]


@dataclass
class Rows:
    """What was found, table by table, as it stood in their columns; of what has one key, the newest comes last."""

    authors: dict[int, list[tuple[bytes, bytes | None]]] = field(default_factory=dict)
    chunks: set[tuple[int, int, int, bytes, bytes, bytes | None]] = field(default_factory=set)
    forks: list[bytes] = field(default_factory=list)
    drafts: dict[bytes, tuple[int, bytes]] = field(default_factory=dict)
    blobs: dict[bytes, bytes] = field(default_factory=dict)
    addresses: dict[int, tuple[str, int]] = field(default_factory=dict)
    settings: dict[str, list[str]] = field(default_factory=dict)


def carve(path: Path) -> Rows:
    """All rows in a file and in the log beside it. OSError if the file cannot be read."""
    data = path.read_bytes()
    log = path.with_name(path.name + "-wal")
    logged = log.read_bytes() if log.is_file() else b""
    size = int.from_bytes(data[16:18], "big")
    size = 65536 if size == 1 else size
    if size < 512 or size & (size - 1):
        size = PAGE
    current, stale = _frames(logged, size)
    base = [(number + 1, data[at : at + size]) for number, at in enumerate(range(0, len(data), size))]
    pages = dict(base) | dict(current)
    rows = Rows()
    _read(rows, stale, dict(stale) | pages, size)
    _read(rows, [(number, page) for number, page in (*base, *current) if page is not pages[number]], pages, size)
    rows.drafts.clear()  # what was dropped since is a stroke by now
    _read(rows, list(pages.items()), pages, size)
    return rows


def _read(rows: Rows, some: list[tuple[int, bytes]], pages: Pages, size: int) -> None:
    for number, page in some:
        for key, values in _records(page, number, pages, size):
            _sort(rows, key, values)


def _frames(log: bytes, size: int) -> tuple[list[tuple[int, bytes]], list[tuple[int, bytes]]]:
    """Pages in the log: of its present round, and what is left of earlier ones."""
    current: list[tuple[int, bytes]] = []
    stale: list[tuple[int, bytes]] = []
    for at in range(LOG_HEADER, len(log) - FRAME_HEADER, FRAME_HEADER + size):
        number = int.from_bytes(log[at : at + 4], "big")
        present = log[at + 8 : at + 16] == log[16:24] and not stale
        page = log[at + FRAME_HEADER : at + FRAME_HEADER + size]
        (current if present else stale).append((number, page))
    return current, stale


def _records(page: bytes, number: int, pages: Pages, size: int) -> Iterator[tuple[int, list[Value]]]:
    """The row number, where there is one, and the columns of every record in a page of a tree."""
    start = 100 if number == 1 else 0
    kind = page[start] if len(page) > start + 12 else 0
    if kind not in (LEAF_INDEX, INNER_INDEX, LEAF_TABLE):
        return
    count = int.from_bytes(page[start + 3 : start + 5], "big")
    first = start + (12 if kind == INNER_INDEX else 8)
    for place in range(first, min(first + 2 * count, len(page) - 1), 2):
        cell = int.from_bytes(page[place : place + 2], "big")
        try:
            found = _record(page, cell + (4 if kind == INNER_INDEX else 0), kind, pages, size)
        except (IndexError, ValueError):  # it is damaged: the next one need not be
            continue
        if found is not None:
            yield found


def _record(page: bytes, at: int, kind: int, pages: Pages, size: int) -> tuple[int, list[Value]] | None:
    length, at = _varint(page, at)
    key = 0
    if kind == LEAF_TABLE:
        key, at = _varint(page, at)
    if not 2 <= length <= MOST_BYTES:
        return None
    here = _local(length, kind, size)
    payload = page[at : at + here]
    if here < length:
        payload += _overflow(int.from_bytes(page[at + here : at + here + 4], "big"), length - here, pages, size)
    return (key, _columns(payload)) if len(payload) == length else None


def _local(length: int, kind: int, size: int) -> int:
    """How much of a payload stands in the page itself."""
    most = size - 35 if kind == LEAF_TABLE else (size - 12) * 64 // 255 - 23
    if length <= most:
        return length
    least = (size - 12) * 32 // 255 - 23
    some = least + (length - least) % (size - 4)
    return some if some <= most else least


def _overflow(number: int, length: int, pages: Pages, size: int) -> bytes:
    parts: list[bytes] = []
    while length > 0:
        page = pages.get(number, b"")
        if len(page) < 4:
            raise ValueError("a page is missing")
        parts.append(page[4 : 4 + min(length, size - 4)])
        length -= size - 4
        number = int.from_bytes(page[:4], "big")
    return b"".join(parts)


def _columns(payload: bytes) -> list[Value]:
    """The values of a record."""
    header, at = _varint(payload, 0)
    if header > 64 or header > len(payload):
        raise ValueError("not one of our records")
    types: list[int] = []
    while at < header:
        type_, at = _varint(payload, at)
        types.append(type_)
    values: list[Value] = []
    for type_ in types:
        value, at = _value(payload, at, type_)
        values.append(value)
    return values


def _value(payload: bytes, at: int, type_: int) -> tuple[Value, int]:
    if type_ == 0:
        return None, at
    if type_ in (8, 9):
        return type_ - 8, at
    length = (type_ - 12) // 2 if type_ >= 12 else (0, 1, 2, 3, 4, 6, 8)[type_]
    data = payload[at : at + length]
    if len(data) < length:
        raise ValueError("a record ends too soon")
    if type_ < 12:
        return int.from_bytes(data, "big", signed=True), at + length
    return (data.decode("utf-8") if type_ % 2 else data), at + length


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = 0
    for place in range(at, at + 8):
        value = value << 7 | data[place] & 127
        if data[place] < 128:
            return value, place + 1
    return value << 8 | data[at + 8], at + 9


def _sort(rows: Rows, key: int, values: list[Value]) -> None:
    """Into the table whose row it could be."""
    match values:
        case [int(author), int(first), int(length), bytes(head), bytes(ops), bytes() | None as signature]:
            if author > 0 and first > 0 and 0 < length <= MAX_OPS and len(head) == 32:
                rows.chunks.add((author, first, length, head, ops, signature))
        case [None, bytes(peer), bytes() | None as proof] if len(peer) == 32 and key:
            rows.authors.setdefault(key, []).append((peer, proof))
        case [bytes(peer), int(number)] if len(peer) == 32:
            rows.authors.setdefault(number, []).append((peer, None))  # from the index over them
        case [bytes(peer), int(wall), bytes(body)] if len(peer) == 32 and wall >= 0:
            rows.drafts[peer] = wall, body
        case [bytes(hash), bytes(data)] if len(hash) == 32:
            rows.blobs[hash] = data
        case [bytes(message)] if message:
            rows.forks.append(message)
        case [None, str(host), int(port)] if 0 < port < 65536:
            rows.addresses[key] = host, port
        case [str(name), str(text)]:
            rows.settings.setdefault(name, []).append(text)
