"""Who and what there is: heroes, whom they marry, whom they meet, and what is left at doors."""

from dataclasses import dataclass

from loom.worlds.law import Table, even, odds


@dataclass(frozen=True)
class Hero:
    """Whom a story is about. A hero keeps name, pronoun and trade from the first line to the last.

    `habit` follows "who", `crime` follows "It was the old joke:", `homecoming` ends a story.
    """

    name: str
    pronouns: tuple[str, str, str]
    trade: str
    habit: str
    crime: str
    homecoming: str


@dataclass(frozen=True)
class Named:
    """A companion or a thing: a key, the words that introduce it, the words after that."""

    key: str
    first: str
    then: str


_HE = ("he", "him", "his")
_SHE = ("she", "her", "her")

HEROES: Table[Hero] = odds(
    (
        2,
        Hero(
            "Marco",
            _HE,
            "baker",
            "sang to the dough",
            "he had once killed a wedding cake with a single sneeze",
            "sang to the dough until it rose",
        ),
    ),
    (
        2,
        Hero(
            "Odile",
            _SHE,
            "clockmaker",
            "had never once been on time",
            "she had once stopped the chapel clock so dead that Tuesday was cancelled",
            "set every clock in the shop to a different hour, for company",
        ),
    ),
    (
        1,
        Hero(
            "Bastian",
            _HE,
            "ferryman",
            "could not swim and did not mention it",
            "he had once drowned the bishop's second-best hat",
            "rowed once around the lake for no reason at all",
        ),
    ),
    (
        1,
        Hero(
            "Mina",
            _SHE,
            "lighthouse keeper",
            "was a little afraid of the dark",
            "she had once sat down on a birthday pie, with the candles lit",
            "lit the lamp early, in case anyone else was afraid",
        ),
    ),
    (
        1,
        Hero(
            "Tobias",
            _HE,
            "postman",
            "read only the postcards, and those only twice",
            "he had once murdered the town song, all nine verses, in public",
            "wrote a postcard to nobody and read it twice",
        ),
    ),
    (
        2,
        Hero(
            "Agnes",
            _SHE,
            "beekeeper",
            "told the bees everything first",
            "she had once boiled the doctor's prize cactus, for tea",
            "told the bees everything, and some of it was true",
        ),
    ),
    (
        1,
        Hero(
            "Casimir",
            _HE,
            "gravedigger",
            "knew the best jokes in town",
            "he had once buried a piano, with full honours",
            "thought of a joke so good that he saved it for spring",
        ),
    ),
    (
        1,
        Hero(
            "Rosalind",
            _SHE,
            "locksmith",
            "never locked her own door",
            "she had once strangled an accordion in front of the whole choir",
            "left the door open, as she always did",
        ),
    ),
    (
        1,
        Hero(
            "Hugo",
            _HE,
            "mapmaker",
            "got lost on the way to the well",
            "he had once wiped out a village by spilling ink on it",
            "drew the whole day on a map, with all its wrong turnings",
        ),
    ),
    (
        1,
        Hero(
            "Petra",
            _SHE,
            "chimney sweep",
            "wore white on Sundays to make a point",
            "she had once swept a nightingale into the soup",
            "put on something white, though it was not Sunday",
        ),
    ),
)

SPOUSES: Table[str] = even(
    "Lucia",
    "Emil",
    "Klara",
    "Anton",
    "Nell",
    "Jonas",
    "Vera",
    "Otto",
    "Salome",
    "Felix",
)

COMPANIONS: Table[Named] = odds(
    (2, Named("goose", "a goose called Admiral", "the goose")),
    (2, Named("dog", "a dog with three legs and no regrets", "the dog")),
    (1, Named("goat", "a goat with opinions", "the goat")),
    (1, Named("cat", "a cat that belonged to nobody", "the cat")),
    (1, Named("crow", "a crow that could count to six", "the crow")),
    (1, Named("nun", "a nun on a bicycle", "the nun")),
    (1, Named("niece", "the mayor's youngest niece", "the niece")),
    (1, Named("magician", "a magician out of work", "the magician")),
)

THINGS: Table[Named] = odds(
    (2, Named("jam", "a jar of plum jam", "the jam")),
    (2, Named("clock", "a clock that ran backwards", "the clock")),
    (2, Named("letter", "a letter with no stamp", "the letter")),
    (1, Named("key", "a key without a lock", "the key")),
    (1, Named("umbrella", "a red umbrella", "the umbrella")),
    (1, Named("trombone", "a very small trombone", "the trombone")),
    (1, Named("map", "half of a map", "the map")),
    (1, Named("egg", "an egg that hummed", "the egg")),
    (1, Named("boot", "a single left boot", "the boot")),
    (1, Named("lantern", "a lantern that would not go out", "the lantern")),
)
