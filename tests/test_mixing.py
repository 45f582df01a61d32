"""Tables of mixed styles."""

import pathlib
import sys

import numpy as np
import PIL.Image
import pytest
import styled

import ganzoo
from ganzoo import cli, mixing, samplers
from ganzoo.data.images import Spec
from ganzoo.models.image import stylegan2

SHIPPED = pathlib.Path(__file__).parent.parent / "saved_models/dcgan_fashion_mnist"


@pytest.fixture(scope="module")
def sampler():
    return samplers.of(styled.model())


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return styled.exported(styled.model(), tmp_path_factory.mktemp("models") / "styled")


def cells(table, rows, columns):
    """[rows, columns, H, W, C]"""
    height, width, channels = table.shape
    split = table.reshape(rows, height // rows, columns, width // columns, channels)
    return split.transpose(0, 2, 1, 3, 4)


def test_a_table_has_its_sources_and_their_mixtures(sampler):
    rows, columns = [1, 2], [5, 6, 7]
    found = cells(mixing.table(sampler, rows, columns, [1, 3], truncation=0.7), 3, 4)
    assert not found[0, 0].any()
    np.testing.assert_array_equal(found[1:, 0], sampler.generate(rows, truncation=0.7))
    np.testing.assert_array_equal(found[0, 1:], sampler.generate(columns, truncation=0.7))
    w = sampler.styles([2, 6], truncation=0.7)
    by_hand = np.stack([w[0, 0], w[1, 1], w[0, 2], w[1, 3]])
    np.testing.assert_array_equal(found[2, 2], sampler.from_styles(by_hand[None])[0])
    assert np.any(found[2, 2] != found[2, 0]) and np.any(found[2, 2] != found[0, 2])


def test_all_layers_give_the_column_and_none_is_truncated_unless_told(sampler):
    found = cells(mixing.table(sampler, [1, 2], [5], "coarse"), 3, 2)  # the model has no more than four
    np.testing.assert_array_equal(found[1, 1], found[0, 1])
    np.testing.assert_array_equal(found[0, 1], sampler.generate([5], truncation=1.0)[0])


def test_classes_go_by_the_place_unless_told():
    nets = stylegan2.StyleGAN2(32, 4, z_dim=4, w_dim=4, depth=1, conditional=True)
    sampler = samplers.of(styled.model(Spec(8, 8, 1, 2), nets))
    found = cells(mixing.table(sampler, [1, 2, 3], [5], [0]), 4, 2)
    np.testing.assert_array_equal(found[1:, 0], sampler.generate([1, 2, 3], [0, 1, 0], 1.0))
    found = cells(mixing.table(sampler, [1, 2, 3], [5], [0], label=1), 4, 2)
    np.testing.assert_array_equal(found[1:, 0], sampler.generate([1, 2, 3], 1, 1.0))


def test_the_export_of_stylegan3_has_styles_to_mix(tmp_path):
    model = styled.model(nets=styled.ALIAS_FREE)
    sampler = ganzoo.load(styled.exported(model, tmp_path / "stylegan3"))
    assert (sampler.layers, sampler.noise) == (5, 0)
    found = cells(mixing.table(sampler, [1, 2], [5], [1, 3], truncation=0.7), 3, 2)
    run = samplers.of(model)
    np.testing.assert_array_equal(found[1:, 0], run.generate([1, 2], truncation=0.7))
    w = run.styles([2, 5], truncation=0.7)
    by_hand = np.stack([w[0, 0], w[1, 1], w[0, 2], w[1, 3], w[0, 4]])
    np.testing.assert_array_equal(found[2, 1], run.from_styles(by_hand[None])[0])
    assert np.any(found[2, 1] != found[2, 0]) and np.any(found[2, 1] != found[0, 1])


def run(monkeypatch, capsys, *arguments):
    monkeypatch.setattr(sys, "argv", ["ganzoo", *map(str, arguments)])
    with pytest.raises(SystemExit) as stopped:
        cli.app()
    captured = capsys.readouterr()
    return stopped.value.code, captured.out, captured.err


def test_the_command_writes_the_table_of_an_export(monkeypatch, capsys, tmp_path, folder, sampler):
    out = tmp_path / "mix.png"
    arguments = ("mix", folder, "--rows", "0-1", "--cols", "4,9", "--layers", "2-3", "--truncation", 0.5, "--out", out)
    code, said, err = run(monkeypatch, capsys, *arguments)
    assert code == 0 and "2 by 2" in said, err
    np.testing.assert_array_equal(
        np.asarray(PIL.Image.open(out)), mixing.table(sampler, [0, 1], [4, 9], [2, 3], truncation=0.5)
    )


@pytest.mark.parametrize(
    "source, arguments, words",
    [
        ("shipped", ("--out", "x.png"), ["has no styles to choose"]),
        ("styled", ("--out", "x.gif"), ["--out", "x.gif", ".png"]),
        ("styled", ("--out", "x.png"), ["--layers: middle", "0-3"]),
        ("styled", ("--out", "x.png", "--layers", "2-4"), ["--layers: 4", "0-3"]),
        ("styled", ("--out", "x.png", "--layers", "low"), ["--layers", "low"]),
        ("styled", ("--out", "x.png", "--layers", "0", "--label", "1"), ["label: 1", "takes no label"]),
        ("styled", ("--out", "x.png", "--rows", "0-99", "--cols", "0-99"), ["100 by 100", "4096"]),
    ],
)
def test_bad_input_is_one_line(monkeypatch, capsys, tmp_path, folder, source, arguments, words):
    monkeypatch.chdir(tmp_path)
    code, _, err = run(monkeypatch, capsys, "mix", folder if source == "styled" else SHIPPED, *arguments)
    assert code == 2 and len(err.strip().splitlines()) == 1 and not list(tmp_path.iterdir())
    for word in words:
        assert word in err
