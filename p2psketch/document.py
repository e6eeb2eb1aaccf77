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
    Value,
)

DIGEST_SIZE: Final = 16
_CUT: Final = cuts.PREFIX
_MASK = (1 << 8 * DIGEST_SIZE) - 1


class Shape:
    """The registers of one shape: values by field, and their stamps.

    `stamp` is that of every field not listed in `later`; most shapes are written once, by the op
    that creates them, so that `later` stays None. `cut` is the union of all its cuts, and None
    where there never was one.
    """

    __slots__ = ("cut", "id", "later", "stamp", "values")

    def __init__(self, id: ShapeId, stamp: Stamp, values: dict[str, Value]) -> None:
        self.id = id
        self.stamp = stamp
        self.values = values
        self.later: dict[str, Stamp] | None = None
        self.cut: tuple[int, ...] | None = None
        if not FIXED_FIELDS.issuperset(values):
            self.unite_cuts()

    def unite_cuts(self) -> None:
        """The values are other ones."""
        found = [value for field, value in self.values.items() if field.startswith(_CUT)]
        self.cut = cuts.union(value for value in found if value) if found else None

    def stamp_of(self, field: str) -> Stamp:
        """The stamp of a field; of one never written, that of the shape itself."""
        return self.stamp if self.later is None else self.later.get(field, self.stamp)

    @property
    def visible(self) -> bool:
        """Is it on the board, and of a kind that this version can show?"""
        values = self.values
        if values.get("kind") != STROKE or "points" not in values or values.get("deleted"):
            return False
        return self.cut is None or not cuts.is_whole(self.cut, ink.count(values["points"]))

    @property
    def pieces(self) -> list[tuple[float, float]] | None:
        """What cuts have left of a stroke, from where to where along its points; None if that is all of it."""
        return cuts.left(self.cut, ink.count(self.values["points"])) if self.cut else None

    def less(self, cut: cuts.Cut) -> "Shape":
        """As it would be with one more cut: another shape, not part of any document."""
        other = Shape(self.id, self.stamp, self.values)
        other.later, other.cut = self.later, cuts.union((self.cut or (), cut))
        return other

    @property
    def z(self) -> tuple[bool, bytes, ShapeId]:
        """Shapes are painted in this order: highlighters beneath all ink, and each of both by its own z."""
        values = self.values
        return values.get("nib") != HIGHLIGHTER, values.get("z") or self.stamp.time.to_bytes(8, "big"), self.id

    @property
    def color(self) -> int:
        """0xRRGGBB."""
        value = self.values.get("color")
        return DEFAULT_COLOR if value is None else value

    @property
    def width(self) -> float:
        """Width of the ink in board pixels."""
        return self.values.get("width") or DEFAULT_WIDTH

    @property
    def highlights(self) -> bool:
        """Is it drawn with the highlighter: translucent, beneath the ink?"""
        return self.values.get("nib") == HIGHLIGHTER

    def write(self, field: str, value: Value, stamp: Stamp) -> None:
        """Set a field whatever it held before."""
        if field.startswith(_CUT):
            self._take_cut(field, value)
        self.values[field] = value
        if stamp == self.stamp:
            if self.later is not None:
                self.later.pop(field, None)
        elif self.later is None:
            self.later = {field: stamp}
        else:
            self.later[field] = stamp

    def _take_cut(self, field: str, value: cuts.Cut | None) -> None:
        """Only what takes the place of another cut costs as much as all cuts together."""
        before, self.values[field] = self.values.get(field), value
        if before:
            self.unite_cuts()
        else:
            self.cut = cuts.union((self.cut or (), value or ()))


class Document:
    """All shapes that any op has named, the visible ones counted, the digest on demand."""

    def __init__(self) -> None:
        self._shapes: dict[ShapeId, Shape] = {}
        self._touched: set[ShapeId] = set()
        self._unsummed: set[ShapeId] = set()
        self._sum = 0
        self.visible_count = 0

    def __len__(self) -> int:
        return len(self._shapes)

    def get(self, id: ShapeId) -> Shape | None:
        """The shape, visible or not, if any op has named it."""
        return self._shapes.get(id)

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
                shape = self._shapes[shape_id] = Shape(shape_id, stamp, dict(fields))
                self._unsummed.add(shape_id)
                self.visible_count += shape.visible
            else:
                self._merge(shape or self._new(shape_id, stamp), fields, stamp, born)

    def _new(self, id: ShapeId, stamp: Stamp) -> Shape:
        shape = self._shapes[id] = Shape(id, stamp, {})
        self._unsummed.add(id)
        return shape

    def _merge(self, shape: Shape, fields: Fields, stamp: Stamp, born: bool) -> None:
        self._unsum(shape)
        before = shape.visible
        if born and shape.stamp != stamp:
            self._give_birth(shape, fields, stamp)
        else:
            for field, value in fields.items():
                if field in BIRTH_FIELDS and not born:
                    continue
                if field not in shape.values or stamp > shape.stamp_of(field):
                    shape.write(field, value, stamp)
        self.visible_count += shape.visible - before

    def _give_birth(self, shape: Shape, fields: Fields, stamp: Stamp) -> None:
        """The creating op arrives after later registers of its shape: the shape takes on its stamp."""
        early = {field: (value, shape.stamp_of(field)) for field, value in shape.values.items()}
        shape.stamp, shape.values, shape.later = stamp, dict(fields), None
        shape.unite_cuts()
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
        shapes = self._shapes
        self._sum += sum(_hash(shapes[id]) for id in self._unsummed)
        self._sum &= _MASK
        self._unsummed.clear()
        return self._sum.to_bytes(DIGEST_SIZE, "big")

    def _unsum(self, shape: Shape) -> None:
        if shape.id not in self._unsummed:
            self._sum -= _hash(shape)
            self._unsummed.add(shape.id)


def _hash(shape: Shape) -> int:
    """A shape written once is hashed as it is; any other by its sorted registers, whatever came first."""
    state: object
    if shape.later or "kind" not in shape.values:
        state = (shape.id, sorted((f, v, shape.stamp_of(f)) for f, v in shape.values.items()))
    else:
        state = (shape.id, shape.values, shape.stamp)
    return int.from_bytes(blake2b(pack(state), digest_size=DIGEST_SIZE).digest(), "big")


def apply_all(document: Document, ops: Iterable[Op]) -> None:
    """Merge many ops."""
    for op in ops:
        document.apply(op)
