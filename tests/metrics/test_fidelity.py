"""Fidelity to a target against definitions in loops, hand values, and how the numbers move."""

import numpy as np
import pytest
import scipy.ndimage

from ganzoo.errors import BadInput
from ganzoo.metrics import baselines, fidelity, sliced


def scenes(count=2, side=32, channels=3, seed=0):
    draw = np.random.default_rng(seed)
    base = scipy.ndimage.gaussian_filter(draw.normal(size=(count, side, side, channels)), (0, 1.5, 1.5, 0)) * 400
    return np.clip(base + 128, 0, 255).astype(np.uint8)


def noisy(images, deviation, seed=1):
    draw = np.random.default_rng(seed)
    return np.clip(images + draw.normal(0, deviation, images.shape), 0, 255).astype(np.uint8)


def similarities(x, y):
    """SSIM of every window of two channels [H, W], window by window."""
    window = np.array([[np.exp(-((i - 5) ** 2 + (j - 5) ** 2) / 4.5) for i in range(11)] for j in range(11)])
    window /= window.sum()
    c1, c2 = 6.5025, 58.5225
    found = np.empty([x.shape[0] - 10, x.shape[1] - 10])
    for i in range(found.shape[0]):
        for j in range(found.shape[1]):
            a, b = (each[i : i + 11, j : j + 11].astype(float) for each in (x, y))
            ma, mb = (window * a).sum(), (window * b).sum()
            va, vb = (window * (a - ma) ** 2).sum(), (window * (b - mb) ** 2).sum()
            covariance = (window * (a - ma) * (b - mb)).sum()
            found[i, j] = (2 * ma * mb + c1) * (2 * covariance + c2) / ((ma**2 + mb**2 + c1) * (va + vb + c2))
    return found


def test_psnr_by_hand():
    image = np.zeros([1, 16, 16, 1], np.uint8)
    assert fidelity.psnr(image + 255, image)[0] == pytest.approx(0)
    assert fidelity.psnr(image + 16, image)[0] == pytest.approx(20 * np.log10(255 / 16))
    assert np.isinf(fidelity.psnr(image, image)[0])
    image[:, :8] = 10  # half of the pixels off by 10: a mean square of 50
    assert fidelity.psnr(image, 0 * image)[0] == pytest.approx(10 * np.log10(255**2 / 50))


def test_luma_is_matlabs():
    colours = np.array([[0, 0, 0], [255, 255, 255], [255, 0, 0], [0, 255, 0], [0, 0, 255]], np.uint8)
    found = fidelity.luma(colours[None, None])[0, 0, :, 0]
    np.testing.assert_allclose(found, [16, 235, 81.481, 144.553, 40.966])


def test_luma_and_crop_belong_to_the_protocol():
    a, b = scenes(), noisy(scenes(), 20)
    cropped = fidelity.psnr(a[:, 4:-4, 4:-4], b[:, 4:-4, 4:-4])
    np.testing.assert_allclose(fidelity.psnr(a, b, crop=4), cropped)
    squares = (fidelity.luma(a) - fidelity.luma(b)) ** 2
    expected = 10 * np.log10(255**2 / squares.mean(axis=(1, 2, 3)))
    np.testing.assert_allclose(fidelity.psnr(a, b, in_luma=True), expected)


def test_ssim_is_wangs():
    a, b = scenes(1, 16), noisy(scenes(1, 16), 25)
    expected = np.mean([similarities(a[0, ..., c], b[0, ..., c]) for c in range(3)])
    assert fidelity.ssim(a, b)[0] == pytest.approx(expected, abs=1e-12)
    assert fidelity.ssim(a, a)[0] == pytest.approx(1)
    assert fidelity.ssim(a, b, crop=2)[0] == pytest.approx(fidelity.ssim(a[:, 2:-2, 2:-2], b[:, 2:-2, 2:-2])[0])


def test_ssim_of_constants_by_hand():
    # Without variance only the first factor is left: (2 x y + c1) / (x^2 + y^2 + c1).
    a, b = np.full([1, 12, 12, 1], 100, np.uint8), np.full([1, 12, 12, 1], 50, np.uint8)
    assert fidelity.ssim(a, b)[0] == pytest.approx((2 * 5000 + 6.5025) / (12500 + 6.5025))


def test_what_is_outside_the_hole_does_not_count():
    target = scenes(2, 48)
    mask = np.zeros([2, 48, 48, 1], np.uint8)
    mask[0, 10:30, 12:40], mask[1, 20:44, 8:30] = 255, 1
    image = np.where(mask > 0, noisy(target, 20), target)
    inside = [((i.astype(float) - t)[m[..., 0] > 0] ** 2).mean() for i, t, m in zip(image, target, mask, strict=True)]
    np.testing.assert_allclose(fidelity.psnr(image, target, mask=mask), 10 * np.log10(255**2 / np.array(inside)))
    outside = np.where(mask > 0, image, noisy(target, 60))
    np.testing.assert_allclose(fidelity.psnr(outside, target, mask=mask), fidelity.psnr(image, target, mask=mask))
    local = np.mean([similarities(image[0, ..., c], target[0, ..., c])[5:25, 7:35] for c in range(3)])
    assert fidelity.ssim(image, target, mask=mask)[0] == pytest.approx(local, abs=1e-12)
    assert fidelity.detail(image, target, mask) > fidelity.detail(image, target) > 1
    assert fidelity.patch_distance(image, target, mask)["value"] > fidelity.patch_distance(image, target)["value"] > 0
    assert fidelity.patch_distance(target, target, mask)["value"] == 0


def test_patches_in_the_hole_have_their_centres_there():
    level = np.zeros([2, 20, 20, 1], np.float32)
    level[:, 5:9, 6:12] = 1
    found = sliced.patches(level, np.random.default_rng(0), level[..., 0] > 0)
    assert found.shape == (256, 1, 49) and (found[:, 0, 24] == 1).all()


def test_detail_falls_with_blur_and_rises_with_noise():
    target = scenes(2, 32)
    blurred = scipy.ndimage.gaussian_filter(target, (0, 1, 1, 0))
    assert fidelity.detail(target, target) == 1
    assert fidelity.detail(blurred, target) < 0.7
    assert fidelity.detail(noisy(target, 20), target) > 1.2
    # Twice the contrast is four times the energy.
    half = (128 + (target.astype(float) - 128) / 2).astype(np.uint8)
    assert fidelity.detail(half, target) == pytest.approx(0.25, rel=0.02)


def test_upscalers_keep_constants_and_beat_each_other_in_order():
    flat = np.full([1, 6, 7, 3], 77, np.uint8)
    for upscale in baselines.UPSCALERS.values():
        np.testing.assert_array_equal(upscale(flat, 3), np.full([1, 18, 21, 3], 77))
    target = scenes(3, 64, seed=3)
    small = target.reshape(3, 32, 2, 32, 2, 3).mean(axis=(2, 4)).round().astype(np.uint8)
    scores = [fidelity.psnr(upscale(small, 2), target, crop=2).mean() for upscale in baselines.UPSCALERS.values()]
    assert scores[0] + 1 < scores[1] < scores[2]


def test_nearest_repeats_pixels():
    image = np.arange(4, dtype=np.uint8).reshape(1, 2, 2, 1)
    np.testing.assert_array_equal(
        baselines.nearest(image, 2)[0, ..., 0], [[0, 0, 1, 1], [0, 0, 1, 1], [2, 2, 3, 3], [2, 2, 3, 3]]
    )


@pytest.mark.parametrize(
    "compute, words",
    [
        (lambda a, b: fidelity.psnr(a, b[:, :16]), "with targets of"),
        (lambda a, b: fidelity.psnr(a, b, crop=16), "a crop of 16 leaves nothing"),
        (lambda a, b: fidelity.psnr(a, b, mask=np.zeros([2, 32, 32, 1])), "mask of image 0 has no hole"),
        (lambda a, b: fidelity.ssim(a, b, crop=11), "at least 11x11, these are 10x10"),
        (lambda a, b: fidelity.detail(a[:, :27], b[:, :27]), "these are 27x32"),
        (lambda a, b: fidelity.patch_distance(a, b, np.zeros([2, 32, 32, 1])), "no patch of 7x7"),
    ],
)
def test_bad_input_is_refused(compute, words):
    with pytest.raises(BadInput, match=words):
        compute(scenes(), scenes())
