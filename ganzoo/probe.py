"""Measures of a game at one moment, on fixed samples: what `ganzoo.diagnosis` judges.

D and G are asked as they are served (training=False), so that nothing is moved: no batch norm statistics, no vector of
a spectral norm, no random stream. The reals, the held-out reals and the latents are chosen once and by fixed seeds.
"""

import keras
import numpy as np
import scipy.spatial.distance
import scipy.stats
import tensorflow as tf

from ganzoo.gan import NoiseGAN
from ganzoo.generator import MEDIA

COUNT = 256  # samples of each kind, or one batch where that is larger
LEAST = 32  # fakes whose class is known, for their classes to be counted
SEED = 0


class Probe:
    """The fixed samples of one model, and what is measured on them."""

    def __init__(self, model: NoiseGAN, images, batch: int, extractor=None):
        """images: the `ganzoo.data.images.ImageSet` of the training. batch: what D judges at once, as in training.

        extractor: a `metrics.extractor.Extractor` that knows classes and takes these images, or None.
        """
        self.model, self.batch, self.extractor = model, batch, extractor
        count = batch * max(1, COUNT // batch)
        self.reals = _choose(images, count)
        self.others = _choose(images.held_out, count) if images.held_out else None
        draw = np.random.default_rng(SEED)
        shape = (count, model.z_dim)
        z = draw.normal(size=shape) if model.latent == "normal" else draw.uniform(-1, 1, shape)
        self.latents = {"z": z.astype(np.float32)} | model.condition(self.reals)
        if model.truncates:
            self.latents["truncation"] = np.ones(count, np.float32)
        self.finish = MEDIA[len(model.image)].finish
        self._features = _features(model.discriminator)
        first, second = np.array_split(self.reals["image"], 2)
        self._usual = {"spread": _hits(second, first), "classes": self._classes(self.reals["image"])}

    def measure(self) -> dict[str, float | None]:
        """Floats by name, None = not to be measured here.

        logit_*: D's mean logit of reals it is trained on, of fakes, of held-out reals; accuracy_*: shares on their side
        of the pair's boundary. separation: P(D(real) > D(fake)). memory: P(D(real) > D(held out)). overfitting: r_v.
        signal: mean size of the derivative of G's loss by a fake's logit. diversity, diversity_features: mean distance
        between fakes relative to that between reals, of the samples and in D's last hidden layer. spread: distinct
        reals that are nearest to some fake, relative to other reals. classes: exp of the entropy of the fakes' classes
        relative to the reals'.
        """
        fakes = self.reals | {"image": self._generate()}
        boundary = self.model.adversarial.boundary
        real, fake = self._logits(self.reals), self._logits(fakes)
        other = self._logits(self.others) if self.others else None
        first = np.array_split(self.reals["image"], 2)[0]
        found = {
            "logit_real": real.mean(),
            "logit_fake": fake.mean(),
            "logit_held_out": other.mean() if self.others else None,
            "accuracy_real": (real > boundary).mean(),
            "accuracy_fake": (fake <= boundary).mean(),
            "accuracy_held_out": (other > boundary).mean() if self.others else None,
            "separation": _above(real, fake),
            "memory": _above(real, other) if self.others else None,
            "overfitting": _between(real, other, fake) if self.others else None,
            "signal": self._signal(real, fake),
            "diversity": _apart(fakes["image"]) / _apart(self.reals["image"]),
            "diversity_features": self._feature_diversity(fakes),
            "spread": _hits(fakes["image"][: len(first)], first) / self._usual["spread"],
            "classes": self._classes(fakes["image"], self._usual["classes"]),
        }
        return {name: None if value is None else round(float(value), 6) for name, value in found.items()}

    def _generate(self) -> np.ndarray:
        parts = [self.model.generator(part, training=False).numpy() for part in self._parts(self.latents)]
        return np.concatenate(parts)

    def _parts(self, batch: dict[str, np.ndarray]) -> list[dict[str, np.ndarray]]:
        """Parts of the size of a training batch: D may look at several samples at once."""
        count = len(next(iter(batch.values())))
        starts = range(0, count, self.batch)
        return [{name: value[start : start + self.batch] for name, value in batch.items()} for start in starts]

    def _logits(self, batch: dict[str, np.ndarray]) -> np.ndarray:
        model = self.model
        parts = [model.critic(part, training=False)(model.pack(part["image"])) for part in self._parts(batch)]
        return np.concatenate([np.asarray(part, np.float64) for part in parts])

    def _signal(self, real: np.ndarray, fake: np.ndarray) -> float:
        logits, adversarial = tf.constant(fake, tf.float32), self.model.adversarial
        with tf.GradientTape() as tape:
            tape.watch(logits)
            loss = adversarial.g(logits, tf.constant(real, tf.float32) if adversarial.relativistic else None)
        return tf.reduce_sum(tf.abs(tape.gradient(loss, logits))).numpy()

    def _feature_diversity(self, fakes: dict[str, np.ndarray]) -> float | None:
        if self._features is None:
            return None

        def apart(batch):
            parts = []
            for part in self._parts(batch):
                given = {"image": self.model.pack(part["image"])} | self.model.condition(part)
                asked = {each.name: given[each.name] for each in self._features.inputs}  # not every D is told labels
                parts.append(np.asarray(self._features(asked, training=False), np.float32))
            return _apart(np.concatenate(parts))

        return apart(fakes) / max(apart(self.reals), 1e-12)

    def _classes(self, samples: np.ndarray, usual: float = 1.0) -> float | None:
        if self.extractor is None:
            return None
        classes = self.extractor(self.finish(samples).numpy())[1]
        counts = np.unique(classes[classes >= 0], return_counts=True)[1]
        if counts.sum() < LEAST:
            return None
        return np.exp(scipy.stats.entropy(counts)) / usual


def _choose(images, count: int) -> dict[str, np.ndarray]:
    """A batch of `count` images of the set, the same at every call; one is there twice only where the set is small."""
    places = np.resize(np.random.default_rng(SEED).permutation(len(images))[:count], count)
    batch = {"image": images.to_float(tf.constant(images.read(places))).numpy()}
    return batch | ({"label": images.labels[places]} if images.spec.classes else {})


def _features(discriminator: keras.Model) -> keras.Model | None:
    """What D's last layer of one number is fed, as a network of D's own layers."""
    for layer in reversed(discriminator.layers):
        if layer.weights and layer.output.shape == (None, 1):
            return keras.Model({each.name: each for each in discriminator.inputs}, layer.input)
    return None


def _above(left: np.ndarray, right: np.ndarray) -> float:
    """The area under the ROC curve: P(a value of `left` > one of `right`), ties for a half."""
    ranks = scipy.stats.rankdata(np.concatenate([left, right]))[: len(left)]
    return (ranks.sum() - len(left) * (len(left) + 1) / 2) / (len(left) * len(right))


def _between(real: np.ndarray, other: np.ndarray, fake: np.ndarray) -> float | None:
    """ADA's r_v: where held-out reals lie between reals (0) and fakes (1); None where D tells no fake from a real."""
    gap = real.mean() - fake.mean()
    return (real.mean() - other.mean()) / gap if gap > 0 else None


def _apart(rows: np.ndarray) -> float:
    """Mean distance between two of the first `COUNT` rows."""
    return scipy.spatial.distance.pdist(rows[:COUNT].reshape(len(rows[:COUNT]), -1)).mean()


def _hits(rows: np.ndarray, reals: np.ndarray) -> int:
    """How many distinct reals are the nearest to one of the rows, both flattened and at most `COUNT`."""
    flat = [each[:COUNT].reshape(len(each[:COUNT]), -1) for each in (rows, reals)]
    return len(np.unique(scipy.spatial.distance.cdist(*flat).argmin(axis=1)))
