"""Minibatch standard deviation by its definition."""

import numpy as np
import pytest

from ganzoo.errors import BadInput
from ganzoo.layers import deviation


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


def test_a_batch_that_groups_do_not_fill_is_refused():
    with pytest.raises(BadInput, match=r"train\.batch: 6 .* multiple of model\.group = 4"):
        deviation.MinibatchDeviation(4)(np.zeros((6, 2, 2, 1), np.float32))


def test_float32_in_half_precision():
    layer = deviation.MinibatchDeviation(2)
    assert layer(np.zeros((4, 2, 2, 1), np.float16)).dtype == "float32"
