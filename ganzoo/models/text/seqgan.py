"""SeqGAN: the writer is rewarded for each token by how real D finds the sentences that may follow from it.

Yu et al. 2017, "SeqGAN: sequence generative adversarial nets with policy gradient", arXiv 1609.05473, algorithm 1 and
eq. 4 and 6; MaliGAN's reward (Che et al. 2017, arXiv 1702.07983, eq. 8) as a choice. The reward of a token is D's mean
probability over `rollouts` completions of the sentence up to it by the writer as it is now, of the last one D's opinion
of the sentence itself. The authors' own roll-out network, said to lag behind, was the current one in their code.

The control: with `reward="constant"` every token is rewarded by 1, whatever D thinks. In a game whose rewards are all
positive that alone makes what was likely likelier, so that quality rises and diversity falls as at a lower temperature.
"""

import dataclasses
from typing import Any, Literal

import tensorflow as tf

from ganzoo import text
from ganzoo.data.text import TokenSpec
from ganzoo.errors import BadInput
from ganzoo.gan import Batch, Terms, rows
from ganzoo.models.text import critics
from ganzoo.models.text.lstm import PAPER
from ganzoo.schedules import Adam, Clipped

LEARNER = Clipped(Adam(learning_rate=1e-2, beta_1=0.9), 5.0)
CRITIC = critics.TextCNN()
REWARDS = ("critic", "maligan", "constant")


@dataclasses.dataclass(frozen=True)
class SeqGAN:
    """nets: a value with `writer(spec)`; critic: one with `critic(spec)`. rollouts: completions for the reward of a
    token. reward: D's probability, MaliGAN's odds over the batch, or 1. baseline: what a place is rewarded with on
    average is taken off. weights: of half the sum of squares of D's last layer. learning, judging, learner: see
    `text.TextGAN`."""

    nets: Any = PAPER
    critic: Any = CRITIC
    rollouts: int = 16
    reward: Literal["critic", "maligan", "constant"] = "critic"
    baseline: bool = False
    weights: float = 0.2
    learning: int = 0
    judging: int = 0
    learner: Any = LEARNER

    def build(self, spec: TokenSpec) -> "PolicyGame":
        """Raises BadInput for no roll-outs and an unknown reward."""
        if self.rollouts < 1:
            raise BadInput(f"model.rollouts: {self.rollouts}; allowed: 1 or more")
        if self.reward not in REWARDS:
            raise BadInput(f"model.reward: {self.reward!r}; allowed: {', '.join(REWARDS)}")
        return PolicyGame(self, spec)


class PolicyGame(text.TextGAN):
    """Batches {"tokens": int32 [B, T]}."""

    d_terms = ("adv", "weights")
    stats = (*text.TextGAN.stats, "d_accuracy_real", "d_accuracy_fake", "reward")

    def __init__(self, choice: SeqGAN, spec: TokenSpec, **kwargs):
        super().__init__(
            lambda: choice.nets.writer(spec), spec, choice.learning, choice.judging, choice.learner, **kwargs
        )
        self.choice = choice
        self.discriminator = choice.critic.critic(spec)

    @property
    def d_nets(self):
        return (self.discriminator,)

    def d_loss(self, batch: Batch) -> Terms:
        real = batch["tokens"]
        fake = self.written(rows(batch), "d")[0]
        both = tf.concat([real, fake], axis=0)
        logits = self.discriminator({"tokens": both}, training=True)
        seen, made = tf.split(logits, 2)
        self.observe("d_accuracy_real", tf.reduce_mean(tf.cast(seen > 0, tf.float32)))
        self.observe("d_accuracy_fake", tf.reduce_mean(tf.cast(made <= 0, tf.float32)))
        terms = {"adv": self.adversarial.d(seen, made)}
        return terms | {"weights": self.choice.weights * critics.last_weights(self.discriminator)}

    def g_loss(self, batch: Batch) -> Terms:
        tokens = tf.stop_gradient(self.written(rows(batch), "g")[0])
        rewards = tf.stop_gradient(self.rewards(tokens))
        mask = text.seen(tokens, self.tokens.ends)
        self.observe("reward", tf.reduce_sum(mask * rewards) / tf.reduce_sum(mask))
        if self.choice.baseline:
            rewards -= tf.reduce_sum(mask * rewards, axis=0) / tf.maximum(tf.reduce_sum(mask, axis=0), 1.0)
        # A sentence's mean share, so that neither a limit on the gradient nor an alarm depends on the batch.
        return {"adv": policy_loss(text.likelihood(self.writer, tokens), rewards, mask) / rows(batch)}

    def rewards(self, tokens: tf.Tensor) -> tf.Tensor:
        """float32 [B, T] of sentences int [B, T]."""
        if self.choice.reward == "constant":
            return tf.ones_like(tokens, tf.float32)
        if self.choice.reward == "maligan":
            # p / (1 - p) of a sigmoid; shares of the batch, less their mean.
            shares = tf.nn.softmax(self.discriminator({"tokens": tokens}, training=False))
            return tf.tile((shares - 1 / rows({"tokens": tokens}))[:, None], [1, tokens.shape[1]])
        finished = self.completions(tokens)
        flat = tf.reshape(finished, [-1, tokens.shape[1]])
        opinions = tf.sigmoid(self.discriminator({"tokens": flat}, training=False))
        opinions = tf.reshape(opinions, [tokens.shape[1] - 1, self.choice.rollouts, -1])
        whole = tf.sigmoid(self.discriminator({"tokens": tokens}, training=False))
        return tf.concat([tf.transpose(tf.reduce_mean(opinions, axis=1)), whole[:, None]], axis=1)

    def completions(self, tokens: tf.Tensor) -> tf.Tensor:
        """int [B, T] -> int32 [T - 1, rollouts, B, T]: entry t keeps the first t + 1 tokens of each sentence and
        writes the others anew, `rollouts` times.

        All of them grow together: at each place one step of the writer moves the sentences themselves and every
        completion that has begun before it.
        """
        count, length, many = rows({"tokens": tokens}), tokens.shape[1], self.choice.rollouts
        chances = self.progress.uniform([count, many, length, length], "g/rollouts")
        states, token = self.writer.cell.start(tf.shape(tokens)[0]), tf.zeros_like(tokens[:, 0])
        grown, last, carried = [], [], []  # of each start: tokens so far, the newest, the writer's states
        for place in range(length):
            _, states = self.writer.step(token, states)
            if place:
                begun = place  # completions that have begun: of the prefixes of 1 .. place tokens
                logits, moved = self.writer.step(tf.concat(last, axis=0), _joined(carried))
                drawn = tf.reshape(tf.transpose(chances[:, :, :begun, place], [2, 1, 0]), [-1])
                new = text.draw(logits, drawn)
                if self.tokens.ends:
                    ended = tf.concat([tf.reduce_any(each == text.END, axis=1) for each in grown], axis=0)
                    new = tf.where(ended, text.END, new)
                carried, new = _parted(moved, begun), tf.split(new, begun)
                grown = [tf.concat([old, each[:, None]], axis=1) for old, each in zip(grown, new, strict=True)]
                last = new
            token = tokens[:, place]
            if place < length - 1:
                grown.append(tf.tile(tokens[:, : place + 1], [many, 1]))
                last.append(tf.tile(token, [many]))
                carried.append([tf.tile(each, [many, 1]) for each in states])
        return tf.reshape(tf.stack(grown), [length - 1, many, -1, length])


def policy_loss(log_probability: tf.Tensor, rewards: tf.Tensor, mask: tf.Tensor) -> tf.Tensor:
    """REINFORCE (Williams 1992): less the sum over sentences and tokens of reward times log-probability, float32
    [B, T] each -> scalar."""
    return -tf.reduce_sum(mask * rewards * log_probability)


def _joined(carried: list[list[tf.Tensor]]) -> list[tf.Tensor]:
    return [tf.concat(each, axis=0) for each in zip(*carried, strict=True)]


def _parted(states: list[tf.Tensor], count: int) -> list[list[tf.Tensor]]:
    return [list(each) for each in zip(*(tf.split(state, count) for state in states), strict=True)]
