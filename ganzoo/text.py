"""Games of sentences: a network writes tokens, one after the other, and is judged by what it wrote.

`TextGAN` is the base: the network, its likelihood, what it writes at random, and the phases that most of these games
have before the two players meet. A sentence ends with its first token 0, where tokens have words; what follows counts
for nothing.
"""

from collections.abc import Callable

import keras
import tensorflow as tf

from ganzoo import accumulation, gan
from ganzoo.data.text import END, TokenSpec
from ganzoo.gan import Batch, Terms

BLOCK = 64  # tokens whose chances are summed up first when one is drawn


class Writer(keras.Model):
    """A recurrent network that gives the law of the next token: an embedding, a cell, a last layer.

    A cell is a layer (x [B, E], [state, ...]) -> (output [B, H], [state, ...]) with `start(rows)`, the states before
    the first token. What stands before it is token 0.
    """

    def __init__(self, embedding: keras.layers.Layer, cell: keras.layers.Layer, head: keras.layers.Layer):
        super().__init__(name="writer")
        self.embedding, self.cell, self.head = embedding, cell, head

    def step(self, token: tf.Tensor, states: list[tf.Tensor]) -> tuple[tf.Tensor, list[tf.Tensor]]:
        """int [B] -> float32 logits [B, V] of the next token, and the states after this one."""
        output, states = self.cell(self.embedding(token), states)
        return tf.cast(self.head(output), tf.float32), states

    def call(self, inputs: dict[str, tf.Tensor]) -> tf.Tensor:
        """{"tokens": int [B, T]} -> float32 logits [B, T, V] of each token, given those before it."""
        tokens = inputs["tokens"]
        given = self.embedding(tf.pad(tokens[:, :-1], [[0, 0], [1, 0]]))
        states, outputs = self.cell.start(tf.shape(tokens)[0]), []
        for place in range(tokens.shape[1]):
            output, states = self.cell(given[:, place], states)
            outputs.append(output)
        return tf.cast(self.head(tf.stack(outputs, axis=1)), tf.float32)

    def write(
        self, chances: tf.Tensor, ends: bool, temperature: tf.Tensor | float = 1.0, top_k: tf.Tensor | None = None
    ) -> tuple[tf.Tensor, tf.Tensor]:
        """Sentences by the network's own law. -> (tokens int32 [B, T], float32 [B, T] log-probabilities of them).

        chances: float32 [B, T] of U[0, 1), from which each token follows. temperature: float or [B], what logits are
        divided by. top_k: int [B], tokens of which the best are drawn from, 0 = all; None = all for everybody.
        """
        rows, length = tf.shape(chances)[0], chances.shape[1]
        tokens, costs = tf.TensorArray(tf.int32, length), tf.TensorArray(tf.float32, length)

        def advance(place, token, states, done, tokens, costs):
            logits, states = self.step(token, states)
            logits = tempered(logits, temperature, top_k)
            token = tf.where(done, END, draw(logits, chances[:, place]))
            cost = tf.gather(tf.nn.log_softmax(logits), token, axis=1, batch_dims=1)
            tokens, costs = tokens.write(place, token), costs.write(place, tf.where(done, 0.0, cost))
            if ends:
                done |= token == END
            return place + 1, token, states, done, tokens, costs

        nothing = tf.zeros([rows], tf.int32)
        state = (tf.constant(0), nothing, self.cell.start(rows), nothing > 0, tokens, costs)
        # The number of turns is known, so that XLA can compile them and a gradient could be taken.
        *_, tokens, costs = tf.while_loop(lambda place, *_: place < length, advance, state, maximum_iterations=length)
        found = [tf.transpose(each.stack()) for each in (tokens, costs)]
        return tuple(tf.ensure_shape(each, [chances.shape[0], length]) for each in found)

    def relax(self, noise: tf.Tensor, sharpness: tf.Tensor | float, ends: bool = False) -> tf.Tensor:
        """Sentences that gradients can pass: float32 [B, T, V], the softmax of `sharpness` times logits and noise.

        noise: float32 [B, T, V] of Gumbel's law, so that the largest sum is a draw of the network's own law (Jang et
        al. 2017, arXiv 1611.01144, eq. 1 and 2); it is the next input, which no gradient passes. ends: whether behind
        a drawn END there are hard ones only, as in the data, which no gradient passes either.
        """
        token, states, found = tf.zeros(tf.shape(noise)[:1], tf.int32), self.cell.start(tf.shape(noise)[0]), []
        done, fill = token > 0, tf.one_hot(END, noise.shape[2])
        for place in range(noise.shape[1]):
            logits, states = self.step(token, states)
            perturbed = logits + noise[:, place]
            token = tf.argmax(tf.stop_gradient(perturbed), axis=1, output_type=tf.int32)
            soft = tf.nn.softmax(sharpness * perturbed)
            if ends:
                soft, token = tf.where(done[:, None], fill, soft), tf.where(done, END, token)
                done |= token == END
            found.append(soft)
        return tf.stack(found, axis=1)


def tempered(logits: tf.Tensor, temperature: tf.Tensor | float, top_k: tf.Tensor | None) -> tf.Tensor:
    """float32 [B, V] over the temperature, and those beyond the `top_k` best of their row never to be drawn."""
    temperature = tf.reshape(tf.cast(temperature, tf.float32), [-1, 1])
    logits = logits / temperature
    if top_k is None:
        return logits

    def best():
        ranked = tf.sort(logits, axis=1, direction="DESCENDING")
        place = tf.clip_by_value(tf.where(top_k > 0, top_k, logits.shape[1]), 1, logits.shape[1]) - 1
        least = tf.gather(ranked, place, axis=1, batch_dims=1)
        return tf.where(logits >= least[:, None], logits, -1e9)

    # Thousands of tokens are sorted only where somebody asks for the best: it takes longer than all else.
    return tf.cond(tf.reduce_any(top_k > 0), best, lambda: logits)


def draw(logits: tf.Tensor, chance: tf.Tensor) -> tf.Tensor:
    """float32 [B, V] and a number of U[0, 1) for each row -> int32 [B]: the token at that quantile.

    The sum is taken over blocks first and then within one: a third of the time of a sum over thousands of tokens.
    """
    weights = tf.nn.softmax(logits)
    rows, count = tf.shape(weights)[0], weights.shape[1]
    blocks = -(-count // BLOCK)
    weights = tf.reshape(tf.pad(weights, [[0, 0], [0, blocks * BLOCK - count]]), [rows, blocks, BLOCK])
    sums = tf.cumsum(tf.reduce_sum(weights, axis=2), axis=1)
    wanted = chance * sums[:, -1]
    block = tf.minimum(tf.reduce_sum(tf.cast(sums <= wanted[:, None], tf.int32), axis=1), blocks - 1)
    inner = tf.gather(weights, block, axis=1, batch_dims=1)
    before = tf.gather(tf.pad(sums, [[0, 0], [1, 0]]), block, axis=1, batch_dims=1)
    within = tf.reduce_sum(tf.cast(tf.cumsum(inner, axis=1) <= (wanted - before)[:, None], tf.int32), axis=1)
    within = tf.minimum(within, BLOCK - 1)
    # Rounding may lead to a token of no chance; the best one of the block has one.
    there = tf.gather(inner, within, axis=1, batch_dims=1) > 0
    return block * BLOCK + tf.where(there, within, tf.argmax(inner, axis=1, output_type=tf.int32))


def seen(tokens: tf.Tensor, ends: bool) -> tf.Tensor:
    """float32 [B, T]: 1 for the tokens of a sentence and its end, 0 for what follows. tokens: int [B, T]."""
    if not ends:
        return tf.ones_like(tokens, tf.float32)
    ended = tf.cast(tokens == END, tf.float32)
    return tf.cast(tf.cumsum(ended, axis=1, exclusive=True) == 0, tf.float32)


def likelihood(writer: Writer, tokens: tf.Tensor, temperature: float = 1.0) -> tf.Tensor:
    """float32 [B, T]: log-probability of each token given those before it."""
    logits = writer({"tokens": tokens}) / temperature
    return -tf.nn.sparse_softmax_cross_entropy_with_logits(labels=tokens, logits=logits)


class TextGAN(gan.GAN):
    """Base of the games of sentences. A subclass sets `d_nets` and writes `d_loss` and `g_loss`.

    make: () -> the `Writer`. spec: of the data. learning: sentences by whose likelihood the writer learns first;
    judging: sentences by which D learns alone after that; 0 = no such phase. learner: the optimizer of the likelihood,
    a value with `build(images)`; both are part of the game's state, so that a run resumes in any phase. The writer has
    as many updates in a step of the first phase as D has in the others.
    """

    g_terms = ("adv", "nll")

    def __init__(
        self,
        make: Callable[[], Writer],
        spec: TokenSpec,
        learning: int = 0,
        judging: int = 0,
        learner=None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.make_writer, self.tokens = make, spec
        self.writer = self._built()
        self.average = None
        self.learning, self.judging, self.make_learner = learning, judging, learner

    def _built(self) -> Writer:
        writer = self.make_writer()
        writer({"tokens": tf.zeros([1, self.tokens.length], tf.int32)})
        return writer

    def compile(self, *args, **kwargs):
        super().compile(*args, **kwargs)
        self.further_optimizers = ()
        strategy = self.distribute_strategy
        if (self.learning or self.judging) and strategy is not None and strategy.num_replicas_in_sync > 1:
            raise ValueError("phases with replicas: they agree on gradients only outside a condition")
        if self.learning:
            learner = self.make_learner.build(1)
            learner.build(self._weights_of(self.g_nets))
            self.further_optimizers = (learner,)

    @property
    def g_nets(self):
        return (self.writer,)

    @property
    def sampler(self) -> Writer:
        """The network that is served: the average where one is kept."""
        return self.average if self.average is not None else self.writer

    def make_averages(self):
        self.average = self._built()
        self.average.set_weights(self.writer.get_weights())
        return ((self.average, self.writer),)

    def written(self, rows: int, player: str) -> tuple[tf.Tensor, tf.Tensor]:
        """Sentences that the writer makes now. -> (tokens int32 [rows, T], their log-probabilities float32)"""
        chances = self.progress.uniform([rows, self.tokens.length], f"{player}/tokens")
        return self.writer.write(chances, self.tokens.ends)

    def nll_loss(self, batch: Batch) -> Terms:
        """What a token of the batch costs, nats: the mean over tokens."""
        mask = seen(batch["tokens"], self.tokens.ends)
        costs = -likelihood(self.writer, batch["tokens"])
        return {"nll": tf.reduce_sum(mask * costs) / tf.reduce_sum(mask)}

    def train_step(self, batch: Batch) -> dict[str, tf.Tensor]:
        if not (self.learning or self.judging):
            return super().train_step(batch)
        if self.lookup is not None:
            batch = self.lookup(batch)
        parts = accumulation.split(batch, self.d_steps)
        learning, playing = self.images < self.learning, self.images >= self.learning + self.judging

        # Functions, each traced once for all parts of a batch: as often as there are parts takes most of a minute.
        @tf.function(autograph=False)
        def learn(part):
            self.minimize("g", self.nll_loss, part, self.g_nets, self.further_optimizers[0])

        @tf.function(autograph=False)
        def judge(part):
            self.minimize("d", self.d_loss, part, self.d_nets, self.d_optimizer)

        def each(turn):
            def turns():
                for part in parts:
                    turn(part)
                    self.images.assign_add(tf.cast(gan.rows(part), tf.int64))
                return tf.zeros([])

            return turns

        def play():
            self.minimize("g", self.g_loss, parts[-1], self.g_nets, self.optimizer)
            return tf.zeros([])

        if self.learning:
            tf.cond(learning, each(learn), each(judge))
        else:
            each(judge)()
        tf.cond(playing, play, lambda: tf.zeros([]))
        self.step.assign_add(1)
        if self.ema:
            for average, network in self.averages:
                self.ema.update(average, network, images=self.images, batch=gan.rows(batch))
        return {name: tracker.result() for name, tracker in self.trackers.items()}

    def exhibit(self, images, recipe, fresh):
        from ganzoo import excerpts  # which writes, and so imports this way round

        return excerpts.Excerpts(self, images, recipe, fresh)

    def served(self):
        from ganzoo import author

        return author.Author(self)
