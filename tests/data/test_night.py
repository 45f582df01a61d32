"""Synthetic night: its definition, and that image i of the night is image i of the day."""

import numpy as np
import pytest

import ganzoo.data
from ganzoo.data import night, package
from ganzoo.data.source import Source
from ganzoo.errors import BadInput
from ganzoo.recipe import Data, Pairs


def test_a_pixel_by_hand():
    red = np.array([[[255, 0, 0], [255, 255, 255], [0, 0, 0]]], np.uint8)
    faded = np.array([0.299 + 0.45 * 0.701, 0.55 * 0.299, 0.55 * 0.299])
    wanted = 0.38 * faded**1.6 * [0.72, 0.85, 1.25] + [0.01, 0.015, 0.04]
    white = 0.38 * np.array([0.72, 0.85, 1.25]) + [0.01, 0.015, 0.04]
    found = night.night(red)[0]
    assert found.tolist() == [*np.round(255 * np.array([wanted, white])).tolist(), [3, 4, 10]]


def test_pairs_of_day_and_night(monkeypatch):
    images = np.random.default_rng(0).integers(0, 256, (5, 8, 8, 3), np.uint8)
    monkeypatch.setattr(package, "open", lambda data: Source(data.name, 5, images, licence="CC0"))
    day = Data("package", "photos", window=4)
    pairs = ganzoo.data.open(Pairs(day, Data("night", "photos", window=4), aligned=True))
    assert np.array_equal(pairs.b.images, night.night(images)) and np.array_equal(pairs.a.images, images)
    assert pairs.name == "photos and photos at synthetic night" and pairs.licence == "CC0"
    batch = next(iter(pairs.stream(3, seed=0)))
    levels = [np.round((batch[part].numpy() + 1) * 127.5).astype(np.uint8) for part in "ab"]
    assert np.array_equal(night.night(levels[0]), levels[1])


def test_an_unknown_set_is_refused_as_of_packages():
    with pytest.raises(BadInput, match="no package set 'nowhere'"):
        ganzoo.data.open(Data("night", "nowhere"))
    with pytest.raises(BadInput, match="a night set has none"):
        ganzoo.data.open(Data("night", "gcompris_photos", path="x"))
