"""What a proof covers and what not, in words that are the same on every face."""

from collections import Counter
from collections.abc import Sequence

from qa.proof.checking import Verification

_NEVER = (
    "Whether the sentences are true, whether they answer the question, and whether the documents say more about it."
)
_UNSIGNED = "That the library gave this question, confidence, order of passages or refusal, which --ask-again may prove"


def signed(results: Sequence[Verification]) -> bool | None:
    """True if this library signed every answer, False if another signed one or one was altered, None otherwise."""
    found = {result.signature.signed if result.signature else None for result in results}
    return False if False in found else None if None in found else True


def covers(results: Sequence[Verification]) -> list[str]:
    """A sentence for each text in which quotes were proved, and for what signatures prove."""
    texts = sum((Counter(result.texts) for result in results), Counter[str]())
    said = [f"{_sentences(count)} word for word in {text}." for text, count in texts.items()]
    return said + [_counted(words, results) for words in _signatures(results, given=True)]


def unproved(results: Sequence[Verification]) -> list[str]:
    """A sentence for each thing that is not proved although a reader might think so."""
    said = [one for result in results for one in result.unproved]
    said += [_counted(f"{_UNSIGNED}. {words}", results) for words in _signatures(results, given=False)]
    return [*dict.fromkeys(said), _NEVER]


def _signatures(results: Sequence[Verification], given: bool) -> list[str]:
    """The distinct sentences on signatures, by this library or not. Broken ones are reported as problems instead."""
    found = (result.signature for result in results if result.signature and result.signature.by != "altered")
    return list(dict.fromkeys(one.words for one in found if (one.by == "this library") == given))


def _counted(words: str, results: Sequence[Verification]) -> str:
    of = sum(bool(result.signature and words.endswith(result.signature.words)) for result in results)
    return words if len(results) == 1 else f"{words} ({of} of {len(results)} answers)"


def _sentences(count: int) -> str:
    return "1 quote of whole sentences stands" if count == 1 else f"{count} quotes of whole sentences stand"
