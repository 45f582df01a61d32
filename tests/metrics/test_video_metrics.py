"""Metrics of clips: by hand, and their calibration rows, which must stay apart."""

import dataclasses

import numpy as np
import pytest

import ganzoo.data
from ganzoo import metrics
from ganzoo.errors import BadInput
from ganzoo.metrics import video
from ganzoo.recipe import Video


def dot(places, side=16):
    """A clip of one bright pixel at these places."""
    clip = np.zeros((1, len(places), side, side, 1), np.uint8)
    for frame, (row, column) in enumerate(places):
        clip[0, frame, row, column] = 200
    return clip


def test_motion_by_hand():
    straight, still = dot([(3, 2), (3, 4), (3, 6), (3, 8)]), dot([(5, 5)] * 4)
    np.testing.assert_allclose(video.centres(straight)[0], [[3, 2], [3, 4], [3, 6], [3, 8]], atol=1e-6)
    np.testing.assert_allclose(video.centres(255 - straight), video.centres(straight), atol=1e-6)  # dark on light
    both = np.concatenate([straight, still])
    assert video.Speed.measure(straight, None) == pytest.approx(2)
    assert video.Speed.measure(both, None) == pytest.approx(1)
    assert video.Jerk.measure(straight, None) == pytest.approx(0, abs=1e-6)
    assert video.Jerk.measure(dot([(0, 0), (0, 3), (0, 3), (0, 6)]), None) == pytest.approx(3)
    assert video.Frozen.measure(both, None) == 0.5
    around = dot([(2, 2), (2, 8), (8, 8), (2, 2)])
    assert video.Loops.measure(np.concatenate([around, straight, still, straight]), None) == 0.25


@pytest.fixture(scope="module")
def digits():
    return ganzoo.data.open(Video(source="moving", name="fashion_mnist", size=16, channels=1, frames=6, limit=200))


NAMES = ("speed100_track", "jerk100_track", "frozen100_track", "loops100_track", "framekd100_pixels")


def test_calibration_rows_stay_apart(digits):
    video.check(NAMES, digits)
    found = video.evaluate(NAMES, lambda count: digits.read(np.arange(count)), digits)
    speed, jerk, frozen = (found[name]["rows"] for name in NAMES[:3])
    assert 0.8 < speed["real"] < 1.8 < speed["shuffled"] < speed["independent"] and speed["static"] == 0
    assert jerk["real"] < jerk["shuffled"] / 2 and jerk["static"] == 0
    assert frozen == {"real": 0, "shuffled": 0, "static": 1, "independent": 0}
    for result in found.values():
        assert result["floor"] == result["rows"]["real"]
    assert found["speed100_track"]["value"] == pytest.approx(speed["real"], rel=0.2)
    kernel = found["framekd100_pixels"]
    noise = np.random.default_rng(0).integers(0, 256, (100, 6, 16, 16, 1), np.uint8)
    bad = video.evaluate(("framekd100_pixels",), lambda count: noise, digits)["framekd100_pixels"]
    assert bad["value"] > 20 * abs(kernel["rows"]["real"])


def test_shuffled_and_independent_frames_are_of_the_clips(digits):
    reals = digits.read(np.arange(20))
    rows = video.calibration(reals)
    for clip, mixed in zip(reals, rows["shuffled"], strict=True):
        assert sorted(each.tobytes() for each in clip) == sorted(each.tobytes() for each in mixed)
    for place in range(reals.shape[1]):
        seen = {each.tobytes() for each in rows["independent"][:, place]}
        assert seen == {each.tobytes() for each in reals[:, place]}
    assert not np.array_equal(rows["independent"], reals)


def test_few_clips_make_a_floor_of_half_of_them_and_say_so(digits):
    (name,), few = ("speed100_track",), digits.take(np.arange(61))
    video.check([name], few)
    found = video.evaluate([name], lambda count: digits.read(np.arange(count)), few)[name]
    assert (found["count"], found["reals_count"], found["floor_count"]) == (100, 61, 30)
    assert found["warnings"] == [f"{name}: {few.name} has 61 clips, so the floor is of 30 against 30"]
    assert found["rows"]["real"] == pytest.approx(video.Speed.measure(few.read(np.arange(30, 60)), None), abs=1e-6)
    assert not video.evaluate([name], lambda count: digits.read(np.arange(count)), digits)[name]["warnings"]


def test_no_film_is_on_both_sides_of_the_floor(digits):
    def sides(sources, count):
        return video.halves(dataclasses.replace(digits.take(np.arange(len(sources))), sources=np.array(sources)), count)

    assert video.halves(digits, 100) == (100, 100) and video.halves(digits, 30) == (30, 30)
    assert sides([0, 0, 0, 0, 1, 2], 2) == (4, 2)
    assert sides([0, 1, 1, 1, 1, 1], 3) == (1, 1)
    assert sides([5, 5, 5], 1) == (3, 0)
    alone = dataclasses.replace(digits.take(np.arange(9)), sources=np.zeros(9, int))
    with pytest.raises(BadInput, match=r"needs 2 or more real clips, .* has 0 on the smaller side"):
        video.check(["speed2_track"], alone)


def test_identity_is_the_share_of_the_commonest_digit(monkeypatch):
    found = np.array([[3, 3, 3, 1], [2, 2, 5, 5]])
    monkeypatch.setattr(video, "classes", lambda clips: found)
    assert video.Identity.measure(None, None) == pytest.approx((0.75 + 0.5) / 2)
    assert video.Variety.measure(None, None) == pytest.approx(2)  # threes and twos
    monkeypatch.setattr(video, "classes", lambda clips: np.full((5, 4), 7))
    assert video.Identity.measure(None, None) == 1 and video.Variety.measure(None, None) == pytest.approx(1)


def test_digits_are_cut_out_where_they_are(monkeypatch):
    from ganzoo.metrics import digits as network

    seen = []
    monkeypatch.setattr(network, "read", lambda images: seen.append(images) or np.zeros(len(images), int))
    clip = np.zeros((1, 2, 16, 16, 1), np.uint8)
    clip[0, 0, 2:10, 3:11] = 90
    clip[0, 1, 8:16, 8:16] = 90
    assert video.classes(clip).shape == (1, 2)
    assert seen[0].shape == (2, 28, 28, 1) and np.all(seen[0] == 90)


def test_names_say_what_is_measured_and_what_does_not_fit_is_refused(digits):
    assert metrics.parse("speed500_track").count == 500 and metrics.higher("identity500_digits")
    for name, line in (
        ("fd100_lenet", "is not of clips"),
        ("videofd500_transnetv2", "needs 100 or more real clips, .* of other films; .* has 99 on the smaller side"),
    ):
        with pytest.raises(BadInput, match=line):
            video.check((name,), digits.take(np.arange(199)))
    with pytest.raises(BadInput, match="no metric named"):
        metrics.parse("speed500_digits")
    with pytest.raises(BadInput, match="3 frames or more"):
        video.Jerk.check((2, 16, 16, 1))
    with pytest.raises(BadInput, match="grey square"):
        video.Identity.check((4, 16, 16, 3))
