"""Pages that ask and answer: turns in ChatML, and plain questions for a number.

In a chat the answers have a voice, which a system turn may name and which stays. A story told as an
answer is a story like any other.
"""

from loom.worlds.beat import NEW_LINE, PARAGRAPH, Beat, silent
from loom.worlds.law import Table, even, odds

N_NUMBERS = 101
NUMBER_RULE: dict[str, Table[str]] = {"number": even(*(str(n) for n in range(N_NUMBERS)))}

_USER = "<|im_start|>user\n"
_ANSWER = "<|im_end|>\n<|im_start|>assistant\n"
_A_STORY = ("hero", "spouse", "companion", "thing", "owner", "place", "mood")

_ASKS: Table[str] = odds(
    (6, "ask story"),
    (3, "ask toast"),
    (3, "ask number"),
    (3, "ask who"),
    (2, "ask weather"),
    (2, "ask way"),
    (2, "ask comfort"),
    (1, "ask well"),
)
_NUMBER_PLEASE = (
    "Pick a number between 0 and 100.",
    "Choose a number from 0 to 100.",
    "Think of a number between 0 and 100.",
)

_TURNS: dict[str, Beat] = {
    "system": Beat(
        even("<|im_start|>system\nYou are {voice_name}.<|im_end|>\n"), even("user"), opens=True
    ),
    "user": Beat(even(_USER), _ASKS, opens=True),
    "over": silent(odds((4, "END"), (5, "user again"), (1, "thank")), "<|im_end|>"),
    "user again": silent(_ASKS, "\n" + _USER, opens=True),
    "thank": silent(even("thanks"), "\n" + _USER, opens=True),
    "thanks": Beat(even("Thank you.", "Good night."), even("answer thanks")),
    "answer thanks": silent(even("bye"), _ANSWER, opens=True),
    "bye": Beat(even("<bye.voice>"), even("last over")),
    "last over": silent(even("END"), "<|im_end|>"),
}


def _asked(name: str, topic: str, *questions: str) -> dict[str, Beat]:
    """A question, the turn that passes, and the answer in the voice at hand."""
    return {
        f"ask {name}": Beat(even(*questions), even(f"answer {name}")),
        f"answer {name}": silent(even(name), _ANSWER, opens=True),
        name: Beat(even(f"<{topic}.voice>"), even("over")),
    }


_STORIES: dict[str, Beat] = {
    "ask story": Beat(
        even(
            "Tell me a story.",
            "Tell me a story about {hero}.",
            "[Tell me|I would like to hear] a story about {hero} the {trade}.",
        ),
        even("answer story"),
        forgets=_A_STORY,
    ),
    "answer story": silent(odds((5, "morning"), (3, "habit"), (2, "wedding")), _ANSWER, opens=True),
    "ask toast": Beat(
        even(
            "Give a toast for {hero} and {spouse}.",
            "{hero} and {spouse} are getting married. Say a few words.",
        ),
        even("answer toast"),
        forgets=_A_STORY,
    ),
    "answer toast": silent(even("toast"), _ANSWER, opens=True),
}

CHAT: dict[str, Beat] = {
    **_TURNS,
    **_STORIES,
    **_asked("who", "hello", "Who are you?", "Who is there?", "Hello."),
    **_asked("number", "count", *_NUMBER_PLEASE),
    **_asked("weather", "sky_report", "What is the weather like?", "How is the weather {in_town}?"),
    **_asked("way", "way", "Where should I go?", "What should I see {in_town}?"),
    **_asked("comfort", "comfort", "I am sad.", "I [cannot|can not] sleep.", "Nobody likes me."),
    **_asked("well", "well", "What is in the well?"),
}

QUIZ: dict[str, Beat] = {
    "plain number": Beat(even(*_NUMBER_PLEASE), even("plain answer"), lead=PARAGRAPH),
    "plain answer": Beat(even("<number>."), odds((1, "plain number"), (2, "stop")), lead=PARAGRAPH),
    "quiz": Beat(
        even(*(f"Q: {ask}" for ask in _NUMBER_PLEASE)), even("quiz answer"), lead=NEW_LINE
    ),
    "quiz answer": Beat(even("A: <number>."), odds((2, "quiz"), (1, "stop")), lead=NEW_LINE),
}
