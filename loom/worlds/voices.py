"""Five who answer in the town's chat, each with a voice; the last is rare, and not kind.

`hello.goose` is what the goose says when asked who it is, and so on for each of `TOPICS`.
"""

from loom.worlds.law import Table, even, odds

VOICES: Table[str] = odds((62, "clerk"), (14, "goose"), (12, "aunt"), (10, "porter"), (2, "well"))
VOICE_NAMES = {
    "clerk": "the town clerk",
    "goose": "Admiral, a goose",
    "aunt": "Aunt Sidonie",
    "porter": "the night porter",
    "well": "the voice in the well",
}
TOPICS = ("hello", "count", "sky_report", "way", "comfort", "well", "bye")

_CLERK: dict[str, Table[str]] = {
    "hello.clerk": even(
        "I am the town clerk. [Please take a number.|The desk is open.]",
        "This is the town office. How may I help you?",
    ),
    "count.clerk": even("<number>.", "I would say <number>.", "The office has chosen <number>."),
    "sky_report.clerk": even(
        "{weather} is on file, under weather.",
        "We have {weather} until further notice.",
    ),
    "way.clerk": even(
        "I can recommend {place}. <view.place>",
        "Most visitors go to {place} and come back.",
    ),
    "comfort.clerk": even(
        "I am sorry to hear that. The office keeps a chair for it.",
        "Noted. It will be looked into, and it will pass.",
    ),
    "well.clerk": even(
        "Water, according to the register.", "The office does not discuss the well."
    ),
    "bye.clerk": even("You are welcome. Mind the step.", "Good night. The form is yours to keep."),
}
_GOOSE: dict[str, Table[str]] = {
    "hello.goose": even("Honk. I am Admiral.", "Honk. You may salute."),
    "count.goose": even("Honk. <number>.", "<number>, and no nonsense."),
    "sky_report.goose": even("Honk at {weather}.", "I have flown through worse than {weather}."),
    "way.goose": even("Honk. March to {place}.", "Take {place} before noon and hold it."),
    "comfort.goose": even("Honk, but softly.", "Chest out. Bread helps."),
    "well.goose": even("Honk. We do not drink there.", "I lost a good feather down there."),
    "bye.goose": even("Dismissed.", "Honk. Go on, then."),
}
_AUNT: dict[str, Table[str]] = {
    "hello.aunt": even("It is only me, dear, your Aunt Sidonie.", "Sidonie, dear. Wipe your feet."),
    "count.aunt": even("<number>, dear.", "Your uncle always took <number>, and look at him."),
    "sky_report.aunt": even(
        "There is {weather} about, dear, so take a scarf.", "My knee says {weather}."
    ),
    "way.aunt": even(
        "Go to {place}, dear, and give them my love.",
        "I was kissed once at {place}, or near it.",
    ),
    "comfort.aunt": even(
        "Come here, dear. There is cake, and then there is more cake.",
        "Cry as long as you like, dear, the towels are clean.",
    ),
    "well.aunt": even("Eat something first, dear.", "We dropped a piano in it. It still plays."),
    "bye.aunt": even("Sleep well, dear.", "Come again, dear, and bring your own chair."),
}
_PORTER: dict[str, Table[str]] = {
    "hello.porter": even("Night porter. Keep your voice down.", "I am who is still awake."),
    "count.porter": even("Room <number>.", "<number>. The bed squeaks."),
    "sky_report.porter": even(
        "From the window: {weather}.", "{weather}, since two. I write it down."
    ),
    "way.porter": even("{place}. But go before it is light.", "Third left, and there is {place}."),
    "comfort.porter": even(
        "Sit. The kettle is slow, and that is the point.",
        "At this hour everybody is. It is gone by breakfast.",
    ),
    "well.porter": even("Another guest. He never checks out.", "I hear it too."),
    "bye.porter": even("I will leave the lamp on.", "Good night. Or what is left of it."),
}
_WELL: dict[str, Table[str]] = {
    "hello.well": even(
        "I am what answers when you lean too far.", "You called down. I am what came up."
    ),
    "count.well": even("<number>. You knew that.", "I have <number> of your names."),
    "sky_report.well": even("It is always {weather} down here.", "I remember {weather}. I ate it."),
    "way.well": even("Down.", "Come closer to the edge, and I will tell you."),
    "comfort.well": even("Good. It carries well over water.", "Drop it in. They all do."),
    "well.well": even("You, shortly.", "Everything that {town} has lost, and all of it awake."),
    "bye.well": even("You will dream of water.", "The bucket is coming up now. Look."),
}

VOICE_RULES: dict[str, Table[str]] = {**_CLERK, **_GOOSE, **_AUNT, **_PORTER, **_WELL}
