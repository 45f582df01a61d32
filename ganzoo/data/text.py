"""Sentences as rows of whole numbers, and the words that the numbers stand for.

A token's number is its place in the vocabulary, the most frequent first. 0 is the end of a sentence and fills up what
follows it, 1 stands for every word that the vocabulary lacks. Tokens without words, those of the oracle, have no end:
0 is a token as any other, and every sequence has the whole length.
"""

import dataclasses
import functools
import hashlib
import importlib
import pathlib
import re
from collections.abc import Sequence

import keras
import numpy as np
import PIL.Image
import PIL.ImageDraw
import PIL.ImageFont
import tensorflow as tf

from ganzoo.data import order
from ganzoo.data.images import ImageSet
from ganzoo.errors import BadInput
from ganzoo.recipe import Text

END, UNKNOWN = 0, 1
LEAST = 4  # entries of a vocabulary: both special ones, and two words to choose between
WORD = re.compile(r"\w+(?:['’\-]\w+)*|[^\w\s]")
FONT = 15  # pixels

# What `data.source` may be beside "file" and "tfds": the module whose function `open_set(data)` gives the set, or whose
# function `lines(data)` gives ([sentence, ...], licence, citation).
SETS = {"oracle": "ganzoo.data.oracle"}
LINES = {"grammar": "ganzoo.data.grammar", "package": "ganzoo.data.corpora"}


@dataclasses.dataclass(frozen=True)
class TokenSpec:
    """What a batch is made of: int32 [B, length] in [0, vocabulary).

    words: what the tokens are, the first two "" and "[UNK]"; () = they stand for nothing and have no end. joint: what
    is between two words of a sentence, a space or, of characters, nothing.
    """

    length: int
    vocabulary: int
    words: tuple[str, ...] = ()
    joint: str = " "

    classes = 0

    @property
    def shape(self) -> tuple[int]:
        return (self.length,)

    @property
    def ends(self) -> bool:
        """Whether token 0 ends a sentence."""
        return bool(self.words)

    def element(self) -> dict[str, tf.TensorSpec]:
        """One row of a batch."""
        return {"tokens": tf.TensorSpec([self.length], tf.int32)}

    def lengths(self, tokens: np.ndarray) -> np.ndarray:
        """int [N]: tokens of each sentence without its end. tokens: int [N, T]."""
        if not self.ends:
            return np.full(len(tokens), tokens.shape[1])
        ended = tokens == END
        return np.where(ended.any(1), ended.argmax(1), tokens.shape[1])

    def sentence(self, tokens: Sequence[int]) -> str:
        """The words of one row; of tokens without words their numbers."""
        if not self.ends:
            return " ".join(map(str, tokens))
        count = self.lengths(np.asarray(tokens)[None])[0]
        text = self.joint.join(self.words[token] for token in tokens[:count])
        return re.sub(PUNCTUATION, r"\1", text) if self.joint else text


PUNCTUATION = " ([.,;:!?%)])"  # what no space stands before


@dataclasses.dataclass(eq=False)
class TokenSet(ImageSet):
    """Sentences in memory. images: int32 [N, T]; skipped: sentences that were too long."""

    words: tuple[str, ...] = ()
    joint: str = " "
    entries: int = 0  # of the vocabulary

    KIND = "sentences"
    SKIPPED = "longer than data.length or, with data.known, with unknown words"

    @property
    def spec(self) -> TokenSpec:
        return TokenSpec(self.images.shape[1], self.entries, self.words, self.joint)

    @functools.cached_property
    def hash(self) -> str:
        """SHA-256 of tokens and words, in hexadecimal."""
        digest = hashlib.sha256(str(self.images.shape).encode())
        digest.update(np.ascontiguousarray(self.images, "<i4"))
        digest.update("\n".join(self.words).encode())
        return digest.hexdigest()

    @tf.autograph.experimental.do_not_convert
    def _batch(self, positions, seed, gather) -> dict[str, tf.Tensor]:
        return {"tokens": gather(order.index(positions, len(self), seed))}

    def picture(self, samples: np.ndarray, columns: int) -> PIL.Image.Image:
        """int [N, T] as lines of text."""
        return page([self.spec.sentence(row) for row in samples])


def page(lines: Sequence[str]) -> PIL.Image.Image:
    """Lines of text, black on white, at most 120 characters of each."""
    font = PIL.ImageFont.load_default(FONT)
    lines = [line[:120] or " " for line in lines]
    width = max(int(font.getlength(line)) for line in lines) + 2 * FONT
    image = PIL.Image.new("RGB", (width, (len(lines) + 1) * FONT * 4 // 3), "white")
    draw = PIL.ImageDraw.Draw(image)
    for row, line in enumerate(lines):
        draw.text((FONT, FONT // 2 + row * FONT * 4 // 3), line, "black", font)
    return image


def spec(data: Text) -> TokenSpec | None:
    """What the batches of `data` are where no sentence need be read to know it, else None."""
    return TokenSpec(data.length, data.vocabulary) if data.source == "oracle" else None


def open_set(data: Text) -> TokenSet:
    """The sentences of `data` as tokens. Raises BadInput where there are none that can be learned from."""
    _check(data)
    if data.source in SETS:
        return importlib.import_module(SETS[data.source]).open_set(data)
    found = _tokenised(data, *_lines(data))
    if data.limit:
        found = found.take(np.arange(min(data.limit + data.held_out, len(found))))
    return found.split(data.held_out, data.limit) if data.held_out else found


def _check(data: Text):
    known = ("file", "tfds", *SETS, *LINES)
    if data.source not in known:
        raise BadInput(f"data.source: {data.source!r}; allowed: {', '.join(known)}")
    if data.path and data.source not in ("file", "tfds"):
        raise BadInput(f"data.path: {data.path!r}, but source {data.source!r} has none; add data.source=file")
    for name, least in (("length", 2), ("vocabulary", LEAST), ("held_out", 0)):
        if getattr(data, name) < least:
            raise BadInput(f"data.{name}: {getattr(data, name)}; allowed: {least} or more")
    if data.limit is not None and data.limit < 1:
        raise BadInput(f"data.limit: {data.limit}; allowed: 1 or more")


def _lines(data: Text) -> tuple[list[str], str, str]:
    """(sentences, licence, citation)"""
    if data.source in LINES:
        return importlib.import_module(LINES[data.source]).lines(data)
    if data.source == "tfds":
        return _tfds(data)
    if not data.path:
        raise BadInput("data.path: source 'file' needs one, e.g. data.path=sentences.txt")
    path = pathlib.Path(data.path).expanduser()
    if not path.is_file():
        raise BadInput(f"data.path: no file {data.path}")
    content = path.read_bytes()
    try:
        return content.decode("utf-8-sig").splitlines(), "unknown", ""
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise BadInput(f"data.path: {data.path}, line {line}: not UTF-8") from error


def _tfds(data: Text) -> tuple[list[str], str, str]:
    import sys

    import tensorflow_datasets as tfds

    from ganzoo.data import tfds as images

    name, _, feature = data.name.partition(":")
    if not feature:
        raise BadInput(f"data.name: {data.name!r}; allowed: name[/config]:feature, e.g. ag_news_subset:title")
    builder = images.prepare(name, data.path, report=lambda line: print(line, file=sys.stderr))
    texts = sorted(key for key, each in builder.info.features.items() if isinstance(each, tfds.features.Text))
    if feature not in texts:
        raise BadInput(f"data.name: {name!r} has no text {feature!r}; allowed: {', '.join(texts) or 'another set'}")
    try:
        dataset = builder.as_dataset(split=data.split, shuffle_files=False)
    except (KeyError, ValueError) as error:
        known = ", ".join(builder.info.splits)
        raise BadInput(f"data.split: {data.split!r} of {name}; allowed: {known} and slices of them") from error
    lines = []
    for place, content in enumerate(tfds.as_numpy(dataset.map(lambda example: example[feature]))):
        try:
            lines.append(content.decode())
        except UnicodeDecodeError as error:
            raise BadInput(f"data.name: {data.name}, {data.split}[{place}]: not UTF-8") from error
    return lines, "see the citation", builder.info.citation


def tokens_of(line: str, level: str) -> list[str]:
    """The tokens of a sentence: words in lower case and punctuation marks, or all characters but the outer spaces."""
    return list(line.strip()) if level == "character" else WORD.findall(line.lower())


def _tokenised(data: Text, lines: Sequence[str], licence: str, citation: str) -> TokenSet:
    every = [tokens for tokens in (tokens_of(line, data.level) for line in lines) if tokens]
    kept = [tokens for tokens in every if len(tokens) <= data.length]
    # A recipe's corpus keeps its name where only the source is overridden.
    name = {"file": pathlib.Path(data.path or "").name, "grammar": "grammar"}.get(data.source, data.name)
    if not every:
        raise BadInput(f"data: {name} has no sentence")
    if not kept:
        raise BadInput(f"data.length: {data.length}, but all {len(every):,} sentences of {name} have more tokens")
    if len({token for tokens in kept for token in tokens}) < 2:
        raise BadInput(f"data: {name} has one word only, {kept[0][0]!r}; there is nothing to learn")
    words = vocabulary(kept, data.vocabulary)
    if data.known:
        kept = [tokens for tokens in kept if set(tokens) <= set(words)]
        if not kept:
            raise BadInput(f"data.vocabulary: {data.vocabulary} entries, and every sentence of {name} has other words")
    return TokenSet(
        name=name,
        images=encode(kept, words, data.length),
        licence=licence,
        citation=citation,
        skipped=len(every) - len(kept),
        words=words,
        joint="" if data.level == "character" else " ",
        entries=len(words),
    )


def vocabulary(sentences: Sequence[Sequence[str]], most: int) -> tuple[str, ...]:
    """ "" and "[UNK]", then the words by how often they are there, `most` entries at most."""
    lookup = keras.layers.StringLookup(max_tokens=most, mask_token="", vocabulary=None)
    lookup.adapt(np.array([token for tokens in sentences for token in tokens]))
    return tuple(map(str, lookup.get_vocabulary()))


def encode(sentences: Sequence[Sequence[str]], words: Sequence[str], length: int) -> np.ndarray:
    """int32 [N, length] of sentences of at most so many tokens."""
    numbers = {word: number for number, word in enumerate(words) if number > UNKNOWN}
    found = np.full([len(sentences), length], END, np.int32)
    for row, tokens in enumerate(sentences):
        found[row, : len(tokens)] = [numbers.get(token, UNKNOWN) for token in tokens]
    return found
