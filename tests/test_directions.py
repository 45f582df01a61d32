"""Directions in closed form, and their strips."""

import json
import pathlib
import sys

import keras
import numpy as np
import PIL.Image
import pytest
import styled

from ganzoo import cli, directions, samplers
from ganzoo.data.images import Spec
from ganzoo.errors import BadInput
from ganzoo.generator import Generator
from ganzoo.layers import spectral
from ganzoo.models.image import biggan, cgan, infogan, progan, stylegan, vanilla

SHIPPED = pathlib.Path(__file__).parent.parent / "saved_models/dcgan_fashion_mnist"


def test_directions_are_those_of_the_largest_change_by_hand():
    matrix = np.array([[0.0, 2.0, 0.0], [0.0, 0.0, -3.0], [1.0, 0.0, 0.0]])
    found, values = directions.factorized(matrix, 2)
    np.testing.assert_allclose(found, [[0, 0, 1], [0, 1, 0]], atol=1e-12)
    np.testing.assert_allclose(values, [9, 4])


def test_the_affine_maps_of_a_layer_are_found():
    model = stylegan.StyleGAN(64, 8, z_dim=6, w_dim=5, depth=2).build(Spec(8, 8, 1))
    generator = Generator(model)
    kernels = [layer.kernel.numpy() for layer in generator.styled.affines.layers if hasattr(layer, "kernel")]
    # One for each of four layers, scaled by the root of its five inputs.
    assert [kernel.shape for kernel in kernels] == [(5, 16)] * 4
    found = directions.affine(generator, [1, 3]).reshape(2, 4, 16, 5)
    for place, layer in enumerate((1, 3)):
        np.testing.assert_allclose(found[place, layer], kernels[layer].T / 5**0.5, atol=1e-5)
        assert not np.delete(found[place], layer, axis=0).any()
    # StyleGAN2's last style of a resolution also opens the next one.
    reacts = [
        int(sum(part.any() for part in np.split(directions.affine(Generator(styled.model()), [layer]), 5)))
        for layer in range(4)
    ]
    assert reacts == [1, 2, 1, 1]


def test_stylegan3_turns_and_moves_the_picture_by_its_first_style():
    generator = Generator(styled.model(nets=styled.ALIAS_FREE))
    synthesis = generator.network.get_layer("synthesis")
    features = next(layer for layer in synthesis.layers if hasattr(layer, "phases"))
    features.kernel.assign(np.eye(6, 4))
    first = directions.affine(generator, [0])
    np.testing.assert_allclose(first[:4], np.eye(4, 6) / 6**0.5, atol=1e-6)
    assert not first[4:].any()
    kernels = [layer.kernel.numpy() for layer in generator.styled.affines.layers if hasattr(layer, "kernel")]
    found = np.split(directions.affine(generator, [2]), np.cumsum([4, *(kernel.shape[1] for kernel in kernels)]))
    np.testing.assert_allclose(found[2], kernels[1].T / 6**0.5, atol=1e-5)
    assert not any(found[place].any() for place in (0, 1, 3, 4))


def test_without_styles_the_first_dense_layer_counts():
    model = vanilla.Vanilla(g_width=8, d_width=4).build(Spec(4, 5, 3))
    kernel = model.generator.layers[1].kernel.numpy()
    np.testing.assert_allclose(directions.linear(model.generator, 100), kernel.T, rtol=1e-6)
    # Beside a class, and divided by its own root mean square.
    for nets in (cgan.Concatenation(width=4), progan.ProGAN(32, 4, z_dim=6, conditional=True)):
        model = nets.build(Spec(16, 16, 1, 3))
        kernel = next(layer.kernel for layer in model.generator.layers if hasattr(layer, "kernel")).numpy()
        assert len(kernel) > model.z_dim
        matrix = directions.linear(model.generator, model.z_dim)
        np.testing.assert_allclose(matrix, kernel[: model.z_dim].T, rtol=1e-5)
    nets = infogan.InfoGAN(width=2, dense=4, z_dim=6)
    with pytest.raises(BadInput, match="no dense layer of this model takes z, whole or in pieces, as it is"):
        directions.linear(nets.generator(Spec(16, 16, 1)), 6)


def test_pieces_of_z_count_for_each_layer_that_takes_them():
    network = biggan.BigGAN(width=2, z_dim=6, embedding=4).generator(Spec(16, 16, 1, 3))
    readers = [layer for layer in network.layers if isinstance(layer, spectral.SpectralDense)]
    first, *norms = readers
    # Two numbers for the first layer; two for each block's two norms, below a class's four, in a scale and an offset.
    assert [layer.kernel.shape[0] for layer in readers] == [2] + [6] * 8
    first.kernel.assign(np.zeros(first.kernel.shape))
    for layer in norms:
        kernel = np.zeros(layer.kernel.shape)
        kernel[:4] = 9.0  # of the class
        if layer in norms[:4]:
            kernel[:4], kernel[5, 1] = 0.0, -7.0  # the block's second number
        layer.kernel.assign(kernel)
    found, values = directions.factorized(directions.linear(network, 6), 2)
    np.testing.assert_allclose(found[0], [0, 0, 0, 1, 0, 0], atol=1e-6)
    # Divided by their largest singular values the four kernels have 1 each.
    np.testing.assert_allclose(values, [4, 0], atol=1e-5)


def test_a_strip_passes_the_picture_of_the_seed():
    sampler = samplers.of(styled.model())
    made = directions.strip(sampler, np.eye(5)[0], [3, 4], [0, 1], None).reshape(2, 7, 8, 12, 3)
    np.testing.assert_array_equal(made[:, 3], sampler.generate([3, 4], truncation=1.0))
    w = sampler.styles([4], truncation=1.0)
    w[0, :2, 0] -= 3
    np.testing.assert_array_equal(made[1, 0], sampler.from_styles(w)[0])
    plain = samplers.of(cgan.Concatenation(width=4).build(Spec(16, 16, 1, 3)))
    made = directions.strip(plain, np.eye(plain.z_dim)[0], [3, 4], None, [2, 0]).reshape(2, 7, 16, 16, 1)
    np.testing.assert_array_equal(made[:, 3], plain.generate([3, 4], [2, 0]))


def run(monkeypatch, capsys, *arguments):
    monkeypatch.setattr(sys, "argv", ["ganzoo", *map(str, arguments)])
    with pytest.raises(SystemExit) as stopped:
        cli.app()
    captured = capsys.readouterr()
    return stopped.value.code, captured.out, captured.err


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    keras.utils.set_random_seed(0)
    return styled.run_folder(tmp_path_factory.mktemp("runs") / "styled", "stylegan2_tiny_fashion_mnist")


def test_the_command_writes_strips(monkeypatch, capsys, tmp_path, folder):
    arguments = ("directions", folder, "--count", 2, "--seeds", "0-2", "--layers", "0-1", "--out", tmp_path)
    code, said, err = run(monkeypatch, capsys, *arguments)
    assert code == 0 and "2 directions" in said, err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["direction-1.png", "direction-2.png", "directions.npz"]
    assert PIL.Image.open(tmp_path / "direction-1.png").size == (7 * 28, 3 * 28)
    with np.load(tmp_path / "directions.npz") as kept:
        np.testing.assert_allclose(np.linalg.norm(kept["directions"], axis=1), 1, rtol=1e-6)
        assert kept["values"][0] >= kept["values"][1] > 0
        assert json.loads(str(kept["protocol"]))["layers"] == [0, 1]


@pytest.mark.parametrize(
    "arguments, words",
    [
        ((SHIPPED, "--out", "x"), ["exported model", "weights", "run folder"]),
        (("RUN", "--out", "x", "--count", "0"), ["--count: 0"]),
        (("RUN", "--out", "x", "--count", "9999"), ["--count: 9999", "at most"]),
        (("RUN", "--out", "x", "--layers", "99"), ["--layers: 99"]),
        (("RUN", "--out", "x", "--label", "1"), ["label: 1", "takes no label"]),
    ],
)
def test_bad_input_is_one_line(monkeypatch, capsys, tmp_path, folder, arguments, words):
    monkeypatch.chdir(tmp_path)
    code, _, err = run(monkeypatch, capsys, "directions", *(folder if each == "RUN" else each for each in arguments))
    assert code == 2 and len(err.strip().splitlines()) == 1 and not list(tmp_path.iterdir())
    for word in words:
        assert word in err
