"""Every variant of images/ as narrow as it goes, with a game it is played with."""

from ganzoo import losses, regularizers
from ganzoo.models.image import acgan, cgan, dcgan, lsgan, sngan, vanilla, wgan, wgan_gp

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
}
CONDITIONAL = ("concatenation", "projection", "acgan")
