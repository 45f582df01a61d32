"""How near restored images are to their targets: PSNR, SSIM, energy of fine detail, distance of patches.

All take uint8 arrays [N, H, W, C], image by image with its target, and compute in float64. What the numbers of a paper
mean is a matter of protocol, so it is spelt out: `luma` = of BT.601's Y as MATLAB's rgb2ycbcr makes it (16 to 235, not
rounded), else of all channels; `crop` = that many pixels left out at each border, usually the scale.

`mask`, [N, H, W, 1], anything but 0 = hole, restricts a value to the hole of each image; BadInput names the first image
that has none. None of these numbers says alone that an image is good: blur has the best PSNR, nearest neighbours have
the best detail. Read them in pairs.

SSIM: Wang et al. 2004, "Image quality assessment: from error visibility to structural similarity", equations 13 to 17:
an 11x11 Gaussian window of deviation 1.5 wherever it fits, weighted moments, K = 0.01 and 0.03, range 255, the mean
over places and channels.
"""

from collections.abc import Iterator

import numpy as np

from ganzoo.errors import BadInput
from ganzoo.metrics import sliced

WINDOW, DEVIATION = 11, 1.5  # pixels
K1, K2 = 0.01, 0.03
EDGE = WINDOW // 2


def luma(images: np.ndarray) -> np.ndarray:
    """uint8 [N, H, W, 3] -> float64 [N, H, W, 1] in 16..235; grey images as they are."""
    if images.shape[-1] == 1:
        return images.astype(np.float64)
    return 16 + images[..., :3] @ np.array([65.481, 128.553, 24.966])[:, None] / 255


def psnr(
    images: np.ndarray, targets: np.ndarray, crop: int = 0, in_luma: bool = False, mask: np.ndarray | None = None
) -> np.ndarray:
    """Peak signal-to-noise ratio in dB with the peak at 255, float64 [N]; infinite for equal images.

    Raises BadInput for sets of different shapes.
    """
    found = []
    for image, target, hole in _pairs(images, targets, crop, in_luma, mask):
        squares = (image - target) ** 2
        found.append((squares if hole is None else squares[hole]).mean())
    with np.errstate(divide="ignore"):
        return 10 * np.log10(255**2 / np.array(found))


def ssim(
    images: np.ndarray, targets: np.ndarray, crop: int = 0, in_luma: bool = False, mask: np.ndarray | None = None
) -> np.ndarray:
    """Structural similarity, float64 [N], 1 for equal images. With a mask, of the windows whose centre is in the hole.

    Raises BadInput for sets of different shapes, for images below 11 pixels, and for holes within 5 pixels of a border.
    """
    found = []
    for index, (image, target, hole) in enumerate(_pairs(images, targets, crop, in_luma, mask)):
        if min(image.shape[:2]) < WINDOW:
            raise BadInput(f"metrics: ssim takes images of at least {WINDOW}x{WINDOW}, these are {_size(image)}")
        local = _similarity(image, target)
        if hole is not None:
            inside = hole[EDGE:-EDGE, EDGE:-EDGE]
            _check_hole(inside, index)
            local = local[inside]
        found.append(local.mean())
    return np.array(found)


def detail(images: np.ndarray, targets: np.ndarray, mask: np.ndarray | None = None) -> float:
    """Energy of the finest level of the Laplacian pyramid, see `sliced`, over that of the targets, both of the set.

    1 is right; blur is below, noise and blocks are above. Raises BadInput for sides that are odd or below 28 pixels.
    """
    if min(images.shape[1:3]) < 2 * sliced.COARSEST or images.shape[1] % 2 or images.shape[2] % 2:
        raise BadInput(
            f"metrics: detail takes images of even sides of at least {2 * sliced.COARSEST}, these are "
            f"{_size(images[0])}"
        )
    energies = np.zeros(2)
    for image, target, hole in _pairs(images, targets, 0, False, mask):
        for side, values in enumerate(sliced.pyramid(np.stack([image, target]), 2)[0]):
            energies[side] += np.square(values if hole is None else values[hole], dtype=np.float64).sum()
    return float(energies[0] / energies[1])


def patch_distance(images: np.ndarray, targets: np.ndarray, mask: np.ndarray | None = None) -> dict:
    """What `sliced.between` gives: the distance of the two sets' patches, 0 for equal ones. With a mask, of the patches
    whose centre is in the hole, at the levels that have some of every image."""
    return sliced.between(images, targets, None if mask is None else mask[..., 0] > 0)


def _pairs(images, targets, crop, in_luma, mask) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray | None]]:
    """Each image and its target, float64 [H, W, C], cropped, and its hole, bool [H, W], or None."""
    if images.shape != targets.shape:
        shapes = [list(each.shape) for each in (images, targets)]
        raise BadInput(f"metrics: images of shape {shapes[0]} were given with targets of {shapes[1]}")
    if 2 * crop >= min(images.shape[1:3]):
        raise BadInput(f"metrics: a crop of {crop} leaves nothing of images of {_size(images[0])}")
    inner = slice(crop, -crop or None)
    for index in range(len(images)):
        pair = (each[index : index + 1, inner, inner] for each in (images, targets))
        image, target = (luma(each)[0] if in_luma else each[0].astype(np.float64) for each in pair)
        hole = None if mask is None else mask[index, inner, inner, 0] > 0
        if hole is not None:
            _check_hole(hole, index)
        yield image, target, hole


def _similarity(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The SSIM of every window, float64 [H - 10, W - 10, C]."""
    import scipy.ndimage

    window = np.exp(-((np.arange(WINDOW) - EDGE) ** 2) / (2 * DEVIATION**2))
    window /= window.sum()

    def mean(values):
        for axis in (0, 1):
            values = scipy.ndimage.correlate1d(values, window, axis=axis)
        return values[EDGE:-EDGE, EDGE:-EDGE]

    mx, my = mean(x), mean(y)
    vx, vy, covariance = mean(x * x) - mx**2, mean(y * y) - my**2, mean(x * y) - mx * my
    c1, c2 = (K1 * 255) ** 2, (K2 * 255) ** 2
    return (2 * mx * my + c1) * (2 * covariance + c2) / ((mx**2 + my**2 + c1) * (vx + vy + c2))


def _check_hole(hole: np.ndarray, index: int) -> None:
    if not hole.any():
        raise BadInput(f"metrics: the mask of image {index} has no hole where one is looked for")


def _size(image: np.ndarray) -> str:
    return "x".join(map(str, image.shape[:2]))
