"""`ganzoo evaluate` of models from images to images: run folders and exports, and classical methods beside them."""

import dataclasses
import json
import pathlib
import re
import sys

import numpy as np
import pytest
from toy_restoration import Convolutions

import ganzoo.data
import ganzoo.recipe
from ganzoo import applying, cli, console, evaluation, export, gallery, restoration, restored, runs, train, translated
from ganzoo.data.images import ImageSet
from ganzoo.data.pairs import PairSet
from ganzoo.degradations import Bicubic, Box, GaussianNoise, Inpaint
from ganzoo.errors import BadInput
from ganzoo.metrics import baselines, fidelity
from ganzoo.models.translation import cyclegan
from ganzoo.recipe import Data, Pairs, Recipe, Train

TOY = pathlib.Path(__file__).parent / "toy_restoration.py"
CLOTHES = Data(source="bundled", name="fashion_mnist", size=32, limit=12)


def pixels(*shape, seed=0):
    return np.random.default_rng(seed).integers(0, 256, shape, np.uint8)


@pytest.fixture
def run(monkeypatch, capsys):
    def play(*arguments):
        monkeypatch.setattr(sys, "argv", ["ganzoo", *map(str, arguments)])
        with pytest.raises(SystemExit) as stopped:
            cli.app()
        return stopped.value.code or 0, capsys.readouterr()

    return play


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    """A CycleGAN before its training, whose card names a few clothes."""
    data = ganzoo.recipe.describe(Pairs(a=CLOTHES, b=CLOTHES))
    text = dict.fromkeys(("summary", "paper", "command", "data", "licence", "precision", "hardware"), "x")
    origin = {"data": data, "metrics": ["ssimy6_input"], "test": None}
    card = text | {"recipe": "toy", "images": 1, "seed": 0, "versions": {}, "commit": "", "date": "2026-01-01"}
    images = ganzoo.data.open(Pairs(a=CLOTHES, b=CLOTHES))
    folder = tmp_path_factory.mktemp("models") / "cycle" / "1"
    nets = cyclegan.CycleGAN(cyclegan.ResNet(width=2, d_width=2, blocks=1), pool=2)
    export.export(nets.build(images.spec), folder, card | {"source": origin})
    return folder


def test_a_run_of_restoration_is_judged_and_shown(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run("train", TOY, "--run", "run")[0] == 0
    trained = json.loads((tmp_path / "run/metrics.jsonl").read_text().splitlines()[-1])["metrics"]
    code, said = run("evaluate", "run", "--json")
    report = json.loads(said.out)
    assert code == 0 and report["direction"] == "restore" and report["page"] == "run/results/index.html"
    assert report["metrics"] == trained
    page = (tmp_path / "run/results/index.html").read_text()
    assert page.count("<tr><td") == 6 + 1 and "6 images of " in page and "toy_restoration" in page
    names = {path.name for path in (tmp_path / "run/results/images").iterdir()}
    parts = ("input", "output", "alpha-0", "bicubic", "target")
    assert names == {f"{row:03d}_{part}.png" for row in range(6) for part in parts}
    assert all(f'<th scope="row">{name}</th>' in page for name in ("nearest", "lanczos", "this model, alpha 0.25"))
    shown = [float(number) for number in re.findall(r'data-label="PSNR \(dB\)" data-value="([^"]+)"', page)[:6]]
    assert shown == trained["psnry6_pairs"]["each_image"]

    subject = translated.of_run("run", *train.load_run(runs.Run("run")))
    report = translated.evaluate(subject, ["psnr9_alpha50", "ssim9_pairs"], n=4)
    assert "page" not in report and report["metrics"].keys() == {"psnr4_alpha50", "ssim4_pairs"}
    said = evaluation.tell(report)
    assert "psnr4_alpha50 " in said and "at alpha 0.5 between" in said and "steps of" not in said
    assert "  4 images of fashion_mnist against their targets" in said and "each image" in said
    for arguments, words in {
        ("psnr13_pairs", None, None): "needs 13 pairs, and there are 6",
        ("psnr3_pairs", None, "run"): "--page: run holds other things",
        ("psnr3_pairs", "b2a", None): "--direction: 'b2a'; allowed: restore",
    }.items():
        with pytest.raises(BadInput, match=words):
            translated.evaluate(subject, [arguments[0]], None, *arguments[1:])
    code, said = run("evaluate", next((tmp_path / "run/export").iterdir()))
    assert code == 2 and "does not hold what spoils images; allowed: its run folder" in said.err


def test_an_export_is_judged_in_either_direction(exported, run, tmp_path):
    images, applier = ganzoo.data.open(CLOTHES).images[:8], applying.load(str(exported))
    made = applier.translate(images, "b2a")
    code, said = run("evaluate", exported, "--direction", "b2a", "--page", tmp_path / "page", "--json")
    report = json.loads(said.out)
    assert code == 0 and report["direction"] == "b2a"
    wanted = fidelity.ssim(made[:6], images[:6], in_luma=True)
    assert report["metrics"]["ssimy6_input"]["each_image"] == pytest.approx(wanted.tolist())
    page = (tmp_path / "page" / "index.html").read_text()
    again = fidelity.psnr(applier.translate(made, "a2b"), images)
    assert f'data-value="{float(again[7])!r}"' in page and "007_reconstruction.png" in page
    report = translated.evaluate(subject := translated.of_export(str(exported)), folder="")
    assert report["direction"] == "a2b" and "page" not in report
    assert "6 images against what was made of them" in evaluation.tell(report)
    with pytest.raises(BadInput, match="--direction: 'a2c'; allowed: a2b, b2a"):
        translated.evaluate(subject, direction="a2c")
    code, said = run("evaluate", exported, "--against", tmp_path)
    assert code == 2 and "goes from images to images; allowed: --direction, --page" in said.err


def test_pairs_are_shown_with_their_targets(exported):
    images, other = (ganzoo.data.open(dataclasses.replace(CLOTHES, limit=limit)) for limit in (12, 24))
    other = dataclasses.replace(other, images=other.images[12:])
    applier, places = applying.load(str(exported)), {"a2b": ("a", "b"), "b2a": ("b", "a")}
    route = gallery.route(applier, places, None, PairSet(images, other, aligned=True))
    sheet, made = route.sheet(5), applier.translate(images.images[:5], "a2b")
    assert list(sheet.columns) == ["input", "output", "target", "reconstruction"]
    assert np.array_equal(sheet.columns["target"], other.images[:5]) and np.array_equal(sheet.columns["output"], made)
    wanted = fidelity.psnr(made, other.images[:5])
    assert sheet.values["PSNR (dB)"] == wanted.tolist()
    assert route.judge(["psnr4_pairs"])["psnr4_pairs"]["each_image"] == wanted[:4].tolist()
    with pytest.raises(BadInput, match="needs 4 pairs, and there are 0"):
        gallery.route(applier, places, None, PairSet(images, other)).judge(["psnr4_pairs"])


def test_models_of_noise_have_no_page():
    with pytest.raises(BadInput, match=r"--page: saved_models.* makes images from noise; allowed: --against"):
        evaluation.evaluate("saved_models/dcgan_fashion_mnist", page="x")


def restorer(degradation, images, names):
    game = Convolutions(degradation).build(images.spec)
    recipe = Recipe(Convolutions(degradation), Data("bundled"), None, Train(images=8), names)
    return restored.Restored(game, images, recipe, fresh=None)


def test_a_classical_method_is_measured_as_the_network_is():
    images = ImageSet("noise", pixels(10, 32, 32, 3))
    shown = restorer(Bicubic(2), images, ("psnry9_pairs", "ssim4_pairs", "patches9_pairs"))
    assert shown.baselines == ("nearest", "bicubic", "lanczos")
    given = restoration.spoil(Bicubic(2), images.images[:9]).given
    for name in shown.baselines:
        found = shown.baseline(name)
        made = baselines.UPSCALERS[name](given, 2)
        assert list(found) == ["psnry9_pairs", "ssim4_pairs", "patches9_pairs"]
        wanted = fidelity.psnr(made, images.images[:9], crop=2, in_luma=True).tolist()
        assert found["psnry9_pairs"]["each_image"] == wanted and found["ssim4_pairs"]["count"] == 4
    assert shown.baseline("nearest", ("psnr10_pairs", "psnr3_alpha50")).keys() == {"psnr10_pairs"}
    with pytest.raises(BadInput, match=r"baseline: 'telea'; allowed: nearest, bicubic, lanczos"):
        shown.baseline("telea")


def test_a_recipe_has_its_baselines_untrained():
    recipe = ganzoo.recipe.load(str(TOY))
    found = restored.baseline(recipe, "bicubic")
    images = ganzoo.data.open(recipe.test).images
    made = baselines.bicubic(restoration.spoil(Bicubic(2), images).given, 2)
    assert found["psnry6_pairs"]["value"] == fidelity.psnr(made, images, 2, in_luma=True).mean()
    assert found["patches6_pairs"]["value"] == fidelity.patch_distance(made, images)["value"]


def test_noise_is_compared_with_what_was_given():
    images = ImageSet("grey", np.full([3, 24, 24, 3], 128, np.uint8))
    found = restorer(GaussianNoise(25, 25), images, ("psnr3_pairs",)).baseline("input")
    assert found["psnr3_pairs"]["value"] == pytest.approx(20 * np.log10(255 / 25), abs=0.2)


def test_the_mean_colour_is_that_of_what_is_known():
    images, masks = np.zeros([2, 4, 4, 3], np.uint8), np.zeros([2, 4, 4, 1], np.uint8)
    images[0, :2], images[0, 2:], masks[0, 2:, 1:] = 10, 90, 255
    masks[1] = 255
    made = baselines.mean(images, masks)
    wanted = round((8 * 10 + 2 * 90) / 10)
    assert np.all(made[0, 2:, 1:] == wanted) and np.array_equal(made[0, :, :1], images[0, :, :1])
    assert np.all(made[1] == 0)
    shown = restorer(Inpaint(Box(96, 96)), ImageSet("noise", pixels(3, 32, 32, 3)), ("psnr3_hole", "psnr3_pairs"))
    assert shown.baselines == ("mean", "surroundings", "telea", "biharmonic")
    hole, whole = (shown.baseline("mean")[name]["value"] for name in ("psnr3_hole", "psnr3_pairs"))
    assert hole < whole


def gradients(count=2):
    """Smooth images, which any of these methods continues."""
    ramp = np.linspace(20, 230, 32)
    plane = ramp[:, None] * 0.5 + ramp * 0.5
    return np.repeat(np.stack([plane, plane.T[::-1]])[:count, :, :, None], 3, axis=3).astype(np.uint8)


@pytest.mark.parametrize(("name", "package"), [("surroundings", "numpy"), ("telea", "cv2"), ("biharmonic", "skimage")])
def test_classical_inpainting_continues_what_is_smooth(name, package):
    pytest.importorskip(package)
    images, masks = gradients(), np.zeros([2, 32, 32, 1], np.uint8)
    masks[:, 12:20, 10:18] = 255
    hidden = np.where(masks > 0, np.uint8(0), images)
    made = baselines.INPAINTERS[name](hidden, masks)
    assert np.array_equal(made[masks[..., 0] == 0], images[masks[..., 0] == 0])
    assert np.abs(made.astype(int) - images).max() < 12
    four = np.concatenate([hidden, np.full([2, 32, 32, 1], 255, np.uint8)], axis=3)
    assert np.array_equal(baselines.INPAINTERS[name](four, masks)[..., 3], four[..., 3])


def test_non_local_means_takes_noise_away():
    pytest.importorskip("skimage")
    clean = gradients()
    noisy = np.uint8(np.clip(clean + np.random.default_rng(0).normal(0, 15, clean.shape), 0, 255))
    made = baselines.non_local_means(noisy, np.array([15.0, 15.0]))
    assert fidelity.psnr(made, clean).min() > fidelity.psnr(noisy, clean).max() + 5
    assert np.array_equal(baselines.non_local_means(noisy, np.zeros(2)), noisy)


@pytest.mark.parametrize(
    ("name", "module", "says"),
    [
        ("telea", "cv2", r"baseline: telea needs OpenCV; pip install 'ganzoo\[studies\]'"),
        ("biharmonic", "skimage.restoration", "biharmonic needs scikit-image"),
    ],
)
def test_a_missing_package_is_named(name, module, says, monkeypatch):
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(BadInput, match=says):
        baselines.INPAINTERS[name](pixels(1, 8, 8, 3), pixels(1, 8, 8, 1))


def test_what_was_compared_is_told():
    result = {"count": 24, "floor_count": 0, "reals_count": 24, "reals": "photos"}
    assert console.counts("psnry24_pairs", result) == "24 images of photos against their targets"
    assert console.counts("patches24_hole", result) == "24 images of photos against their targets, inside the holes"
    steps = {"count": 200, "floor_count": 0, "reals_count": 0, "reals": "photos"}
    assert console.counts("ppl200_lenet", steps).startswith("200 steps of the generator")
