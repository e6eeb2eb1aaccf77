"""Boxes in slots."""

import random

import numpy as np

from p2psketch.geometry import Rect
from peer.ui.boxes import Boxes


def test_it_finds_what_a_search_of_all_would_find() -> None:
    rng, boxes, there = random.Random(3), Boxes(), dict[int, Rect]()
    for _ in range(1_000):
        if there and rng.random() < 0.3:
            slot = rng.choice(list(there))
            boxes.remove(slot)
            del there[slot]
        else:
            left, top = rng.uniform(-1e4, 1e4), rng.uniform(-1e4, 1e4)
            box = Rect(left, top, left + rng.uniform(0, 500), top + rng.uniform(0, 500))
            few = [box, *(Rect(*(side + n for side in box)) for n in range(rng.choice((0, 0, 1, 90))))]
            slots = boxes.add(np.array(few).T)
            assert there.keys().isdisjoint(slots)
            there.update(zip(slots, few, strict=True))
    area = Rect(-2000, -2000, 3000, 1000)
    assert set(boxes.meeting(area)) == {slot for slot, box in there.items() if box.intersects(area)}
    around = boxes.around()
    assert around is not None
    assert around.left == min(box.left for box in there.values())
    assert around.bottom == max(box.bottom for box in there.values())
    assert all(boxes[slot] == box for slot, box in there.items())


def test_of_no_boxes_there_is_nothing_around() -> None:
    boxes = Boxes()
    assert boxes.around() is None
    boxes.remove(*boxes.add(np.array([[0], [0], [1], [1]])))
    assert boxes.around() is None
    assert boxes.meeting(Rect(-9, -9, 9, 9)) == []
