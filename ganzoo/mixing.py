"""Style mixing: pictures that have some layers' styles of one seed and the other layers' of another.

Karras, Laine & Aila 2019, "A style-based generator architecture for generative adversarial networks", arXiv 1812.04948,
section 3.1 and figure 3: the coarse layers decide on pose and shape, the fine ones on colour and texture.
"""

from collections.abc import Sequence

import numpy as np

from ganzoo import pictures
from ganzoo.errors import BadInput
from ganzoo.samplers import Sampler

# The layers of two resolutions, 4 to 8 pixels, 16 to 32, 64 and more (figure 3): a resolution has two styles. Of
# StyleGAN3, whose bands grow from layer to layer, the same numbers; its layer 0 turns and moves the whole picture.
GROUPS = {"coarse": (0, 4), "middle": (4, 8), "fine": (8, None)}


def table(
    sampler: Sampler,
    rows: Sequence[int],
    columns: Sequence[int],
    layers: Sequence[int] | str,
    label=None,
    truncation=None,
) -> np.ndarray:
    """uint8 [(rows + 1) x H, (columns + 1) x W, C]: of each row's seed, with each column's styles at `layers`.

    The first column shows the rows' pictures, the first row the columns', the corner is black. layers: numbers, or one
    of `GROUPS`. label: of all; without one those of a conditional model go by the place in row and column. truncation:
    of all; 1 without. Noise is constant. Raises BadInput where there is no such layer and as `Sampler.styles`.
    """
    chosen = named(layers, sampler)
    truncation = sampler.untruncated if truncation is None else truncation

    def styles(seeds):
        cycle = np.arange(len(seeds)) % sampler.classes if sampler.classes and label is None else label
        return sampler.styles(seeds, cycle, truncation)

    across, down = styles(columns), styles(rows)
    mixed = np.repeat(down, len(columns), axis=0)
    mixed[:, chosen] = np.tile(across, (len(rows), 1, 1))[:, chosen]
    inside = sampler.from_styles(mixed).reshape(len(rows), len(columns), *sampler.image)
    top = np.concatenate([np.zeros([1, *sampler.image], np.uint8), sampler.from_styles(across)])
    body = np.concatenate([sampler.from_styles(down)[:, None], inside], axis=1)
    cells = np.concatenate([top[None], body]).reshape(-1, *sampler.image)
    return pictures.array(pictures.grid(cells, len(columns) + 1))


def named(layers: Sequence[int] | str, sampler: Sampler, option: str = "--layers") -> list[int]:
    """The numbers of layers of that sampler, as `option` has them. Raises BadInput where it has none of them, or draws
    from no styles."""
    sampler.check_styled()
    if isinstance(layers, str):
        first, end = GROUPS[layers]
        found = list(range(sampler.layers))[first:end]
        if not found:
            raise BadInput(
                f"{option}: {layers} begins at layer {first}; this model has the layers 0-{sampler.layers - 1}"
            )
        return found
    if wrong := [layer for layer in layers if not 0 <= layer < sampler.layers]:
        raise BadInput(f"{option}: {wrong[0]}; this model has the layers 0-{sampler.layers - 1}")
    return list(layers)
