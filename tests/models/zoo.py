"""Every variant of images/ as narrow as it goes, with a game it is played with."""

import dataclasses

import numpy as np

from ganzoo import losses, regularizers
from ganzoo.models.image import (
    acgan,
    biggan,
    biggan_deep,
    cgan,
    dcgan,
    fastgan,
    infogan,
    lsgan,
    progan,
    r3gan,
    reacgan,
    sagan,
    sngan,
    stylegan,
    stylegan2,
    stylegan3,
    vanilla,
    wgan,
    wgan_gp,
)

STYLEGAN2 = stylegan2.StyleGAN2(cbase=32, cmax=4, z_dim=5, w_dim=6, depth=2)
# name: (model, adversarial loss, regularisers of its paper)
VARIANTS = {
    "vanilla": (vanilla.Vanilla(g_width=8, d_width=4, pieces=2, z_dim=5), losses.minimax, ()),
    "dcgan": (dcgan.DCGAN(width=4, z_dim=5), losses.non_saturating, ()),
    "lsgan": (lsgan.LSGAN(width=4, z_dim=5), losses.least_squares(), ()),
    "wgan": (wgan.WGAN(width=4, z_dim=5), losses.wasserstein, ()),
    "wgan_gp": (wgan_gp.WGANGP(4, 4, z_dim=5), losses.wasserstein, (regularizers.GradientPenalty(),)),
    "sngan": (sngan.SNGAN(4, 4, z_dim=5), losses.hinge, ()),
    "concatenation": (cgan.Concatenation(width=4, z_dim=5), losses.non_saturating, ()),
    "projection": (cgan.Projection(4, 4, z_dim=5), losses.hinge, ()),
    "sagan": (sagan.SAGAN(width=4, z_dim=5), losses.hinge, ()),
    "biggan": (biggan.BigGAN(width=3, z_dim=6, embedding=4, orthogonal=0.1, standing=2), losses.hinge, ()),
    "biggan_deep": (biggan_deep.BigGANDeep(width=3, z_dim=5, embedding=4, standing=0), losses.hinge, ()),
    "acgan": (acgan.ACGAN(g_width=8, d_width=2, z_dim=5), losses.non_saturating, ()),
    "infogan": (
        infogan.InfoGAN(width=2, dense=6, q_dense=4, categories=3, z_dim=5),
        losses.non_saturating,
        (),
    ),
    "stylegan2": (STYLEGAN2, losses.non_saturating, (regularizers.R1(interval=2),)),
    "stylegan2_conditional": (
        dataclasses.replace(STYLEGAN2, conditional=True, architecture="orig"),
        losses.non_saturating,
        (regularizers.R1(),),
    ),
    "stylegan": (
        stylegan.StyleGAN(cbase=32, cmax=4, z_dim=5, w_dim=6, depth=2),
        losses.non_saturating,
        (regularizers.R1(),),
    ),
    "progan": (
        progan.ProGAN(cbase=32, cmax=4, z_dim=5, conditional=True),
        losses.wasserstein,
        (regularizers.GradientPenalty(), regularizers.Drift()),
    ),
    "stylegan3": (
        stylegan3.StyleGAN3(cbase=64, cmax=4, z_dim=5, w_dim=6, layers=3, critical=1, conditional=True),
        losses.non_saturating,
        (regularizers.R1(),),
    ),
    "r3gan": (
        r3gan.R3GAN((8, 4, 4), blocks=1, group_width=4, z_dim=5, conditional=True),
        losses.relativistic,
        (regularizers.R1(), regularizers.R2()),
    ),
    "reacgan": (
        reacgan.ReACGAN(reacgan.Residual(biggan.BigGAN(width=3, z_dim=6, embedding=4, standing=2), length=5)),
        losses.hinge,
        (),
    ),
    "fastgan": (fastgan.FastGAN(g_width=4, d_width=4, z_dim=5, reach=2), losses.hinge, ()),
}
# Whose images are not squashed into [-1, 1].
UNBOUNDED = ("stylegan2", "stylegan2_conditional", "stylegan", "progan", "stylegan3", "r3gan")
# Of whose resolutions two count at a time at most: test_progan.py looks for gradients level by level.
GROWING = ("progan",)
CONDITIONAL = (
    "concatenation",
    "projection",
    "sagan",
    "biggan",
    "biggan_deep",
    "acgan",
    "stylegan2_conditional",
    "progan",
    "stylegan3",
    "r3gan",
    "reacgan",
)


def wake(game):
    """Give what starts at zero a value: a branch behind it has no gradient before the first step."""
    for weight in game.trainable_variables:
        if weight.name in ("kernel", "sigma") and not np.any(weight):
            weight.assign(np.random.default_rng(3).normal(0, 0.3, weight.shape))
    return game
