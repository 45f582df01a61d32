"""StyleGAN-V on animated emoji at 32x32, on two cores.

Differences from the paper: width, 2 layers of mapping, anchors every 8 frames, 32 waves, R1 every fourth step, rates,
batch, length, no augmentation. 989 clips of 12 frames, cut out of 477, are few: what is learned is them.

Task: video
Variant: StyleGAN-V (lite)
Data: Microsoft's Fluent emoji that move, 32x32 on white (npm package)
Paper: Skorokhodov et al. 2022, arXiv 2112.14683
Command: ganzoo train stylegan_v_lite_emoji_clips
"""

import dataclasses

from ganzoo.recipe import Recipe, Train, Video


def recipe() -> Recipe:
    from ganzoo.models.image import stylegan2
    from ganzoo.models.video import stylegan_v
    from ganzoo.recipes.video.stylegan_v_lite_moving_digits import recipe as digits

    nets = stylegan2.StyleGAN2(cbase=1024, cmax=96, z_dim=64, w_dim=64, depth=2, path_length=0.0, mixing=0.0)
    return dataclasses.replace(
        digits(),
        model=stylegan_v.StyleGANV(nets, motion=32, distance=8, waves=32, longest=64),
        data=Video(source="package", name="fluent_emoji", size=32, channels=3, frames=12),
        train=Train(images=32_000, batch=16, tick=3_200, evaluate=32_000, steps_per_execution=10),
        metrics=(
            "videokd200_transnetv2",
            "videofd200_transnetv2",
            "speed200_track",
            "frozen200_track",
            "framekd200_pixels",
        ),
    )


def smoke() -> Recipe:
    from ganzoo.recipes.video.stylegan_v_lite_moving_digits import smoke as digits

    return dataclasses.replace(digits(), metrics=("speed8_track",))
