"""What is said of one companion, one thing, one place or one weather: the rules of the templates.

`act.goose` completes "the goose ..."; `does.jam` completes "the jam ..."; `use.jam` says what its
owner does with it; `arrival.far` and `arrival.here` are the two ways to come to the owner's door;
`view.mill` and `sky.fog` are sentences; `speech.goose` is what a companion has to say, as a
sentence; `praise.merry` closes a story that ended in that mood.
"""

from loom.worlds.law import Table, even, odds

_ACTS: dict[str, Table[str]] = {
    "act.goose": even(
        "hissed at a passing bicycle",
        "marched ahead as if leading an army",
        "bit the nearest gentleman, but only for form's sake",
        "stood on one leg, to show that it could",
    ),
    "act.dog": even(
        "sat down and scratched an ear that was not there",
        "barked once, at the moon, on principle",
        "ran in a circle, which is easier with three legs",
        "sneezed so hard that a window opened",
    ),
    "act.goat": even(
        "ate somebody's hat",
        "climbed onto a wall to look down on everyone",
        "shook its head slowly, like a judge",
        "put its head down and charged at a wheelbarrow",
    ),
    "act.cat": even(
        "washed one paw and looked the other way",
        "walked along the top of the wall as if it had built it",
        "yawned at all of them, one by one",
        "arched its back at an invisible person",
    ),
    "act.crow": even(
        "counted the chimneys and got to six",
        "stole a button from somebody's coat",
        "hopped from roof to roof, saying nothing, loudly",
        "imitated the mayor, and rather well",
    ),
    "act.nun": even(
        "rang her bell at a cloud",
        "said a word that nuns do not say",
        "rode twice around the fountain to think",
        "crossed herself with one hand and steered with the other",
    ),
    "act.niece": even(
        "stuck out her tongue at the town hall",
        "asked why, and then why, and then why",
        "jumped over every puddle and into the last one",
        "whistled through a gap in her teeth",
    ),
    "act.magician": even(
        "pulled a pigeon out of his sleeve and apologised to it",
        "bowed to a lamp post",
        "made a coin disappear and could not find it again",
        "produced a bunch of paper flowers and sneezed",
    ),
}

_SPEECHES: dict[str, Table[str]] = {
    "speech.goose": even(
        "The goose honked, which {in_town} counts as advice.",
        "The goose looked at {hero} the way a general looks at a map.",
    ),
    "speech.dog": even(
        "The dog leaned against {hero}, which was all it had to say.",
        "The dog wagged everything it had.",
    ),
    "speech.goat": even(
        "The goat disagreed, though nobody had spoken.",
        "The goat looked at {hero} as if {he} were a hat.",
    ),
    "speech.cat": even(
        "The cat said nothing, and said it well.",
        "The cat blinked at {hero}, slowly, which is a great deal for a cat.",
    ),
    "speech.crow": even(
        '"Six," said the crow.',
        "The crow looked at {hero} with one eye, and then, to be fair, with the other.",
    ),
    "speech.nun": even(
        '"I am late for my prayers," said the nun, "and so, I think, are you."',
        '"God is patient," said the nun, "but the brakes are not."',
    ),
    "speech.niece": even(
        '"I am not lost," said the niece, "I am early."',
        '"You walk like a grown-up," said the niece, "but I can wait."',
    ),
    "speech.magician": even(
        '"Pick a road," said the magician, "any road."',
        '"I used to saw people in half," said the magician, "but they kept coming back."',
    ),
}

_THINGS: dict[str, Table[str]] = {
    "does.jam": even("glowed like a small church window", "tasted faintly of August, lid and all"),
    "does.clock": even("struck thirteen and thought better of it", "ticked, tocked and sulked"),
    "does.letter": even("rustled, though there was no wind", "smelled of oranges and bad news"),
    "does.key": even("was warm, as if someone had only just let go", "pointed north, like a hen"),
    "does.umbrella": even("opened by itself, out of nerves", "dripped, though it was dry"),
    "does.trombone": even("gave a small, sad honk", "played half a march and lost heart"),
    "does.map": even("showed a road that was not there", "folded itself up the wrong way"),
    "does.egg": even("hummed a waltz, a little flat", "rolled over, like a sleeper at dawn"),
    "does.boot": even("squeaked in an old language", "kept turning to the left"),
    "does.lantern": even("burned on, stubborn as an aunt", "winked, twice, at nobody"),
    "use.jam": even("opened the jam and ate it with a spoon, standing up"),
    "use.clock": even("hung the clock on the wall, where it began to make everyone younger"),
    "use.letter": even("read the letter, laughed, and burned it in the stove"),
    "use.key": even("turned the key in the air, and somewhere a door opened"),
    "use.umbrella": even("opened the umbrella indoors, and nothing terrible happened"),
    "use.trombone": even("played one long note on the trombone, and every dog {in_town} sat down"),
    "use.map": even("laid the map beside its other half, and they did not match, and so be it"),
    "use.egg": even("held the egg to one ear and began, very softly, to hum along"),
    "use.boot": even("put on the boot, and for the first time in years stood up straight"),
    "use.lantern": even("set the lantern in the window, for whoever was still out there"),
}

_PLACES: dict[str, Table[str]] = {
    "view.harbour": even(
        "The boats knocked together like old men at cards.",
        "A gull stood on a post and judged everyone who passed.",
        "Somebody was mending a net and somebody was undoing it.",
    ),
    "view.market": even(
        "A woman was selling eggs and a man was guessing their names.",
        "The fountain was dry, as it had been since the argument.",
        "The cabbages had been arranged by size, and then by character.",
    ),
    "view.mill": even(
        "The wheel turned, and nobody could remember why.",
        "Flour lay on everything, like a polite kind of snow.",
        "The miller's chair stood empty, still warm.",
    ),
    "view.chapel": even(
        "The bell rang four, though it was nearly six.",
        "Someone had put a scarf on the stone angel.",
        "Inside, the choir was losing to a hymn.",
    ),
    "view.bridge": even(
        "The river went under it without looking up.",
        "A boy was fishing with no hook, so as not to hurt anyone.",
        "The third lamp on the left was humming to itself.",
    ),
    "view.tea room": even(
        "A card in the window said back in five minutes, and it was yellow with age.",
        "Two old ladies were playing chess for a cream bun.",
        "The kettle sang one note and held it.",
    ),
    "view.station": even(
        "No train had stopped there since the war, but the benches were dusted daily.",
        "A suitcase was waiting on the platform, all alone and quite calm.",
        "The timetable had been corrected in three colours.",
    ),
    "view.dining": even(
        "Every soup plate had a small storm in it.",
        "The waiter carried nine glasses and one secret.",
    ),
    "view.mail": even(
        "The letters were arguing in their sacks.",
        "One parcel ticked, and one parcel listened.",
    ),
    "view.corridor": even(
        "Door after door went by, and behind each one somebody was snoring in tune.",
        "The carpet was red, and it was longer than the train.",
    ),
    "view.last": even(
        "Through the back window the rails ran away into yesterday.",
        "A birdcage stood there, and the bird was reading.",
    ),
    "view.crater": even(
        "Far below, a pond of old moonlight lay perfectly still.",
        "Somebody had left a deck chair there, and a very small flag.",
    ),
    "view.dome": even(
        "The tomatoes grew upwards, downwards and inwards.",
        "Above the glass hung the earth, like a lamp that nobody had paid for.",
    ),
    "view.field": even(
        "A rocket was drying on a line, between two shirts.",
        "The last ship had left on a Tuesday, and it was still Tuesday.",
    ),
    "view.telescope": even(
        "Through it one could see Quill, and in Quill somebody was waving.",
        "It was pointed at nothing in particular, and had found it.",
    ),
    "view.orchard": even(
        "An apple fell, considered, and rolled downhill.",
        "The scarecrow wore a better coat than the bishop.",
        "A ladder leaned on nothing, and held.",
    ),
}

_WEATHERS: dict[str, Table[str]] = {
    "sky.sun": even(
        "The sun was out and had nowhere to be.",
        "It was so bright that even the pigeons squinted.",
    ),
    "sky.fog": even(
        "The fog was so thick that people said good evening to the lamp posts.",
        "The fog had swallowed the steeple and was starting on the roofs.",
    ),
    "sky.rain": even(
        "It rained the way it does {in_town}, sideways and with feeling.",
        "The gutters were talking all at once.",
    ),
    "sky.snow": even(
        "The snow fell as if somebody had forgotten to turn it off.",
        "Every roof wore a white hat, a little crooked.",
    ),
    "sky.wind": even(
        "The wind went from door to door, trying the handles.",
        "Three hats crossed the street without their owners.",
    ),
    "spell.sun": even("The sun had shone for nine days, and people were getting suspicious."),
    "spell.fog": even("The fog had been in town for a week and was beginning to make friends."),
    "spell.rain": even("It had rained for so long that the ducks had moved indoors."),
    "spell.snow": even("It was the winter of the great snow, when the lake froze to the bottom."),
    "spell.wind": even("The wind had been up all night, rearranging the washing."),
}

_ARRIVALS: dict[str, Table[str]] = {
    "arrival.far": even(
        "At last they came to {home}, where {owner} was waiting.",
        "It was nearly supper when they reached {home}, and {owner} stood at the door.",
    ),
    "arrival.here": even(
        "And there stood {owner}, who had watched them come.",
        "{owner} was there already, looking at the time.",
    ),
}

_MOODS: dict[str, Table[str]] = {
    "praise.merry": odds(
        (
            2,
            "[People|They] still [talk about|laugh about] it {in_town}, and the story gets longer.",
        ),
        (1, "And if you think that is odd, you should hear about {owner} and the ladder."),
        (1, "That is how it was, more or less, and mostly more."),
    ),
    "praise.uneasy": odds(
        (2, "Nobody {in_town} tells this story the same way twice."),
        (1, "It was, all things considered, an ordinary day."),
        (1, "Whether it ended well depends on whom you ask, and on the weather."),
    ),
    "praise.sad": odds(
        (2, "Some stories end like that, and one puts the kettle on."),
        (1, "It is not a happy story, but it is a true one, mostly."),
    ),
    "praise.dark": odds(
        (2, "After that nobody {in_town} went out alone for a while."),
        (1, "There are things one does not ask, and {in_town} one asks fewer every year."),
    ),
}

RULES: dict[str, Table[str]] = {
    **_ACTS,
    **_SPEECHES,
    **_THINGS,
    **_PLACES,
    **_WEATHERS,
    **_ARRIVALS,
    **_MOODS,
}
