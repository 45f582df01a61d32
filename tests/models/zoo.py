"""Every variant of images/ as narrow as it goes, with a game it is played with."""

import dataclasses

from ganzoo import losses, regularizers
from ganzoo.models.image import acgan, cgan, dcgan, lsgan, sngan, stylegan, stylegan2, vanilla, wgan, wgan_gp

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
    "acgan": (acgan.ACGAN(g_width=8, d_width=2, z_dim=5), losses.non_saturating, ()),
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
}
UNBOUNDED = ("stylegan2", "stylegan2_conditional", "stylegan")  # whose images are not squashed into [-1, 1]
CONDITIONAL = ("concatenation", "projection", "acgan", "stylegan2_conditional")
