"""The degradation of Real-ESRGAN: blur, resize, noise and JPEG, twice, and a sinc filter in the end.

Wang et al. 2021, "Real-ESRGAN: training real-world blind super-resolution with pure synthetic data", arXiv 2107.10833,
section 3 and the numbers of the authors' configuration. Known differences: every image has its own size in the middle
and its own choice of everything, where the authors' batches share them (their pool of pairs, which mixes batches, is
thus not needed); exponents of kernels are uniform over their ranges; both orders of the last two steps are computed
and one is taken; see also `noise` and `resize`.
"""

import dataclasses

import tensorflow as tf

from ganzoo.degradations import blur, jpeg, levels, noise, resize
from ganzoo.degradations.blur import Blur
from ganzoo.degradations.resize import Resize
from ganzoo.errors import BadInput


@dataclasses.dataclass(frozen=True)
class Stage:
    """One round. gaussian: deviations in levels of 255, of the share `gaussian_share` of the images; poisson: strengths
    of the others', see `noise`; grey: share of images whose noise is equal in all channels; jpeg: qualities."""

    blur: Blur = dataclasses.field(default_factory=Blur)
    resize: Resize = dataclasses.field(default_factory=Resize)
    gaussian: tuple[float, float] = (1.0, 30.0)
    poisson: tuple[float, float] = (0.05, 3.0)
    gaussian_share: float = 0.5
    grey: float = 0.4
    jpeg: tuple[int, int] = (30, 95)

    def noisy(self, image: tf.Tensor, progress, stream: str) -> tf.Tensor:
        kind, place, grey = tf.unstack(progress.uniform([image.shape[0], 3], f"{stream}/noise"), axis=1)
        grey = grey < self.grey
        normal = noise.gaussian(image, levels.between(place, *self.gaussian), grey, progress, stream)
        counted = noise.poisson(image, levels.between(place, *self.poisson), grey, progress, stream)
        return image + tf.where(levels.each(kind < self.gaussian_share), normal, counted)

    def compressed(self, image: tf.Tensor, progress, stream: str) -> tf.Tensor:
        return jpeg.JPEG(*self.jpeg)(image, progress, stream)["input"]


@dataclasses.dataclass(frozen=True)
class SecondOrder:
    """Images `scale` times smaller, of 8 bits, spoilt in two rounds. sinc: share of images with a sinc filter at last.

    Raises BadInput for images that are neither grey nor RGB or whose sides are no multiples of `scale`.
    """

    scale: int = 4
    first: Stage = Stage()
    second: Stage = Stage(Blur(0.2, 1.5, probability=0.8), Resize(0.3, 1.2, (0.3, 0.4, 0.3)), (1.0, 25.0), (0.05, 2.5))
    sinc: float = 0.8

    def __post_init__(self):
        if self.scale < 1:
            raise BadInput(f"degradation SecondOrder.scale: {self.scale}; allowed: at least 1")

    def channels(self, channels: int) -> int:
        return channels

    def __call__(self, image: tf.Tensor, progress, stream: str) -> dict[str, tf.Tensor]:
        levels.check_colours("SecondOrder", image)
        rows, height, width, _ = image.shape
        if height % self.scale or width % self.scale:
            raise BadInput(
                f"degradation SecondOrder: images of {height}x{width}; allowed: sides that are multiples of "
                f"{self.scale}"
            )
        size = height // self.scale, width // self.scale
        canvas = resize.whole(image)
        for index, (stage, target) in enumerate(((self.first, (height, width)), (self.second, size))):
            name = f"{stream}/{index}"
            pixels = blur.blurred(canvas.pixels, stage.blur.kernels(rows, progress, f"{name}/blur"))
            canvas = stage.resize.resized(canvas._replace(pixels=pixels), target, progress, f"{name}/resize")
            pixels = stage.noisy(canvas.pixels, progress, name)
            if index == 0:
                pixels = stage.compressed(pixels, progress, f"{name}/jpeg")
            canvas = canvas._replace(pixels=pixels)
        # The second round's compression comes before the last resize for one half of the images, after it for the rest.
        early = levels.each(progress.uniform([rows], f"{stream}/order") < 0.5)
        pixels = tf.where(early, self.second.compressed(canvas.pixels, progress, f"{stream}/jpeg"), canvas.pixels)
        small = resize.fitted(canvas._replace(pixels=pixels), size, progress, f"{stream}/last").pixels
        small = blur.blurred(small, blur.sinc_kernels(rows, self.sinc, progress, f"{stream}/last"))
        late = self.second.compressed(small, progress, f"{stream}/jpeg")
        return {"input": tf.where(early, levels.rounded(small), late)}
