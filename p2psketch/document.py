"""The document: one map of last-writer-wins registers.

Rule: per (shape, field) the write with the higher `Stamp(time, peer)` wins; nothing else decides.
So ops commute, and any order and any repetition of the same ops give one board. The document
does not know who asked for a change, nor whether it came from here or from afar.

(LWW-element registers as in Shapiro, Preguiça, Baquero, Zawirski 2011, "A comprehensive study
of convergent and commutative replicated data types", section 3.2.1.)
"""

from collections.abc import Iterable, Iterator
from hashlib import blake2b
from typing import Final

from p2psketch import cuts, ink
from p2psketch.ids import ShapeId, Stamp
from p2psketch.ops import Op, pack
from p2psketch.shapes import (
    BIRTH_FIELDS,
    DEFAULT_COLOR,
    DEFAULT_WIDTH,
    FIXED_FIELDS,
    HIGHLIGHTER,
    STROKE,
    Fields,
    Stroke,
    Value,
)

DIGEST_SIZE: Final = 16
_MASK = (1 << 8 * DIGEST_SIZE) - 1


class Shape:
    """The registers of one shape, by field.

    Most shapes are written once, by the op that creates them at `time` (0 until that op is here): then all their fields
    have the stamp of that op, and all but the points are a dict that others share. What comes after has a stamp each.
    `is_summed`: the digest of its document has it as it is.
    """

    __slots__ = ("_fields", "_since", "id", "is_summed", "points", "time")

    def __init__(self, id: ShapeId, time: int, fields: Fields) -> None:
        self.id = id
        self.is_summed = False
        self.be_born(time, fields)

    def be_born(self, time: int, fields: Fields) -> None:
        """Have the fields of the op that creates it, and no others. `points` are its ink, if it has any."""
        self.time = time
        self._since: _Since | None = None
        self.points: bytes | None
        self._fields: dict[str, Value]
        """All of them; or all but the points, and not to be written to."""
        if type(fields) is Stroke:
            self._fields, self.points = fields.style, fields.points
        else:
            self._fields, self.points = dict(fields), fields.get("points")
            if not FIXED_FIELDS.issuperset(fields):
                self.unite_cuts()

    @property
    def values(self) -> Fields:
        """The value of each field that was ever written. To change one: `write`."""
        fields = self._fields
        return fields if self.points is None or "points" in fields else {**fields, "points": self.points}

    @property
    def stamp(self) -> Stamp:
        """Of every field not written since the shape was created."""
        return Stamp(self.time, self.id.peer)

    @property
    def later(self) -> dict[str, Stamp]:
        """The stamps of what has been written since."""
        return self._since.stamps if self._since is not None else {}

    @property
    def cut(self) -> tuple[int, ...] | None:
        """The union of all its cuts; None where there never was one."""
        return self._since.cut if self._since is not None else None

    def unite_cuts(self) -> None:
        """The values are other ones."""
        found = [value for field, value in self._fields.items() if cuts.is_name(field)]
        if found:
            self._changed().cut = cuts.union(value for value in found if value)

    def _changed(self) -> "_Since":
        """It is not any more as it was created."""
        if self._since is None:
            self._since = _Since()
            self._fields = dict(self.values)
        return self._since

    def stamp_of(self, field: str) -> Stamp:
        """The stamp of a field; of one never written, that of the shape itself."""
        return self.later.get(field) or self.stamp

    @property
    def visible(self) -> bool:
        """Is it on the board, and of a kind that this version can show?"""
        fields, points = self._fields, self.points
        if points is None or fields.get("kind") != STROKE or fields.get("deleted"):
            return False
        since = self._since
        return since is None or not since.cut or not cuts.is_whole(since.cut, ink.count(points))

    @property
    def pieces(self) -> list[tuple[float, float]] | None:
        """What cuts have left of a stroke, from where to where along its points; None if that is all of it."""
        return cuts.left(self.cut, ink.count(self.points)) if self.cut and self.points is not None else None

    def less(self, cut: cuts.Cut) -> "Shape":
        """As it would be with one more cut: another shape, not part of any document."""
        other = Shape(self.id, self.time, self.values)
        since = other._changed()
        since.stamps, since.cut = self.later, cuts.union((self.cut or (), cut))
        return other

    @property
    def z(self) -> tuple[bool, bytes, ShapeId]:
        """Shapes are painted in this order: highlighters beneath all ink, and each of both by its own z."""
        fields = self._fields
        return fields.get("nib") != HIGHLIGHTER, fields.get("z") or self.time.to_bytes(8, "big"), self.id

    @property
    def color(self) -> int:
        """0xRRGGBB."""
        value = self._fields.get("color")
        return DEFAULT_COLOR if value is None else value

    @property
    def width(self) -> float:
        """Width of the ink in board pixels."""
        return self._fields.get("width") or DEFAULT_WIDTH

    @property
    def placement(self) -> list[float] | None:
        """The affine map from its points to the board, if it has been moved."""
        return self._fields.get("placement")

    @property
    def highlights(self) -> bool:
        """Is it drawn with the highlighter: translucent, beneath the ink?"""
        return self._fields.get("nib") == HIGHLIGHTER

    def write(self, field: str, value: Value, stamp: Stamp) -> None:
        """Set a field whatever it held before."""
        since = self._changed()
        before, self._fields[field] = self._fields.get(field), value
        if field == "points":
            self.points = value
        elif cuts.is_name(field):
            self._take_cut(since, before, value)
        if stamp == self.stamp:
            since.stamps.pop(field, None)
        else:
            since.stamps[field] = stamp

    def _take_cut(self, since: "_Since", before: cuts.Cut | None, value: cuts.Cut | None) -> None:
        """Only what takes the place of another cut costs as much as all cuts together."""
        if before:
            self.unite_cuts()
        else:
            since.cut = cuts.union((since.cut or (), value or ()))


class _Since:
    """What has become of a shape since it was created: stamps by field, and the union of its cuts."""

    __slots__ = ("cut", "stamps")

    def __init__(self) -> None:
        self.stamps: dict[str, Stamp] = {}
        self.cut: tuple[int, ...] | None = None


class Document:
    """All shapes that any op has named, the visible ones counted, the digest on demand."""

    def __init__(self) -> None:
        self._shapes: dict[ShapeId, Shape] = {}
        self._touched: set[ShapeId] = set()
        self._unsummed: list[Shape] = []
        self._sum = 0
        self.visible_count = 0

    def __len__(self) -> int:
        return len(self._shapes)

    def get(self, id: ShapeId) -> Shape | None:
        """The shape, visible or not, if any op has named it."""
        return self._shapes.get(id)

    def some(self, ids: Iterable[ShapeId]) -> list[Shape]:
        """Those of many that any op has named, in the order of the ids."""
        return [shape for shape in map(self._shapes.get, ids) if shape is not None]

    def all(self) -> list[Shape]:
        """Every shape that any op has named, at this moment, in no particular order."""
        return list(self._shapes.values())

    def visible(self) -> Iterator[Shape]:
        """The visible shapes, in no particular order."""
        return (shape for shape in self._shapes.values() if shape.visible)

    def painted(self) -> list[Shape]:
        """The visible shapes, bottom first."""
        return sorted(self.visible(), key=lambda shape: shape.z)

    def register(self, id: ShapeId, field: str) -> tuple[Value, Stamp | None]:
        """A field's value and stamp; (None, the shape's stamp) if it was never written."""
        shape = self._shapes.get(id)
        if shape is None:
            return None, None
        return shape.values.get(field), shape.stamp_of(field)

    def apply(self, op: Op) -> None:
        """Merge an op. Merging it again, or in another order, changes nothing."""
        (author, seq), stamp = op.id, op.stamp
        for shape_id, fields in op.sets:
            self._touched.add(shape_id)
            shape = self._shapes.get(shape_id)
            creator, its_seq, _ = shape_id
            born = creator == author and (its_seq == seq or (its_seq == 0 and seq == 1))
            if shape is None and born:
                self.visible_count += self._new(shape_id, stamp.time, fields).visible
            else:
                self._merge(shape or self._new(shape_id, 0, {}), fields, stamp, born)

    def _new(self, id: ShapeId, time: int, fields: Fields) -> Shape:
        shape = self._shapes[id] = Shape(id, time, fields)
        self._unsummed.append(shape)
        return shape

    def _merge(self, shape: Shape, fields: Fields, stamp: Stamp, born: bool) -> None:
        self._unsum(shape)
        before = shape.visible
        if born and shape.time != stamp.time:
            self._give_birth(shape, fields, stamp)
        else:
            held = shape.values
            for field, value in fields.items():
                if field in BIRTH_FIELDS and not born:
                    continue
                if field not in held or stamp > shape.stamp_of(field):
                    shape.write(field, value, stamp)
        self.visible_count += shape.visible - before

    def _give_birth(self, shape: Shape, fields: Fields, stamp: Stamp) -> None:
        """The creating op arrives after later registers of its shape: the shape takes on its stamp."""
        early = {field: (value, shape.stamp_of(field)) for field, value in shape.values.items()}
        shape.be_born(stamp.time, fields)
        for field, (value, its_stamp) in early.items():
            if field not in fields or its_stamp > stamp:
                shape.write(field, value, its_stamp)

    def take_touched(self) -> set[ShapeId]:
        """The shapes that ops have named since the last call."""
        touched, self._touched = self._touched, set()
        return touched

    def touch(self, other: "Document") -> None:
        """This document takes the place of another: every shape of either may look different now."""
        self._touched |= self._shapes.keys() | other._shapes.keys() | other._touched

    # -- digest ---------------------------------------------------------------------------

    def digest(self) -> bytes:
        """16 bytes over every register, deleted and unknown ones too; equal boards have equal digests.

        A sum of hashes (Bellare & Micciancio 1997, AdHash), so that it is brought up to date at
        the cost of what changed. It shows accidents, not attacks; those are up to the logs' heads.
        """
        self.sum_some(len(self._unsummed))
        return self._sum.to_bytes(DIGEST_SIZE, "big")

    def sum_some(self, most: int) -> bool:
        """Bring the digest up to date for `most` of the shapes that have changed; says whether there are others.

        For all of a large board at once it takes as long as a stall can be seen.
        """
        some = self._unsummed[-most:]
        del self._unsummed[-most:]
        self._sum = (self._sum + sum(map(_hash, some))) & _MASK
        for shape in some:
            shape.is_summed = True
        return bool(self._unsummed)

    def _unsum(self, shape: Shape) -> None:
        if shape.is_summed:
            shape.is_summed = False
            self._sum -= _hash(shape)
            self._unsummed.append(shape)


def _hash(shape: Shape) -> int:
    """A shape written once is hashed as it is; any other by its sorted registers, whatever came first."""
    state: object
    id, values = shape.id, shape.values
    if shape.later or "kind" not in values:
        state = (id, sorted((f, v, shape.stamp_of(f)) for f, v in values.items()))
    else:
        state = (id, values, (shape.time, id.peer))  # its stamp
    return int.from_bytes(blake2b(pack(state), digest_size=DIGEST_SIZE).digest(), "big")


def apply_all(document: Document, ops: Iterable[Op]) -> None:
    """Merge many ops."""
    for op in ops:
        document.apply(op)
