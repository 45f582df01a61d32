"""Projection: the latent whose picture is nearest to a given one."""

import json
import pathlib
import sys

import numpy as np
import PIL.Image
import pytest
import styled
import tensorflow as tf

from ganzoo import cli, projection, samplers
from ganzoo.data.images import Spec
from ganzoo.errors import BadInput
from ganzoo.generator import Generator
from ganzoo.models.image import cgan, dcgan, stylegan2, vanilla

SHIPPED = pathlib.Path(__file__).parent.parent / "saved_models/dcgan_fashion_mnist"


def found(model, target, steps, label=None, see=None, seed=1):
    generator = Generator(model)
    where = projection.search(model, generator, label, seed)
    return projection.project(where, target, see, generator.medium.finish, steps, seed)


def error(image, target):
    return np.mean((image.astype(float) - target) ** 2)


def test_a_picture_of_the_generator_is_found_in_w():
    model = styled.model(strength=0.02)
    sampler = samplers.of(model)
    target = sampler.generate([7], truncation=1.0)[0]
    first = found(model, target, 100)
    assert error(first.image, target) < 0.2 * error(first.frames[0], target)
    assert first.latent.shape == (5,) and first.distance is None and len(first.frames) == 101
    np.testing.assert_allclose(first.psnr, 10 * np.log10(255**2 / error(first.image, target)))
    # What is kept makes the picture again.
    w = np.repeat(first.latent[None, None], sampler.layers, axis=1)
    again = sampler.from_styles(w, first.noise[None]).astype(int)[0]
    assert np.abs(again - first.image).max() <= 1
    for image in projection.cut(tf.constant(first.noise[None]), ((4, 6), (8, 12), (8, 12))):
        np.testing.assert_allclose([np.mean(image), np.var(image)], [0, 1], atol=1e-3)


def test_stylegan3_is_searched_in_w_and_has_no_noise():
    model = styled.model(nets=styled.ALIAS_FREE)
    target = samplers.of(model).generate([7], truncation=1.0)[0]
    result = found(model, target, 30)
    assert error(result.image, target) < 0.5 * error(result.frames[0], target)
    assert result.latent.shape == (6,) and result.noise is None


def test_the_search_begins_at_the_mean_and_goes_by_its_seed():
    model = styled.model()
    generator, target = Generator(model), np.zeros([8, 12, 3], np.uint8)
    where = projection.search(model, generator, None, 0)
    z = tf.random.normal([20_000, 6], seed=3)
    w = generator.network.get_layer("mapping")({"z": z}).numpy()
    np.testing.assert_allclose(where.mean[0], w.mean(0), atol=0.05)
    np.testing.assert_allclose(where.deviation, np.sqrt(np.sum(w.var(0))), rtol=0.02)
    one, two, other = (found(model, target, 3, seed=seed) for seed in (0, 0, 1))
    np.testing.assert_array_equal(one.latent, two.latent)
    assert np.any(one.latent != other.latent)


def test_without_styles_z_is_searched_and_uniform_z_stay_inside():
    model = vanilla.Vanilla(g_width=64, d_width=4).build(Spec(4, 5, 3))
    target = samplers.of(model).generate([7])[0]
    result = found(model, target, 60)
    assert result.latent.shape == (100,) and result.noise is None
    assert error(result.image, target) < 0.2 * error(result.frames[0], target)
    model = dcgan.DCGAN(width=2, z_dim=4).build(Spec(16, 16, 1))
    far = found(model, np.full([16, 16, 1], 255, np.uint8), 30)
    assert np.abs(far.latent).max() <= 1


def test_a_class_is_searched_within_itself():
    model = cgan.Concatenation(width=4).build(Spec(16, 16, 1, 3))
    generator = Generator(model)
    for label, says in ((None, "label: this model needs one"), (3, r"label: 3; allowed: 0\.\.2")):
        with pytest.raises(BadInput, match=says):
            projection.search(model, generator, label, 0)
    drawn = [projection.search(model, generator, label, 0).draw(tf.ones([1, model.z_dim]), None) for label in (1, 2)]
    assert np.any(drawn[0] != drawn[1])
    nets = stylegan2.StyleGAN2(32, 4, z_dim=4, w_dim=4, depth=1, conditional=True)
    conditional = styled.model(Spec(8, 8, 1, 2), nets)
    generator = Generator(conditional)
    means = [projection.search(conditional, generator, label, 0).mean for label in (0, 1)]
    assert np.any(means[0] != means[1])


def test_maps_compare_where_there_is_an_extractor():
    model = vanilla.Vanilla(g_width=16, d_width=4).build(Spec(28, 28, 1))
    target = samplers.of(model).generate([7])[0]
    name, see = projection.maps(None, (28, 28, 1))
    result = found(model, target, 20, see=see)
    assert name == "lenet" and 0 < result.distance < 8
    assert projection.maps("none", (8, 8, 1)) == ("none", None)
    with pytest.raises(BadInput, match=r"--extractor: 'alex'; allowed: lenet, lite0, none"):
        projection.maps("alex", (28, 28, 1))
    with pytest.raises(BadInput, match=r"--extractor: lenet takes images of 28x28.*8x8.*none does without"):
        projection.maps("lenet", (8, 8, 1))


def test_likeness_of_neighbours_by_hand():
    image = tf.constant([[1.0, 2.0, 3.0, 4.0]])
    # Above: (1*3 + 2*4 + 3*1 + 4*2) / 4 = 5.5; left: (1*2 + 2*1 + 3*4 + 4*3) / 4 = 7.
    np.testing.assert_allclose(projection.likeness(image, ((2, 2),)), 5.5**2 + 7**2)
    # Ones: 1 + 1 at 16x16, and 2s at 8x8: 4^2 + 4^2.
    np.testing.assert_allclose(projection.likeness(tf.ones([1, 256]), ((16, 16),)), 34)
    noise = projection.standardized(tf.random.normal([1, 4096], 5, 3, seed=1), ((64, 64),))
    assert projection.likeness(noise, ((64, 64),)) < 0.2
    assert projection.likeness(noise, ()) == 0


def test_a_picture_is_fitted_and_that_is_said(tmp_path):
    values = np.full([10, 20, 3], 200, np.uint8)
    values[:, [0, 19]] = 0
    PIL.Image.fromarray(values).save(tmp_path / "wide.png")
    image, done = projection.read(tmp_path / "wide.png", (5, 5, 1))
    assert done == "centre-cropped and resized from 10x20 to 5x5, converted from RGB to L"
    np.testing.assert_array_equal(image, np.full([5, 5, 1], 200))
    assert projection.read(tmp_path / "wide.png", (10, 20, 3))[1] == ""


def run(monkeypatch, capsys, *arguments):
    monkeypatch.setattr(sys, "argv", ["ganzoo", *map(str, arguments)])
    with pytest.raises(SystemExit) as stopped:
        cli.app()
    captured = capsys.readouterr()
    return stopped.value.code, captured.out, captured.err


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return styled.run_folder(tmp_path_factory.mktemp("runs") / "styled", "stylegan2_tiny_fashion_mnist")


def test_the_command_writes_what_it_found(monkeypatch, capsys, tmp_path, folder):
    PIL.Image.fromarray(np.full([30, 40], 90, np.uint8)).save(tmp_path / "grey.png")
    out = tmp_path / "found"
    code, said, err = run(monkeypatch, capsys, "project", folder, tmp_path / "grey.png", "--steps", 3, "--out", out)
    assert code == 0, err
    assert "centre-cropped and resized from 30x40 to 28x28" in said and "step 3 of 3" in said and "dB" in said
    assert sorted(path.name for path in out.iterdir()) == ["latent.npz", "movie.mp4", "result.png"]
    result = np.asarray(PIL.Image.open(out / "result.png"))
    assert result.shape == (28, 56) and np.all(result[:, :28] == 90)
    with np.load(out / "latent.npz") as kept:
        protocol = json.loads(str(kept["protocol"]))
        assert kept["w"].ndim == 1 and kept["noise"].ndim == 1
    assert (protocol["steps"], protocol["seed"], protocol["extractor"]) == (3, 0, "lenet")
    assert len(protocol["weights"]) == 64


@pytest.mark.parametrize(
    "arguments, words",
    [
        ((SHIPPED, "grey.png", "--out", "x"), ["exported model", "gradients", "run folder"]),
        (("RUN", "nowhere.png", "--out", "x"), ["image: cannot read nowhere.png"]),
        (("RUN", "text.png", "--out", "x"), ["image: cannot read text.png"]),
        (("RUN", "grey.png", "--out", "x", "--steps", "0"), ["--steps: 0"]),
        (("RUN", "grey.png", "--out", "x", "--extractor", "vgg"), ["--extractor: 'vgg'", "lenet, lite0, none"]),
        (("RUN", "grey.png", "--out", "x", "--label", "1"), ["label: 1", "takes no label"]),
        (("nowhere", "grey.png", "--out", "x"), ["source: nowhere is no run folder"]),
    ],
)
def test_bad_input_is_one_line(monkeypatch, capsys, tmp_path, folder, arguments, words):
    monkeypatch.chdir(tmp_path)
    PIL.Image.fromarray(np.full([28, 28], 90, np.uint8)).save("grey.png")
    pathlib.Path("text.png").write_text("no picture")
    code, _, err = run(monkeypatch, capsys, "project", *(folder if each == "RUN" else each for each in arguments))
    assert code == 2 and len(err.strip().splitlines()) == 1 and not pathlib.Path("x").exists()
    for word in words:
        assert word in err
