"""Which of four methods writes the better sentences in the same time, and what does that cost in variety?

WordNet's example sentences of at most 16 tokens out of 3,000 words. Budgets were set by the speed of a step, so that
each method has about the same seconds, its phase of likelihood included; the table has what they took. BLEU and
self-BLEU are told at three temperatures: a method is better only where its line lies above and to the left.

In that time maximum likelihood learns its sentences by heart, so it is told twice more: stopped where held-out
sentences were likeliest in its own run, and after as many sentences as SeqGAN learns the likelihood of before it plays.
RelGAN's writer is another network, so what its own phase of likelihood does is told too.

Command: ganzoo study sentences --jobs 2
"""

import operator

from ganzoo.recipes.text.mle_wordnet import SWEEP
from ganzoo.recipes.text.relgan_lite_wordnet import LEARNING as RELGAN_LEARNS
from ganzoo.recipes.text.seqgan_lite_wordnet import LEARNING
from ganzoo.study import Arm, Study, held

METHODS = ("mle", "seqgan", "relgan", "scratchgan")
STOPPED, PHASE, ALONE = "mle, stopped early", "mle, as long as seqgan's", "relgan, likelihood alone"
OFTENER = ("train.tick=6400", "train.evaluate=0")  # of which that length is a multiple
RATE = "game.g_optimizer.optimizer.learning_rate.finish"
COLUMNS = (
    "nlltest1k_t100",
    "bleu500_n3",
    "selfbleu500_n3",
    "bleu500_n2",
    "selfbleu500_n2",
    "copied500_t100",
)


def study() -> Study:
    return Study(
        arms=(
            Arm("mle", "mle_wordnet"),
            Arm(STOPPED, "mle_wordnet", ("train.images=96000", f"{RATE}=96000")),
            Arm(PHASE, "mle_wordnet", (f"train.images={LEARNING}", f"{RATE}={LEARNING}", *OFTENER)),
            *(Arm(method, f"{method}_lite_wordnet") for method in METHODS[1:]),
            Arm(ALONE, "relgan_lite_wordnet", (f"train.images={RELGAN_LEARNS}",)),
        ),
        columns=COLUMNS,
        plane=tuple((f"selfbleu500_{view}", f"bleu500_{view}") for view in SWEEP),
        seeds=1,
        protocol="nlltest: nats a token of 1,000 held-out sentences; bleu: BLEU-n of 500 written sentences against the "
        "1,000 held-out ones (higher is better), selfbleu: against each other (lower is more varied), both of training "
        "sentences in the file as floors; copied: share that is in the training. Temperature 1 in the table, in the "
        "plot 0.8 and 1.2 too.",
        claims=(
            *(
                held(
                    f"{method} finds held-out sentences no likelier than maximum likelihood does",
                    operator.ge,
                    (method, COLUMNS[0]),
                    ("mle", COLUMNS[0]),
                )
                for method in METHODS[1:]
            ),
            *(
                held(
                    f"{method}'s BLEU-3 at temperature 1 is above that of maximum likelihood",
                    operator.gt,
                    (method, "bleu500_n3"),
                    ("mle", "bleu500_n3"),
                )
                for method in METHODS[1:]
            ),
            *(
                held(
                    f"{method}'s sentences at temperature 1 are also as varied",
                    operator.le,
                    (method, "selfbleu500_n3"),
                    ("mle", "selfbleu500_n3"),
                )
                for method in METHODS[1:]
            ),
            *(
                held(
                    f"{method} finds them no likelier than maximum likelihood that is stopped early",
                    operator.ge,
                    (method, COLUMNS[0]),
                    (STOPPED, COLUMNS[0]),
                )
                for method in METHODS[1:]
            ),
            *(
                held(
                    f"{method}'s BLEU-3 is above and its self-BLEU-3 below those of maximum likelihood stopped early",
                    lambda bleu, varied, mle, mle_varied: bleu > mle and varied < mle_varied,
                    (method, "bleu500_n3"),
                    (method, "selfbleu500_n3"),
                    (STOPPED, "bleu500_n3"),
                    (STOPPED, "selfbleu500_n3"),
                )
                for method in METHODS[1:]
            ),
            *(
                held(
                    f"{method}'s game makes held-out sentences no likelier than its phase of likelihood did",
                    operator.ge,
                    (method, COLUMNS[0]),
                    (phase, COLUMNS[0]),
                )
                for method, phase in (("seqgan", PHASE), ("relgan", ALONE))
            ),
        ),
        quoted=5,
    )
