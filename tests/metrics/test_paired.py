"""Metrics of images with a target each: every view compares what its name says."""

import numpy as np
import pytest

from ganzoo import metrics
from ganzoo.errors import BadInput
from ganzoo.metrics import fidelity, paired
from ganzoo.metrics.extractors import EXTRACTORS


def pixels(seed, *shape):
    return np.random.default_rng(seed).integers(0, 256, shape, np.uint8)


MADE, TARGETS, INPUTS, HALF = (pixels(seed, 6, 28, 28, 1) for seed in range(4))
MASKS = np.zeros((6, 28, 28, 1), np.uint8)
MASKS[:, 8:20, 6:16] = 255


def evaluate(*names, **kwargs):
    views = {"pairs": MADE, "alpha50": HALF}
    return paired.evaluate(names, lambda view, count: views[view][:count], TARGETS, MASKS, INPUTS, **kwargs)


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("psnr4_pairs", lambda: fidelity.psnr(MADE[:4], TARGETS[:4]).mean()),
        ("psnr6_hole", lambda: fidelity.psnr(MADE, TARGETS, mask=MASKS).mean()),
        ("ssim5_input", lambda: fidelity.ssim(MADE[:5], INPUTS[:5]).mean()),
        ("ssim6_alpha50", lambda: fidelity.ssim(HALF, TARGETS).mean()),
        ("psnry6_pairs", lambda: fidelity.psnr(MADE, TARGETS, in_luma=True).mean()),
        ("detail6_pairs", lambda: fidelity.detail(MADE, TARGETS)),
        ("patches6_pairs", lambda: fidelity.patch_distance(MADE, TARGETS)["value"]),
        ("patches6_hole", lambda: fidelity.patch_distance(MADE, TARGETS, MASKS)["value"]),
    ],
)
def test_a_view_compares_what_it_names(name, wanted):
    result = evaluate(name)[name]
    assert result["value"] == wanted() and result["count"] == int(name.split("_")[0][-1])
    assert np.mean(result.get("each_image", result["value"])) == result["value"]


def test_a_perceptual_distance_is_named_after_its_network():
    result = evaluate("perceptual6_lenet")["perceptual6_lenet"]
    compare = EXTRACTORS["lenet"]().compare
    wanted = compare(*(each.astype(np.float32) / 127.5 - 1 for each in (MADE, TARGETS))).numpy()
    np.testing.assert_allclose(result["each_image"], wanted, rtol=1e-5)
    same = paired.evaluate(["perceptual3_lenet"], lambda view, count: TARGETS[:count], TARGETS)
    assert same["perceptual3_lenet"]["value"] == 0 and not metrics.higher("perceptual3_lenet")


def test_a_crop_leaves_the_border_out():
    assert evaluate("psnr6_pairs", crop=4)["psnr6_pairs"]["value"] == fidelity.psnr(MADE, TARGETS, 4).mean()


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("psnr7_pairs", "needs 7 pairs, and there are 6"),
        ("ssim9_input", "needs 9 images, and there are 8"),
        ("psnr6_hole", "looks into holes"),
        ("psnr6_alpha25", "needs a model with a warmup"),
    ],
)
def test_what_cannot_be_had_is_refused(name, message):
    with pytest.raises(BadInput, match=message):
        paired.check([name], 6, 8, holes=False, alpha=False)


def test_games_without_targets_refuse_them_and_names_say_their_views():
    from ganzoo.data.images import ImageSet

    with pytest.raises(BadInput, match="psnr6_pairs compares images with a target each"):
        metrics.check(["psnr6_pairs"], ImageSet("noise", TARGETS))
    with pytest.raises(BadInput, match=r"'psnr6_lenet'; allowed: .*pairs\|hole\|input\|alpha0"):
        metrics.parse("psnr6_lenet")
    with pytest.raises(BadInput, match=r"'perceptual6_pairs'; allowed: .*lite0\|lenet"):
        metrics.parse("perceptual6_pairs")
    assert paired.divide(["kd500_lite0", "psnr6_pairs"]) == (["psnr6_pairs"], ["kd500_lite0"])


def test_psnr_of_all_pixels_together_is_that_of_the_mean_error():
    targets = np.zeros((2, 12, 12, 3), np.uint8)
    images, masks = targets.copy(), np.zeros((2, 12, 12, 1), np.uint8)
    images[0, 2, 2], images[1, :6] = 40, 10
    masks[0, 2, 2:5], masks[1, :6] = 255, 255
    whole = (3 * 1600 + 3 * 72 * 100) / (2 * 3 * 144)
    holes = (1600 + 72 * 100) / (3 + 72)
    found = paired.evaluate(
        ["pooledpsnr2_pairs", "pooledpsnr2_hole", "psnr2_pairs"], lambda view, count: images[:count], targets, masks
    )
    assert found["pooledpsnr2_pairs"]["value"] == pytest.approx(10 * np.log10(255**2 / whole))
    assert found["pooledpsnr2_hole"]["value"] == pytest.approx(10 * np.log10(255**2 / holes))
    exact = paired.evaluate(["psnr2_pairs", "pooledpsnr2_pairs"], lambda view, count: targets[:count], targets, masks)
    assert [each["value"] for each in exact.values()] == [60.0, 60.0]
