"""Metrics of pixels, pairs and steps by name: equal to their modules' functions, monotone, refused in one line."""

import json
import pathlib
import sys

import numpy as np
import pytest
import scipy.ndimage
import toy

import ganzoo.data
from ganzoo import cli, metrics, pictures, samplers
from ganzoo.data import images
from ganzoo.errors import BadInput
from ganzoo.metrics import bins, judge, lenet, msssim, path_length, perceptual, perceptual_diversity, sliced
from ganzoo.recipe import Data

TESTS = pathlib.Path(__file__).parent.parent


@pytest.fixture(autouse=True)
def few_bins(monkeypatch):
    """Small and fast: 20 bins in place of 100."""
    monkeypatch.setattr(bins.Bins.of.__func__, "__defaults__", (20, 0))
    monkeypatch.setattr(bins.DifferentBins, "LEAST", 200)


@pytest.fixture(scope="module")
def fashion():
    """1,000 of the bundled images."""
    reals = ganzoo.data.open(Data(name="fashion_mnist"))
    return images.ImageSet("fashion", reals.images[:1000], reals.labels[:1000], reals.class_names)


@pytest.fixture(scope="module")
def others():
    """1,000 other images and their labels."""
    reals = ganzoo.data.open(Data(name="fashion_mnist"))
    return reals.images[2000:3000], reals.labels[2000:3000]


@pytest.fixture
def judged(fashion, tmp_path):
    def judged(name, samples, **given):
        return metrics.evaluate([name], of(samples), fashion, cache=tmp_path, **given)[name]

    return judged


def of(array):
    return lambda start, count: array[start : start + count]


def first(fashion, count):
    """The real images that samples are compared with."""
    return fashion.images[np.random.default_rng(judge.SEED).permutation(len(fashion))[:count]]


def collected(metric, samples):
    metric.update(samples)
    return metric


def agree(result, expected):
    assert {name: result[name] for name in expected} == expected


def wave(seed=0):
    """A smooth generator of 28x28 images from z of 8 numbers."""
    matrix = np.random.default_rng(seed).normal(size=(8, 784)).astype(np.float32) / 3
    return lambda z, labels=None: np.tanh(z @ matrix).reshape(-1, 28, 28, 1)


def test_swd_by_name_is_the_distance_of_the_sets(judged, fashion, others):
    result = judged("swd60_pixels", others[0])
    reals = collected(sliced.SlicedWasserstein(0), first(fashion, 60))
    agree(result, collected(sliced.SlicedWasserstein(0), others[0][:60]).to(reals))
    assert list(result["levels"]) == ["28", "14"] and result["reals_count"] == result["floor_count"] == 60
    assert result["value"] == pytest.approx(result["floor"], rel=0.5)


def test_more_samples_than_reals_are_compared_as_far_as_reals_go(fashion, others, tmp_path):
    few = images.ImageSet("few", fashion.images[:50])
    result = metrics.evaluate(["swd60_pixels"], of(others[0]), few, cache=tmp_path)["swd60_pixels"]
    assert (result["images"], result["reals_count"], result["floor_count"]) == (50, 50, 25)
    assert any("floor is of 25 against 25" in line for line in result["warnings"])


def test_msssim_by_name_is_the_mean_of_pairs_of_the_samples(judged, fashion, others):
    result = judged("msssim90_pixels", others[0])
    agree(result, msssim.diversity(others[0][:90]))
    assert result["floor"] == msssim.diversity(first(fashion, 90))["value"]
    assert (result["reals_count"], result["floor_count"]) == (0, 90)


def test_imsssim_by_name_is_that_within_classes(judged, fashion, others, tmp_path):
    samples, labels = others
    result = judged("imsssim300_pixels", samples, labels=of(labels))
    agree(result, msssim.within(samples[:300], labels[:300]))
    assert result["pairs_count"] == 1000 and len(result["by_class"]) == 10
    order = np.random.default_rng(judge.SEED).permutation(1000)[:300]
    assert result["floor"] == msssim.within(fashion.images[order], fashion.labels[order])["value"]
    # Images of one class are alike; under random labels they are as any two.
    shuffled = judged("imsssim300_pixels", samples, labels=of(np.roll(labels, 1)))
    assert shuffled["value"] < 0.7 * result["value"]


def test_pd_by_name_is_the_mean_distance_of_pairs_in_the_maps(judged, fashion, others):
    result = judged("pd90_lenet", others[0])
    compare = perceptual.between(lenet.maps())
    agree(result, perceptual_diversity.diversity(others[0][:90], compare))
    assert result["floor"] == perceptual_diversity.diversity(first(fashion, 90), compare)["value"]
    assert result["extractor"] == "lenet" and result["weights"] == lenet.extractor().fingerprint
    assert sum(result["classes"]) == pytest.approx(1, abs=1e-4)


def test_ndb_by_name_counts_bins_of_the_reals(judged, fashion, others):
    result = judged("ndb400_pixels", others[0])
    binned = bins.Bins.of(first(fashion, 400))
    agree(result, binned.compare(binned.count(others[0][:400])))
    assert (result["bins"], result["chance"]) == (20, 1) and 0 <= result["floor"] <= 6


def test_ppl_by_name_is_the_path_length_of_the_generator(judged, others):
    steps = path_length.steps(wave(), 8)
    result = judged("ppl60_lenet", others[0], steps=steps, untrained=None)
    agree(result, path_length.path_length(wave(), perceptual.between(lenet.maps()), 8, pairs=60))
    assert (result["floor"], result["ceiling"], result["reals_count"], result["floor_count"]) == (None, None, 0, 0)
    json.dumps(result, allow_nan=False)


def test_steps_are_taken_for_the_metrics_that_count_them_only(judged, fashion, others, tmp_path):
    asked = []

    def steps(start, count):
        asked.append((start, count))
        return path_length.steps(wave(), 8)(start, count)

    both = metrics.evaluate(["ppl60_lenet", "kd600_lenet"], of(others[0]), fashion, steps=steps, cache=tmp_path)
    assert asked == [(0, 250)]
    assert both["ppl60_lenet"]["value"] == pytest.approx(judged("ppl60_lenet", others[0], steps=steps)["value"])
    result = metrics.evaluate(
        ["ppl60_lenet"], of(others[0]), fashion, steps=steps, untrained=lambda: None, key="k", cache=tmp_path
    )
    assert result["ppl60_lenet"]["ceiling"] is None, "an untrained generator was judged"


def test_a_generator_in_memory_takes_steps_of_pixels_that_are_not_rounded():
    sampler = samplers.of(toy.model())
    z = np.random.default_rng(0).normal(size=(5, sampler.z_dim)).astype(np.float32)
    labels = np.arange(5) % sampler.classes if sampler.classes else None
    pixels = sampler.pixels(z, labels)
    assert pixels.dtype == np.float32 and pixels.shape == (5, *sampler.image)
    levels = np.clip(np.round((pixels + 1) * 127.5), 0, 255)
    assert np.abs(levels - sampler.from_noise(z, labels)).max() <= 1
    assert np.abs(levels / 127.5 - 1 - pixels).max() > 1e-4
    steps = samplers.steps(sampler)(3, 4)
    assert steps.shape == (4, 2, *sampler.image) and 0 < np.abs(steps[:, 0] - steps[:, 1]).max() < 1e-2


WORSE = {
    "noise": lambda x, s: np.clip(x + s * 40 * np.random.default_rng(0).normal(size=x.shape), 0, 255).astype(np.uint8),
    "blur": lambda x, s: scipy.ndimage.gaussian_filter(x, (0, s, s, 0)),
    "collapse": lambda x, s: x[np.arange(len(x)) % max(1, round(len(x) / 40**s))],
}


@pytest.mark.parametrize("how", WORSE)
@pytest.mark.parametrize("name", ["swd100_pixels", "ndb400_pixels"])
def test_distances_grow_with_noise_blur_and_collapse(judged, others, name, how):
    measure = "js" if name.startswith("ndb") else "value"
    values = [judged(name, WORSE[how](others[0][: metrics.parse(name).count], s))[measure] for s in (0, 2, 4)]
    assert values == sorted(values) and values[2] > 1.5 * values[0]


@pytest.mark.parametrize(("name", "collapsed"), [("msssim200_pixels", 1), ("pd200_lenet", 0)])
def test_diversity_falls_with_blur_and_collapse_and_noise_is_not_seen_as_a_fault(judged, others, name, collapsed):
    def diversities(how, strengths):
        made = [WORSE[how](others[0][:200], s) for s in strengths]
        return [abs(judged(name, samples)["value"] - collapsed) for samples in made]

    for how in ("blur", "collapse"):
        found = diversities(how, (0, 1, 3))
        assert found == sorted(found, reverse=True) and found[1] < 0.95 * found[0], how
    assert found[2] == pytest.approx(0, abs=1e-5)  # of 200 images 5 were left, then one
    found = diversities("noise", (0, 1))
    assert found[1] > found[0]


def test_a_steeper_generator_has_a_longer_path_by_name(judged, others):
    values = [
        judged("ppl40_lenet", others[0], steps=path_length.steps(lambda z, _, s=s: wave()(s * z), 8))["value"]
        for s in (0, 0.3, 1)
    ]
    assert values[0] == 0 and values == sorted(values)


def test_what_cannot_be_measured_is_refused_by_name(fashion, judged, others):
    def many(side, channels=1):
        return images.ImageSet("many", np.zeros([500, side, side, channels], np.uint8))

    for name, reals, words in [
        ("swd60_pixels", many(12), "swd takes images of at least 14x14, these are 12x12"),
        ("msssim60_pixels", many(10), "msssim takes images of at least 11x11, these are 10x10"),
        ("swd60_lenet", fashion, "swd60_lenet needs the extractor pixels, which lenet is not"),
        ("pd60_pixels", fashion, "pd60_pixels needs the extractor lenet or lite0, which pixels is not"),
        ("ppl60_lenet", fashion, "ppl60_lenet takes steps of a generator .* a run folder"),
        ("imsssim60_pixels", fashion, "imsssim60_pixels needs classes of the samples"),
        ("pd60_lenet", many(28, 3), "lenet takes images of 28x28 with 1 channel"),
        ("ndb400_pixels", images.ImageSet("few", fashion.images[:300]), "needs 400 or more real images, few has 300"),
        ("swd60_pixels", ganzoo.data.open(Data(source="mixture", name="ring8")), "pixels takes images, these are of"),
        ("pd60_ring8", ganzoo.data.open(Data(source="mixture", name="ring8")), "needs the extractor lenet or lite0"),
    ]:
        with pytest.raises(BadInput, match=words) as raised:
            metrics.check([name], reals)
        assert "\n" not in str(raised.value)
    for name in ("swd1_pixels", "msssim3_pixels", "pd3_lenet", "ndb199_pixels", "ppl1_lenet"):
        with pytest.raises(BadInput, match="is not defined; n must be at least"):
            metrics.parse(name)
    with pytest.raises(BadInput, match=r"uint8 \[60, 2, 28, 28, 1\].*float32 \[60, 2, 28, 28, 1\]"):
        judged("ppl60_lenet", others[0], steps=lambda start, count: np.zeros([count, 2, 28, 28, 1], np.uint8))
    broken = path_length.steps(wave(), 8)(0, 50)
    broken[[3, 7, 8], 1, 14] = np.nan
    with pytest.raises(BadInput, match="images of 3 of 50 steps are not finite"):
        judged("ppl50_lenet", others[0], steps=lambda start, count: broken)


@pytest.fixture
def ganzoo_cli(monkeypatch, capsys, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GANZOO_CACHE", str(tmp_path / "cache"))

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["ganzoo", *map(str, arguments)])
        with pytest.raises(SystemExit) as stopped:
            cli.app()
        captured = capsys.readouterr()
        return stopped.value.code, captured.out, captured.err

    return run


def test_a_recipe_names_them_and_a_run_folder_gives_them_again(ganzoo_cli, tmp_path):
    toy_recipe = (TESTS / "toy_recipe.py").read_text(encoding="utf-8")
    named = toy_recipe.replace('("fd64_lenet",)', '("swd64_pixels", "ppl6_lenet")')
    (tmp_path / "named.py").write_text(named, encoding="utf-8")
    code, out, err = ganzoo_cli("train", "named.py", "--run", "run", "--json")
    assert code == 0, err
    trained = json.loads(out)["metrics"]
    assert trained["swd64_pixels"]["floor"] < trained["swd64_pixels"]["value"] and trained["ppl6_lenet"]["value"] >= 0
    code, out, err = ganzoo_cli("evaluate", "run", "--json")
    assert code == 0 and json.loads(out)["metrics"] == trained

    code, out, _ = ganzoo_cli("evaluate", "run", "--metrics", "ppl6_lenet,swd64_pixels,msssim64_pixels")
    assert code == 0
    for words in (
        "  6 steps of the generator; no floor, as real images have none",
        "  levels 28: ",
        "  64 samples against 64 of fashion_mnist; floor of 64 against 64 real images",
        "  64 samples by themselves; floor of 64 images of fashion_mnist",
        "  pairs_count 32  scales 2",
        "  standard error ",
    ):
        assert words in out

    exported = json.loads(ganzoo_cli("export", "run", "--json")[1])["export"]
    pictures.write(np.zeros([8, 28, 28, 1], np.uint8), tmp_path / "folder")
    for source in ([exported], ["folder", "--against", "folder"]):
        code, out, err = ganzoo_cli("evaluate", *source, "--metrics", "ppl6_lenet")
        assert code == 2 and not out and len(err.strip().splitlines()) == 1
        assert "ppl6_lenet takes steps of a generator" in err and "allowed: a run folder" in err
    with pytest.raises(BadInput, match=r"signature: 'pixels' is not exported; .* has .*generate"):
        samplers.load(exported).pixels(np.zeros([1, 4], np.float32))
