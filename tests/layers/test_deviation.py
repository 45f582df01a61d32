"""Minibatch standard deviation by its definition."""

import numpy as np
import pytest

from ganzoo.data.images import Spec
from ganzoo.errors import BadInput
from ganzoo.layers import deviation
from ganzoo.models import apa
from ganzoo.models.image import progan, stylegan, stylegan2, stylegan3


def by_definition(x, group):
    batch, height, width, channels = x.shape
    groups, out = batch // group, np.zeros((batch, height, width, channels + 1))
    out[..., :channels] = x
    for first in range(groups):
        members = x[first::groups]
        assert len(members) == group
        out[first::groups, :, :, channels] = np.sqrt(members.var(axis=0) + 1e-8).mean()
    return out


@pytest.mark.parametrize(("batch", "group", "used"), [(6, 2, 2), (6, 6, 6), (3, 4, 3), (4, 1, 1)])
def test_by_definition(batch, group, used):
    x = np.random.default_rng(0).normal(size=(batch, 3, 2, 5)).astype(np.float32)
    np.testing.assert_allclose(deviation.MinibatchDeviation(group)(x), by_definition(x, used), atol=1e-6)


@pytest.mark.parametrize(
    "nets",
    [
        stylegan.StyleGAN(16, 2, z_dim=2, w_dim=2, depth=1),
        stylegan2.StyleGAN2(16, 2, z_dim=2, w_dim=2, depth=1),
        stylegan3.StyleGAN3(16, 2, z_dim=2, w_dim=2, layers=3, critical=1),
        progan.ProGAN(16, 2, z_dim=2),
        apa.APA(stylegan2.StyleGAN2(16, 2, z_dim=2, w_dim=2, depth=1)),
    ],
    ids=lambda nets: type(nets).__name__,
)
def test_a_game_says_what_batches_its_groups_divide(nets):
    game = nets.build(Spec(8, 8, 1))
    assert game.multiples(30) == {"model.group": 4} and game.multiples(3) == {"model.group": 3}


def test_a_group_of_none_is_refused():
    with pytest.raises(BadInput, match=r"model\.group: 0"):
        deviation.MinibatchDeviation(0)


def test_float32_in_half_precision():
    layer = deviation.MinibatchDeviation(2)
    assert layer(np.zeros((4, 2, 2, 1), np.float16)).dtype == "float32"
