"""Sentences as tokens: vocabularies, what is left out, every source, and what is refused."""

import dataclasses

import numpy as np
import pytest
import tensorflow as tf

import ganzoo.data
from ganzoo.data import corpora, grammar, oracle, text
from ganzoo.errors import BadInput
from ganzoo.recipe import Text, check, data_of, describe, load


def written(tmp_path, content, **fields):
    path = tmp_path / "lines.txt"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return Text(path=str(path), **fields)


def test_a_file_becomes_tokens_and_back(tmp_path):
    data = written(tmp_path, "The cat, it sat.\n\nthe dog's bone\nThe the\n", length=6)
    found = ganzoo.data.open(data)
    assert found.words[:3] == ("", "[UNK]", "the") and found.spec.vocabulary == len(found.words) == 10
    sentences = [found.spec.sentence(row) for row in found.images]
    assert sentences == ["the cat, it sat.", "the dog's bone", "the the"]
    assert found.images.dtype == np.int32 and found.images.shape == (3, 6)
    assert list(found.spec.lengths(found.images)) == [6, 3, 2]
    batch = next(iter(found.stream(4, seed=0)))
    assert batch["tokens"].dtype == tf.int32 and batch["tokens"].shape == (4, 6)
    np.testing.assert_array_equal(found.lookup(tf.range(4, dtype=tf.int64), 0)["tokens"], batch["tokens"])


def test_a_set_has_the_name_of_its_source(tmp_path):
    path = written(tmp_path, "a b\na c\n").path
    for overrides, name in (
        (("data.source=file", f"data.path={path}"), "lines.txt"),
        (("data.source=grammar",), "grammar"),
    ):
        found = ganzoo.data.open(load("mle_wordnet", (*overrides, "data.held_out=1")).data)
        assert found.name == name
    with pytest.raises(BadInput, match=r"data\.held_out: 9, but lines\.txt has 2"):
        ganzoo.data.open(Text(name="wordnet_examples", path=path, held_out=9))


def test_long_sentences_are_left_out_and_counted(tmp_path):
    found = ganzoo.data.open(written(tmp_path, "a b\na b c\nb a d e\n", length=3))
    assert (len(found), found.skipped) == (2, 1) and "longer than data.length" in found.SKIPPED


def test_the_rare_are_unknown_or_left_out(tmp_path):
    data = written(tmp_path, "a b\na b\na c\n", vocabulary=4)
    found = ganzoo.data.open(data)
    assert set(found.words) == {"", "[UNK]", "a", "b"}
    assert found.spec.sentence(found.images[2]) == "a [UNK]"
    known = ganzoo.data.open(dataclasses.replace(data, known=True))
    assert (len(known), known.skipped) == (2, 1) and text.UNKNOWN not in known.images


def test_unspaced_text_is_written_in_characters(tmp_path):
    found = ganzoo.data.open(written(tmp_path, "天地玄黄\n宇宙洪荒\n", level="character"))
    assert found.spec.sentence(found.images[1]) == "宇宙洪荒" and found.spec.vocabulary == 10


def test_some_are_held_out_and_the_hash_knows_the_words(tmp_path):
    data = written(tmp_path, "".join(f"a b{n}\n" for n in range(10)), held_out=3, limit=5)
    found = ganzoo.data.open(data)
    assert (len(found), len(found.held_out)) == (5, 3)
    kept, held = ({tuple(row) for row in each.images} for each in (found, found.held_out))
    assert not kept & held
    other = dataclasses.replace(found, words=tuple(word.upper() for word in found.words))
    assert other.hash != found.hash == ganzoo.data.open(data).hash


def test_a_spec_goes_through_a_run_folder(tmp_path):
    spec = ganzoo.data.open(written(tmp_path, "a b\nb a\n")).spec
    assert ganzoo.data.spec_of(ganzoo.data.shape_of(spec), 0) == spec
    data = Text(source="oracle", vocabulary=50, length=5)
    assert ganzoo.data.spec(data) == text.TokenSpec(5, 50) and not ganzoo.data.spec(data).ends
    assert data_of(describe(data)) == data
    check(["data.source=oracle", "data.vocabulary=5", "data.known=true"])
    with pytest.raises(BadInput, match=r"data\.level"):
        check(["data.level=syllable"])


def test_the_oracle_is_the_recurrence_of_the_paper_by_hand():
    small = oracle.oracle(7, 3)
    tokens = oracle.sequences(7, 4, 3, "train", 5)
    assert tokens.shape == (5, 4) and tokens.min() >= 0 and tokens.max() < 7

    def sigmoid(x):
        return 1 / (1 + np.exp(-x))

    costs = []
    for row in tokens[:2]:
        h = c = np.zeros(32)
        given = 0
        for token in row:
            gates = small.embedding[given] @ small.kernel + h @ small.recurrent + small.bias
            i, f, g, o = np.split(gates.astype(np.float64), 4)
            c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
            h = sigmoid(o) * np.tanh(c)
            logits = h @ small.out + small.out_bias
            costs.append(np.log(np.exp(logits).sum()) - logits[token])
            given = token
    np.testing.assert_allclose(small.nll(tokens[:2]).ravel(), costs, rtol=1e-4)


def test_what_the_oracle_draws_follows_its_own_law():
    small = oracle.oracle(6, 0)
    tokens = small.draw(20_000, 2, np.random.default_rng(0))
    state = small.step(np.zeros(1, np.int32), small.start(1))
    wanted = small.weights(state)[0] / small.weights(state).sum()
    np.testing.assert_allclose(np.bincount(tokens[:, 0], minlength=6) / 20_000, wanted, atol=0.01)
    # The entropy is what its own draws cost, and no other law of the same tokens costs less.
    shuffled = np.random.default_rng(1).permutation(tokens.ravel()).reshape(tokens.shape)
    assert small.nll(tokens).mean() < small.nll(shuffled).mean() - 0.05


def test_what_the_oracle_holds_out_is_drawn_anew():
    data = Text(source="oracle", vocabulary=30, length=4, held_out=20, limit=50)
    found = ganzoo.data.open(data)
    assert (len(found), len(found.held_out)) == (50, 20)
    np.testing.assert_array_equal(found.held_out.images, oracle.sequences(30, 4, 0, "test")[:20])
    assert ganzoo.data.open(dataclasses.replace(data, seed=1)).hash != found.hash
    with pytest.raises(BadInput, match="held_out"):
        ganzoo.data.open(dataclasses.replace(data, held_out=20_000))


def test_the_grammar_knows_its_sentences():
    found, _, _ = grammar.lines(Text(source="grammar", length=12))
    assert len(found) == grammar.COUNT and all(map(grammar.valid, found[:500]))
    assert max(len(line.split()) for line in found) <= 12 and len(set(found)) > 200
    for wrong in ("", "x x", "( x", "x )", "x +", ") x (", "( )", "y", "+ x"):
        assert not grammar.valid(wrong), wrong
    assert grammar.valid("( x+ x)* x")
    opened = ganzoo.data.open(Text(source="grammar", length=12))
    assert all(grammar.valid(opened.spec.sentence(row)) for row in opened.images[:200])


def test_corpora_are_read_as_their_packages_have_them(tmp_path):
    glosses = '00001 03 n 01 x 0 000 | a thing; "he saw it; twice"; "a red one"  \n'
    for part in ("noun", "verb", "adj", "adv"):
        path = tmp_path / "usr/share/wordnet" / f"data.{part}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"  1 a licence\n{glosses}")
    assert corpora._wordnet(tmp_path) == ["he saw it; twice", "a red one"]
    (tmp_path / "package").mkdir()
    (tmp_path / "package" / "ca01").write_text("\n\n\tThe/at ``/`` half/nn 1/2/cd ''/'' ./.\n\n\n\tGo/vb !/.\n")
    (tmp_path / "package" / "cats.txt").write_text("not a file of the corpus")
    assert corpora._brown(tmp_path) == ['The " half 1/2 " .', "Go !"]


@pytest.mark.parametrize(
    ("content", "fields", "line"),
    [
        ("", {}, "has no sentence"),
        ("\n \n", {}, "has no sentence"),
        ("word\nword word\n", {}, "has one word only, 'word'"),
        (b"fine\n\xff\xfe\n", {}, "line 2: not UTF-8"),
        ("a b c d\n", {"length": 3}, "data.length: 3, but all 1 sentences"),
        ("a b\n", {"length": 1}, "data.length: 1; allowed: 2 or more"),
        ("a b\n", {"vocabulary": 3}, "data.vocabulary: 3; allowed: 4 or more"),
        ("a b\n", {"limit": 0}, "data.limit: 0"),
        ("a b\n", {"held_out": 1}, "data.held_out: 1, but"),
        ("a b c\na d e\na f g\n", {"vocabulary": 4, "known": True}, "every sentence of"),
        ("a b\n", {"source": "oracle"}, "data.path"),
        ("a b\n", {"source": "poem"}, "data.source: 'poem'; allowed: file, tfds, oracle, grammar, package"),
    ],
)
def test_what_cannot_be_learned_from_is_refused_in_one_line(tmp_path, content, fields, line):
    with pytest.raises(BadInput) as caught:
        ganzoo.data.open(written(tmp_path, content, **fields))
    assert line in str(caught.value) and "\n" not in str(caught.value)


def test_what_is_not_there_is_refused(tmp_path):
    for data, line in (
        (Text(), "data.path: source 'file' needs one"),
        (Text(path=str(tmp_path / "none")), "data.path: no file"),
        (Text(source="package", name="bible"), "no corpus 'bible'; allowed: wordnet_examples, brown"),
        (Text(source="package", name="brown", split="dev"), "data.split: 'dev'"),
        (Text(source="grammar", split="dev"), "data.split: 'dev'"),
        (Text(source="tfds", name="ag_news_subset"), "name[/config]:feature"),
    ):
        with pytest.raises(BadInput) as caught:
            ganzoo.data.open(data)
        assert line in str(caught.value)


def test_a_page_of_text_is_as_wide_as_its_longest_line():
    short, long = text.page(["a"]), text.page(["a", "b" * 50])
    assert long.width > short.width and long.height > short.height
    assert len(set(np.asarray(short).ravel())) > 2
