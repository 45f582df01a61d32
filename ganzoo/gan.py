"""The game: two players who take turns, under one `train_step`.

`GAN` is the base of every model of the zoo: the constructor takes networks, `compile` takes how to play, `fit` takes
data and callbacks. A game is its two methods `d_loss` and `g_loss`, which return named and already weighted terms:
what is summed for the gradient is what is logged. `NoiseGAN` is the game that most variants share: noise (and a label)
in, image out.
"""

import dataclasses
import functools
import math
import zlib
from collections.abc import Callable, Sequence
from typing import Literal

import keras
import tensorflow as tf

from ganzoo import accumulation, random
from ganzoo.errors import BadInput

Batch = dict[str, tf.Tensor]
Terms = dict[str, tf.Tensor]


@dataclasses.dataclass(frozen=True)
class Styled:
    """The two networks of which a generator is made, where it draws from styles.

    mapping: the generator's inputs -> w float32 [B, layers, w_dim], truncated. synthesis: {"w": [B, layers, w_dim](,
    "noise": float32 [B or 1, values])} -> image. noise: a layer, any [B, ...] -> the [1, values] that sampling has,
    None where the layers of the synthesis have no noise. maps: (height, width) of the maps that lie in a row of noise.
    affines: {"w"} -> the styles of the synthesis' layers, a list, each a linear function of one of w's layers.
    """

    mapping: keras.Model
    synthesis: keras.Model
    affines: keras.Model
    noise: keras.layers.Layer | None = None
    maps: tuple[tuple[int, int], ...] = ()

    @property
    def shape(self) -> tuple[int, int]:
        """(layers, w_dim)."""
        return tuple(self.synthesis.input["w"].shape[1:])

    @property
    def values(self) -> int:
        """Numbers in a row of noise, 0 = no noise."""
        return sum(height * width for height, width in self.maps)


class Progress:
    """Where training stands, and the randomness that belongs to this point.

    step: int64 scalar, updates of G done. images: int64 scalar, reals that D has seen. Every draw is a pure function
    of (seed, images, stream): the same with and without XLA, and a replica or micro-batch takes its slice of one draw
    for the whole batch, so that two replicas or four micro-batches play the game that one device plays at once.
    """

    def __init__(self, step: tf.Tensor, images: tf.Tensor, seed: tf.Tensor | int):
        self.step = tf.cast(step, tf.int64)
        self.images = tf.cast(images, tf.int64)
        self._seed = tf.cast(seed, tf.int64)

    def normal(self, shape: Sequence[int], stream: str) -> tf.Tensor:
        """Float32 N(0, 1) of `shape` (batch first); `stream` names the use, two draws of one name are equal."""
        return random.normal(shape, self._key(stream))

    def uniform(self, shape: Sequence[int], stream: str) -> tf.Tensor:
        """Float32 U[0, 1) of `shape` (batch first)."""
        return random.uniform(shape, self._key(stream))

    def _key(self, stream: str) -> tf.Tensor:
        return tf.stack([self._seed * 2**32 + zlib.crc32(stream.encode()), self.images])


class GAN(keras.Model):
    """Base of every game. A subclass sets the networks and writes `d_loss` and `g_loss`."""

    d_nets: tuple = ()  # networks that D's optimizer moves
    g_nets: tuple = ()
    d_terms: tuple[str, ...] = ("adv",)  # names of the terms that d_loss returns, the regularisers' apart
    g_terms: tuple[str, ...] = ("adv",)
    further_optimizers: tuple = ()  # built ones that the game has beside both players'; part of its state
    augments = False  # whether D sees images through `augment`
    # Logged, not summed (see `observe`): norms of gradients, and of a step's change of the weights over the weights'.
    stats: tuple[str, ...] = ("d_gradient", "g_gradient", "d_update", "g_update")

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        counter = {"shape": (), "dtype": "int64", "trainable": False, "aggregation": "only_first_replica"}
        self.step = self.add_weight(name="step", initializer="zeros", **counter)
        self.images = self.add_weight(name="images", initializer="zeros", **counter)
        self.seed = self.add_weight(name="seed", initializer="zeros", **counter)
        self.averages = ()
        # Keras would otherwise build by calling the model on a batch, and a game is not called.
        self.built = True

    def compile(
        self,
        d_optimizer: keras.optimizers.Optimizer,
        g_optimizer: keras.optimizers.Optimizer,
        adversarial,
        regularizers: Sequence = (),
        augment=None,
        ema=None,
        d_steps: int = 1,
        accumulate: int = 1,
        freeze_d: int = 0,
        seed: int = 0,
        lookup: Callable[[tf.Tensor], Batch] | None = None,
        **kwargs,
    ):
        """How to play.

        adversarial: `losses.Adversarial`. regularizers: of D, see `regularizers`. augment: of all that D is shown, see
        `augment`, or None. ema: `averaging.EMA` or None.
        d_steps: D's updates for one of G's; the data set yields `d_steps` batches at once. accumulate: parts of a batch
        that are in memory one after the other, see `accumulation`; it divides the batch of each replica. freeze_d:
        layers with weights of each of D's networks, from its input on, that stand still (Freeze-D, Mo et al. 2020,
        arXiv 2002.10964): a convolution and a batch norm are one each. Gradients flow through them, and their state
        follows as ever: moments of batch norms, vectors of spectral norms. seed: of every draw
        in a step. lookup: turns what the data set yields into a batch inside the step (data kept on the device).
        kwargs: `steps_per_execution`, `jit_compile`, `run_eagerly` of `keras.Model.compile`. Raises ValueError where
        the game cannot honour a choice, of an augmentation BadInput.
        """
        if augment is not None and not self.augments:
            given = type(augment).__name__
            raise BadInput(f"game.augment: {type(self).__name__} has no place for one, and was given {given}")
        if self.dtype_policy.name == "mixed_float16":
            d_optimizer, g_optimizer = map(keras.optimizers.LossScaleOptimizer, (d_optimizer, g_optimizer))
        super().compile(optimizer=g_optimizer, **kwargs)
        self.d_optimizer = d_optimizer
        self.adversarial, self.ema = adversarial, ema
        # Layers, where they keep a state: Keras then saves them with the model.
        self.regularizers, self.augment = tuple(map(_kept, regularizers)), _kept(augment)
        self.d_steps, self.accumulate, self.lookup = d_steps, accumulate, lookup
        self.seed.assign(seed)
        self._frozen = _freeze(self.d_nets, freeze_d)
        # Built now: an optimizer that is built by its first step would lose its slots when a checkpoint is loaded.
        self.d_optimizer.build(self._weights_of(self.d_nets))
        self.optimizer.build(self._weights_of(self.g_nets))
        self.averages = self.make_averages() if ema else ()
        # Created now: a metric that appears in the first trace fails under MirroredStrategy.
        names = [f"d_{term}" for term in (*self.d_terms, *(regularizer.name for regularizer in self.regularizers))]
        names += [f"g_{term}" for term in self.g_terms]
        self.terms = tuple(names)
        stats = (*self.stats, *getattr(self.augment, "stats", ()))
        self.trackers = {name: keras.metrics.Mean(name=name) for name in (*names, *stats)}
        self._check_replicas()

    def _check_replicas(self):
        if self.distribute_strategy is None or self.distribute_strategy.num_replicas_in_sync == 1:
            return
        lazy = [regularizer.name for regularizer in self.regularizers if getattr(regularizer, "interval", 1) > 1]
        state = [weight.path for weight in self._state_of(self.d_nets)]
        if lazy and state:
            # Replicas agree on a state only outside a condition, and a lazy penalty calls D inside one.
            raise ValueError(f"lazy {', '.join(lazy)} with replicas needs a D without state, not {state[0]}")

    @property
    def metrics(self):
        return list(self.trackers.values()) if hasattr(self, "trackers") else []

    @property
    def own_weights(self) -> list:
        """The state of the game apart from its networks and optimizers: counters, and what a regulariser keeps."""
        nets = [*self.d_nets, *self.g_nets, *(average for average, _ in self.averages)]
        theirs = {id(weight) for net in nets for weight in net.variables}
        return [weight for weight in self.weights if id(weight) not in theirs]

    @property
    def _state(self) -> list:
        """What a loss may move without being a step: the networks' state and what a regulariser keeps."""
        counters = [self.step, self.images, self.seed]
        own = [weight for weight in self.own_weights if all(weight is not counter for counter in counters)]
        return own + self._state_of([*self.d_nets, *self.g_nets])

    def _state_of(self, nets: Sequence[keras.Model]) -> list:
        return [weight for net in nets for weight in net.non_trainable_variables if id(weight) not in self._frozen]

    def make_averages(self) -> tuple[tuple[keras.Model, keras.Model], ...]:
        """(average, network) pairs that the EMA keeps, the averages newly made and equal to their networks."""
        return ()

    def d_loss(self, batch: Batch) -> Terms:
        """{term: float32 scalar}, weighted; their sum is what D descends."""
        raise TypeError(f"{type(self).__name__} has no d_loss")

    def g_loss(self, batch: Batch) -> Terms:
        """{term: float32 scalar}, weighted; their sum is what G descends."""
        raise TypeError(f"{type(self).__name__} has no g_loss")

    def multiples(self, rows: int) -> dict[str, int]:
        """What the samples that an update has in memory at once, `rows` of them, must be a multiple of, by the fields
        that say so; {} = as many as there are will do."""
        return {}

    @property
    def period(self) -> int:
        """Steps after which the work of a step repeats itself: lazy penalties are due at every so many of them."""
        return math.lcm(*(getattr(regularizer, "interval", 1) for regularizer in self.regularizers))

    def exhibit(self, images, recipe, fresh: Callable[[], "GAN"]):
        """What shows how far training is: an object as `exhibit.Exhibit`, of the same arguments."""
        raise TypeError(f"{type(self).__name__} has no exhibit")

    def served(self):
        """What is exported: an object as `generator.Generator`, with the weights that the model has now."""
        raise TypeError(f"{type(self).__name__} has nothing to serve")

    @property
    def progress(self) -> Progress:
        return Progress(self.step, self.images, self.seed)

    def observe(self, name: str, value: tf.Tensor):
        """Log a scalar that is not part of a loss; `name` is declared in `stats`."""
        self.trackers[name].update_state(value)

    def observe_accuracy(self, real_logits: tf.Tensor, fake_logits: tf.Tensor):
        """Log the shares of reals and fakes that D calls by their name, and let the augmentation adapt to them."""
        if self.augment is not None:
            above = real_logits - self.adversarial.boundary
            for name, value in self.augment.adapt(above, self.progress).items():
                self.observe(name, value)
        self.observe("d_accuracy_real", _share(real_logits > self.adversarial.boundary))
        self.observe("d_accuracy_fake", _share(fake_logits <= self.adversarial.boundary))

    def penalties(self, critic: Callable[[tf.Tensor], tf.Tensor], real: tf.Tensor, fake: tf.Tensor, logits) -> Terms:
        """The regularisers' terms. logits: D's of (real, fake)."""
        return {each.name: each(critic, real, fake, self.progress, logits) for each in self.regularizers}

    def train_step(self, batch: Batch) -> dict[str, tf.Tensor]:
        if self.lookup is not None:
            batch = self.lookup(batch)
        # Interleaved, so that replicas split each part evenly.
        for part in accumulation.split(batch, self.d_steps):
            self.minimize("d", self.d_loss, part, self.d_nets, self.d_optimizer)
            seen = rows(part) * _replicas()
            self.images.assign_add(tf.cast(seen, tf.int64))
        self.minimize("g", self.g_loss, part, self.g_nets, self.optimizer)
        self.step.assign_add(1)
        if self.ema:
            for average, network in self.averages:
                self.ema.update(average, network, images=self.images, batch=seen * self.d_steps)
        return {name: tracker.result() for name, tracker in self.trackers.items()}

    def minimize(self, player: str, loss: Callable[[Batch], Terms], batch: Batch, nets: Sequence, optimizer):
        """One update of one player's networks by the sum of its terms; a player without networks has no turn."""
        if not nets:
            return
        weights, gradients = self._weights_of(nets), []
        for part in accumulation.micro_batches(batch, self.accumulate, self._state):
            # One after the other: without an order their activations would all be in memory together.
            done = [each for each in gradients if each is not None]
            with tf.control_dependencies(done), tf.GradientTape() as tape:
                terms = loss(part)
                # Keras sums the replicas' gradients.
                total = optimizer.scale_loss(tf.add_n(list(terms.values())) / (self.accumulate * _replicas()))
            gradients = accumulation.added(gradients, tape.gradient(total, weights))
            for name, value in terms.items():
                self.trackers[f"{player}_{name}"].update_state(value)
        norm = tf.linalg.global_norm(gradients) * _replicas() / optimizer.scale_loss(tf.ones([]))
        if isinstance(optimizer, keras.optimizers.LossScaleOptimizer):
            # Too high a scale is found by gradients that overflow; such a step is not made, and is no divergence.
            made = tf.math.is_finite(norm)
            norm = tf.where(made, norm, 0.0)
            self.trackers[f"{player}_gradient"].update_state(norm, sample_weight=tf.cast(made, tf.float32))
        else:
            self.observe(f"{player}_gradient", norm)
        before = [tf.identity(weight) for weight in weights]
        optimizer.apply(gradients, weights)
        change = tf.linalg.global_norm([after - value for after, value in zip(weights, before, strict=True)])
        self.observe(f"{player}_update", change / tf.linalg.global_norm(before))

    @staticmethod
    def _weights_of(nets: Sequence[keras.Model]) -> list:
        return [weight for net in nets for weight in net.trainable_variables]


class NoiseGAN(GAN):
    """Noise (and a label) in, image out: the game of GAN, DCGAN, WGAN-GP, SNGAN, cGAN and many more.

    generator, discriminator: functions that build the networks, called with dicts: {"z": float32 [B, z_dim]
    (, "label": int32 [B])} -> float32 [B, H, W, C] in [-1, 1], and {"image": ...(, "label")} -> float32 logits [B].
    latent: law of z, N(0, 1) or U[-1, 1). classes: 0 = unconditional. image: (H, W, C). standing: batches from which
    the moments of the sampled network's batch norms are taken anew, see `standing`; 0 = as they moved in training.
    cut_z: whether samples may be of a normal z cut off at a threshold, see `generator.within`.

    D and G see the labels of the reals of the batch: G is trained with the classes as often as the data have them.
    """

    probed = True  # whether D judges one sample of the data at a time or packs of them, as `ganzoo.probe` asks it to
    extends = True  # whether the losses are this class' with terms added, so that another game may stand between
    truncates = False  # whether the generator also takes "truncation", float32 [B]: 1 = none, 0 = one mean picture
    stats = (*GAN.stats, "d_accuracy_real", "d_accuracy_fake")

    def __init__(
        self,
        generator: Callable[[], keras.Model],
        discriminator: Callable[[], keras.Model],
        z_dim: int,
        image: tuple[int, ...],
        latent: Literal["normal", "uniform"] = "normal",
        classes: int = 0,
        standing: int = 0,
        cut_z: bool = False,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.standing, self.cut_z = standing, cut_z
        self.make_generator, self.make_discriminator = generator, discriminator
        self.generator, self.discriminator = generator(), discriminator()
        self.average = None
        self.z_dim, self.image, self.latent, self.classes = z_dim, tuple(image), latent, classes

    @classmethod
    def of(cls, nets, spec, discriminated=None, **kwargs) -> "NoiseGAN":
        """The game on `nets`, a value with `generator(spec)`, `discriminator(spec)`, `z_dim` and `latent`.

        spec: of the data. discriminated: of what D sees, where that is another.
        """
        return cls(
            functools.partial(nets.generator, spec),
            functools.partial(nets.discriminator, discriminated or spec),
            nets.z_dim,
            image=spec.shape,
            latent=nets.latent,
            **kwargs,
        )

    @classmethod
    def over(cls, nets, spec, conditional: bool, **kwargs) -> "NoiseGAN":
        """This game on `nets`, beneath the one that they have themselves, as `played` takes it: that one's draws and
        terms stay, and its `super()` is this class.

        conditional: whether the networks take labels. Raises BadInput where they do not agree, where the networks' own
        game would leave this one out, and for what is not networks.
        """
        name = type(nets).__name__
        if not all(hasattr(nets, part) for part in ("generator", "discriminator", "z_dim", "latent")):
            raise BadInput(f"model.nets: {name} is a whole game; allowed: networks, such as small.Small")
        own, choices = nets.game(spec) if hasattr(nets, "game") else (NoiseGAN, {"classes": told(spec, conditional)})
        if not own.extends:
            raise BadInput(f"model.nets: {name} has losses of its own; allowed: networks judged by one logit alone")
        kind = cls if own is NoiseGAN else type(f"{own.__name__}Over{cls.__name__}", (own, cls), {})
        game = kind.of(nets, spec, **choices, **kwargs)
        if (taken := "label" in game.generator.input) != conditional:
            says, takes = ("true", "takes no") if conditional else ("false", "takes")
            raise BadInput(f"model.conditional: {says}, but {name} {takes} labels; allowed: {str(taken).lower()}")
        return game

    @property
    def augments(self):
        return len(self.image) == 3  # samples may be points

    @property
    def d_nets(self):
        return (self.discriminator,)

    @property
    def g_nets(self):
        return (self.generator,)

    @property
    def sampler(self) -> keras.Model:
        """The network that makes the pictures: the average where one is kept, else the generator."""
        return self.average if self.average is not None else self.generator

    def make_averages(self):
        self.average = self.make_generator()
        self.average.set_weights(self.generator.get_weights())
        return ((self.average, self.generator),)

    def exhibit(self, images, recipe, fresh):
        from ganzoo import exhibit  # which samples, and so imports this way round

        return exhibit.Exhibit(self, images, recipe, fresh)

    def served(self):
        from ganzoo import generator

        return generator.Generator(self)

    def styled(self, network: keras.Model) -> Styled | None:
        """The networks within `network`, a generator of this game that draws from styles; None where it does not."""
        return None

    def latents(self, count: int | tf.Tensor, player: str) -> tf.Tensor:
        """z float32 [count, z_dim]. player: whose turn, "d" or "g"."""
        shape = [count, self.z_dim]
        if self.latent == "normal":
            return self.progress.normal(shape, f"{player}/z")
        return self.progress.uniform(shape, f"{player}/z") * 2 - 1

    def fake(self, batch: Batch, player: str) -> tf.Tensor:
        """G's images for the batch, one for each real and with its label. player: whose turn, "d" or "g"."""
        return self.generator({"z": self.latents(rows(batch), player)} | self.condition(batch), training=True)

    def condition(self, batch: Batch) -> Batch:
        """The part of the batch that both networks are told."""
        return {"label": batch["label"]} if self.classes else {}

    def critic(self, batch: Batch, training: bool = True, player: str = "d") -> Callable[[tf.Tensor], tf.Tensor]:
        """D as a function of images alone: the batch's labels come along, and in training the augmentation.

        player: whose turn, "d" or "g". Every tensor is augmented by a draw of its own, which further looks at it share:
        a penalty is taken at the very pictures that the logits are of.
        """
        place = numbering()

        def judge(images):
            if training and self.augment is not None:
                images = self.augment(images, self.progress, f"{player}/augment/{place(images)}")
            return self.discriminator({"image": images} | self.condition(batch), training=training)

        return judge

    def pack(self, samples: tf.Tensor) -> tf.Tensor:
        """What D judges at once of samples [B, ...]: each by itself."""
        return samples

    def d_loss(self, batch: Batch) -> Terms:
        real, fake = batch["image"], tf.stop_gradient(self.fake(batch, "d"))
        critic = self.critic(batch)
        # Two passes, so that batch norm in D never mixes reals with fakes (DCGAN's practice).
        real_logits, fake_logits = critic(real), critic(fake)
        adversarial = self.adversarial.d(real_logits, fake_logits)
        terms = {"adv": adversarial} | self.penalties(critic, real, fake, (real_logits, fake_logits))
        # After the penalties, for an augmentation that adapts would show them other pictures.
        self.observe_accuracy(real_logits, fake_logits)
        return terms

    def g_loss(self, batch: Batch) -> Terms:
        critic = self.critic(batch, player="g")
        fake_logits = critic(self.fake(batch, "g"))
        real_logits = critic(batch["image"]) if self.adversarial.relativistic else None
        return {"adv": self.adversarial.g(fake_logits, real_logits)}


def played(nets, spec) -> NoiseGAN:
    """The game of networks that have one: `game(spec)` -> (its class, its keywords beside those that `of` knows)."""
    kind, choices = nets.game(spec)
    return kind.of(nets, spec, **choices)


def plain(nets):
    """`nets`. Raises BadInput where they have a game of their own, for one that can only be played alone."""
    if hasattr(nets, "game"):
        raise BadInput(f"model.nets: {type(nets).__name__} has a game of its own; allowed: networks without one")
    return nets


def numbering() -> Callable[[tf.Tensor], int]:
    """A function that numbers tensors from 0, in the order in which it first sees them."""
    seen = []

    def place(tensor):
        # By identity: a tensor that is equal, or made of this one, is another.
        found = next((place for place, each in enumerate(seen) if each is tensor), len(seen))
        if found == len(seen):
            seen.append(tensor)
        return found

    return place


def told(spec, conditional: bool) -> int:
    """The number of classes that the networks are told, 0 = none. Raises BadInput where there are none to tell."""
    if conditional and not spec.classes:
        raise BadInput(
            "data.classes: 0, but model.conditional is true; allowed: data with at least one class, or "
            "model.conditional=false"
        )
    return spec.classes if conditional else 0


def rows(batch: Batch) -> int | tf.Tensor:
    """How many rows a batch has."""
    first = next(iter(batch.values()))
    return first.shape[0] if first.shape[0] is not None else tf.shape(first)[0]


def _freeze(nets: Sequence[keras.Model], count: int) -> frozenset[int]:
    """Hold the first `count` layers with weights of each network; the ids of their weights."""
    held = []
    for net in nets:
        layers = [layer for layer in net.layers if layer.trainable_weights]
        if not 0 <= count < len(layers):
            raise BadInput(f"game.freeze_d: {count} is not between 0 and {len(layers) - 1}, all of D's layers but one")
        for layer in layers[:count]:
            held += map(id, layer.trainable_weights)
            layer.trainable = False
    return frozenset(held)


def _kept(choice):
    """The layer of a choice that keeps a state, any other choice as it is."""
    return choice.layer() if hasattr(choice, "layer") else choice


def _replicas() -> int:
    return tf.distribute.get_replica_context().num_replicas_in_sync


def _share(hits: tf.Tensor) -> tf.Tensor:
    return tf.reduce_mean(tf.cast(hits, tf.float32))
