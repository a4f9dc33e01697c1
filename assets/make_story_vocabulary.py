"""Make `loom/worlds/story_merges.txt`: the merges that the story world and its models share.

    python assets/make_story_vocabulary.py

Draws documents with a fixed seed and learns a byte-level BPE from them. Run it after any change of
the world's words, before a model is trained; a model and a world agree only if this file is the one
that the model was trained with.
"""

import random
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # so that the script runs from a checkout that is not installed

from loom.worlds.law import Dice  # noqa: E402
from loom.worlds.quill import QUILL  # noqa: E402
from loom.worlds.telling import Teller  # noqa: E402
from loom.worlds.vocabulary import SPECIAL_TOKENS, learn_merges  # noqa: E402

SEED = 20
N_DOCUMENTS = 6_000
N_VOCAB_MOST = 2_048
MERGES = ROOT / "loom" / "worlds" / "story_merges.txt"


def main() -> None:
    """Draw, learn, write."""
    rng = random.Random(SEED)
    texts = [Teller(QUILL, Dice(rng)).tell().text for _ in range(N_DOCUMENTS)]
    merges = learn_merges(texts, N_VOCAB_MOST - 256 - len(SPECIAL_TOKENS))
    MERGES.write_text("".join(f"{left} {right}\n" for left, right in merges), "utf-8")
    n_vocab = 256 + len(merges) + len(SPECIAL_TOKENS)
    print(f"{MERGES.name}: {len(merges)} merges, a vocabulary of {n_vocab}")


if __name__ == "__main__":
    main()
