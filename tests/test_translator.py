"""Translators as they are served and applied: any size, files in and files out, the same pixels as in training."""

import io
import json
import sys

import numpy as np
import PIL.Image
import pytest
import tensorflow as tf

from ganzoo import applying, cli, export, gallery
from ganzoo.data.images import ImageSet, Spec
from ganzoo.data.pairs import PairSet, PairSpec
from ganzoo.errors import BadInput
from ganzoo.models.translation import cyclegan
from ganzoo.recipe import Pairs, Recipe, Train
from ganzoo.translator import Served

NETS = cyclegan.CycleGAN(cyclegan.ResNet(width=2, d_width=2, blocks=1), pool=2, identity=0.0)


def pixels(*shape, seed=0):
    return np.random.default_rng(seed).integers(0, 256, shape, np.uint8)


@pytest.fixture(scope="module")
def model():
    return NETS.build(PairSpec(Spec(24, 24, 3), Spec(24, 24, 1)))


@pytest.fixture(scope="module")
def served(model):
    return Served(model)


@pytest.fixture(scope="module")
def exported(model, tmp_path_factory):
    text = dict.fromkeys(("recipe", "summary", "paper", "command", "data", "licence", "precision", "hardware"), "x")
    folder = tmp_path_factory.mktemp("models") / "cycle" / "1"
    card = text | {"images": 1, "seed": 0, "versions": {}, "commit": "", "date": "2026-01-01"}
    export.export(model, folder, card)
    return folder


def test_at_the_size_of_training_it_is_the_network(model, served):
    image = pixels(3, 24, 24, 3)
    exact = model.networks["a2b"]({"image": image / np.float32(127.5) - 1}).numpy()
    made = served.signature("a2b")(image=tf.constant(image))["image"].numpy()
    assert made.shape == (3, 24, 24, 1) and made.dtype == np.uint8
    assert np.abs(made - np.round((exact + 1) * 127.5)).max() <= 1
    plain = served.signature("float")(image=tf.constant(image / np.float32(127.5) - 1))["image"].numpy()
    np.testing.assert_allclose(plain, exact, atol=1e-5)


@pytest.mark.parametrize(("height", "width"), [(17, 23), (4, 31), (3, 50)])
def test_any_size_is_filled_up_by_its_mirror_and_cut_back(model, served, height, width):
    image = pixels(2, height, width, 3)
    more = [max(8, -(-side // 4) * 4) - side for side in (height, width)]
    filled = np.pad(image, [(0, 0), (0, more[0]), (0, more[1]), (0, 0)], mode="symmetric")
    network = served.networks["a2b"]
    wanted = network({"image": filled / np.float32(127.5) - 1}).numpy()[:, :height, :width]
    made = served.signature("a2b")(image=tf.constant(image))["image"].numpy()
    assert made.shape == (2, height, width, 1)
    assert np.abs(made - np.round((wanted + 1) * 127.5)).max() <= 1


def test_a_row_depends_on_itself_alone(served):
    image = pixels(5, 20, 12, 3)
    call = served.signature("serving_default")
    whole = call(image=tf.constant(image))["image"].numpy()
    for row in range(5):
        assert np.array_equal(call(image=tf.constant(image[row : row + 1]))["image"][0].numpy(), whole[row])


def test_the_first_direction_is_served_where_none_is_named(served):
    image = pixels(1, 16, 16, 3)
    first, named = (served.signature(name)(image=tf.constant(image))["image"] for name in ("serving_default", "a2b"))
    assert np.array_equal(first, named)
    assert served.signature("b2a")(image=tf.constant(image[..., :1]))["image"].shape == (1, 16, 16, 3)


def test_files_of_several_sizes_and_kinds_in_one_request(exported):
    loaded = tf.saved_model.load(str(exported))
    files, arrays = [], [pixels(12, 24, 3), pixels(16, 16), pixels(20, 16, 3, seed=2)]
    for array in arrays:
        content = io.BytesIO()
        PIL.Image.fromarray(array).save(content, "PNG")
        files.append(content.getvalue())
    answers = loaded.signatures["bytes"](image_bytes=tf.constant(files))["image_bytes"].numpy()
    for array, answer in zip(arrays, answers, strict=True):
        colour = array if array.ndim == 3 else np.repeat(array[..., None], 3, axis=2)
        wanted = loaded.signatures["a2b"](image=tf.constant(colour[None]))["image"].numpy()[0, ..., 0]
        assert np.array_equal(np.asarray(PIL.Image.open(io.BytesIO(answer))), wanted)


def test_an_export_gives_the_pixels_of_its_model_and_says_what_it_is(served, exported):
    image = pixels(2, 18, 14, 3)
    loaded = applying.load(str(exported.parent))
    wanted = served.signature("a2b")(image=tf.constant(image))["image"].numpy()
    assert np.array_equal(loaded.translate(image), wanted)
    card = json.loads((exported / "card.json").read_text())
    assert card["signatures"]["a2b"]["inputs"]["image"]["shape"] == ["N", "any", "any", 3]
    assert "`a2b` RGB to grey, `b2a` grey to RGB" in (exported / "README.md").read_text()


def write(folder, **images):
    folder.mkdir(exist_ok=True)
    for name, image in images.items():
        PIL.Image.fromarray(image).save(folder / f"{name}.png")


@pytest.fixture
def run(monkeypatch, capsys):
    def play(*arguments):
        monkeypatch.setattr(sys, "argv", ["ganzoo", *map(str, arguments)])
        with pytest.raises(SystemExit) as stopped:
            cli.app()
        return stopped.value.code, capsys.readouterr()

    return play


def test_apply_takes_what_people_have(exported, tmp_path, run):
    write(tmp_path / "in", a=pixels(12, 16, 3), grey=pixels(13, 17), clear=pixels(16, 12, 4))
    (tmp_path / "in" / "broken.png").write_bytes(b"no picture")
    code, said = run("apply", exported, tmp_path / "in", "--out", tmp_path / "out", "--json")
    report = json.loads(said.out)
    assert code == 1 and list(report["failed"]) == [str(tmp_path / "in" / "broken.png")]
    sizes = {path.stem: PIL.Image.open(path).size for path in (tmp_path / "out").iterdir()}
    assert sizes == {"a": (16, 12), "grey": (17, 13), "clear": (12, 16)}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("IN", "--out", "IN"), "is an input, and inputs are kept"),
        (("IN", "--out", "OUT", "--direction", "c"), "--direction: 'c'; allowed: a2b, b2a"),
        (("IN/none.png", "--out", "OUT"), "nothing at"),
        (("IN/a.png", "IN2/a.png", "--out", "OUT"), "would both become"),
    ],
)
def test_what_cannot_be_applied_is_refused_in_one_line(exported, tmp_path, run, arguments, words):
    write(tmp_path / "in", a=pixels(12, 16, 3))
    write(tmp_path / "in2", a=pixels(12, 16, 3))
    places = {"IN2": tmp_path / "in2", "IN": tmp_path / "in", "OUT": tmp_path / "out"}
    for name, place in places.items():
        arguments = [str(place) + each.removeprefix(name) if each.split("/")[0] == name else each for each in arguments]
    code, said = run("apply", exported, *arguments)
    assert code == 2 and words in said.err and len(said.err.strip().splitlines()) == 1
    assert not (tmp_path / "out").exists()


def test_a_generator_is_no_translator_and_the_reverse(exported, tmp_path, run):
    write(tmp_path / "in", a=pixels(12, 16, 3))
    shipped = "saved_models/dcgan_fashion_mnist"
    code, said = run("apply", shipped, tmp_path / "in", "--out", tmp_path / "out")
    assert code == 2 and "`ganzoo sample` takes it" in said.err
    code, said = run("sample", exported, "--out", tmp_path / "x.png")
    assert code == 2 and "`ganzoo apply` takes it" in said.err


def test_a_gallery_shows_every_direction(model):
    a, b = ImageSet("a", pixels(3, 16, 16, 3)), ImageSet("b", pixels(5, 16, 16, 1))
    recipe = Recipe(model=NETS, data=Pairs(), game=None, train=Train(images=1))
    shown = gallery.Gallery(model, PairSet(a, b), recipe, fresh=lambda: model)
    assert shown.picture().size == (8 * 16, 4 * 16) and shown.originals().size == (8 * 16, 2 * 16)
    array = np.asarray(shown.picture())
    assert np.array_equal(array[:16, :16], a.images[0]) and np.array_equal(array[:16, 48:64], a.images[0])
    assert shown.measure() == {}


def test_a_gallery_judges_the_first_direction_against_its_targets(model, monkeypatch, tmp_path):
    monkeypatch.setenv("GANZOO_CACHE", str(tmp_path))
    a, b = ImageSet("a", pixels(20, 28, 28, 3)), ImageSet("b", pixels(30, 28, 28, 1))
    recipe = Recipe(model=NETS, data=Pairs(), game=None, train=Train(images=1), metrics=("swd16_pixels",))
    shown = gallery.Gallery(model, PairSet(a, b), recipe, fresh=lambda: model)
    result = shown.judge()["swd16_pixels"]
    assert result["value"] == pytest.approx(result["ceiling"])  # the model is the untrained one
    with pytest.raises(BadInput):
        gallery.Gallery(model, PairSet(a, a), Recipe(NETS, Pairs(), None, Train(images=1), ("fd16_lenet",)), None)
