"""`GAN.train_step` on the game whose dynamics are known: the Dirac-GAN, step by step and in the long run."""

import numpy as np
import pytest

from ganzoo import losses, regularizers, schedules
from ganzoo.data.points import PointSpec
from ganzoo.models.points import dirac
from ganzoo.recipes.studies import dirac as study

H, GAMMA = 0.1, 0.3


def play(adversarial, penalties=(), steps=400, **nets):
    model = dirac.Dirac(**nets).build(PointSpec(1))
    rate = schedules.SGD(H)
    model.compile(rate.build(1), rate.build(1), adversarial, regularizers=penalties, jit_compile=False)
    return dirac.play(model, steps)


def test_the_first_step_by_hand():
    # D first: psi' = psi - h sigma(psi theta) theta; then G by the new D: theta' = theta + h sigma(-psi' theta) psi'.
    def sigma(x):
        return 1 / (1 + np.exp(-x))

    psi = 0.5 - H * sigma(0.5 * 0.8) * 0.8
    theta = 0.8 + H * sigma(-psi * 0.8) * psi
    np.testing.assert_allclose(play(losses.non_saturating, steps=1, theta=0.8, psi=0.5)[0], [psi, theta], rtol=1e-6)


@pytest.mark.parametrize(
    ("adversarial", "slope", "penalties", "gamma"),
    [
        (losses.non_saturating, 0.5, (), 0.0),
        (losses.non_saturating, 0.5, (regularizers.R1(GAMMA),), GAMMA),
        (losses.wasserstein, 1.0, (regularizers.R1(GAMMA),), GAMMA),
        (losses.relativistic, 0.5, (regularizers.R1(GAMMA), regularizers.R2(GAMMA)), 2 * GAMMA),
        (losses.hinge, 1.0, (regularizers.R2(2.0),), 2.0),
    ],
)
def test_near_the_equilibrium_a_step_is_the_computed_map(adversarial, slope, penalties, gamma):
    path = play(adversarial, penalties, theta=1e-3, psi=2e-3)
    step = study.update_map(H, slope, gamma)
    np.testing.assert_allclose(path[0], step @ [2e-3, 1e-3], rtol=1e-4)
    np.testing.assert_allclose(path[9], np.linalg.matrix_power(step, 10) @ [2e-3, 1e-3], rtol=1e-3, atol=1e-7)
    assert dirac.measured_rate(path) == pytest.approx(study.log_radius(H, slope, gamma), abs=2e-3)


def test_the_radius_of_the_map_where_it_is_known():
    assert study.log_radius(H, 0.5) == pytest.approx(0, abs=1e-12)  # it turns for ever
    assert study.log_radius(H, 0.5, GAMMA) == pytest.approx(np.log(1 - H * GAMMA) / 2)  # complex eigenvalues
    assert study.log_radius(H, 0.5, 2.0) > np.log(1 - H * 2.0) / 2  # real ones: the slower decides


def test_clipped_wgan_cycles_within_its_clip():
    path = play(losses.wasserstein, steps=600, theta=1.0, psi=0.1, clip=0.3)
    assert np.abs(path[:, 0]).max() <= 0.3 + 1e-6
    assert np.linalg.norm(path[-200:], axis=1).min() > 0.05 and np.ptp(path[-200:, 1]) > 0.3


@pytest.mark.parametrize(("weight", "rests"), [(0.25, False), (1.0, True)])
def test_wgan_gp_cycles_or_rests_beside_the_equilibrium(weight, rests):
    penalty = regularizers.GradientPenalty(weight=weight, target=0.3)
    late = play(losses.wasserstein, (penalty,), steps=800, theta=1.0, psi=0.1)[-200:]
    if rests:
        np.testing.assert_allclose(np.abs(late[-1]), [0, 2 * weight * 0.3], atol=1e-4)
    else:
        assert late.min(axis=0).max() < -0.05 and late.max(axis=0).min() > 0.05
