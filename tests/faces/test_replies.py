"""What every interface replies to programs."""

from qa.faces import replies
from qa.library import Library
from qa.proof import Verification


def test_the_text_keeps_letters_as_they_are_and_ends_its_line() -> None:
    assert replies.text({"name": "IFN-γ"}) == '{\n  "name": "IFN-γ"\n}\n'


def test_a_proof_counts_answers_and_quotes_and_keeps_every_problem() -> None:
    results = [Verification(3, ("one falls.",), 1), Verification(2, ())]
    counted = {"stands": False, "answers": 2, "quotes": 5, "fallen": 1, "problems": ["one falls."], "signed": None}
    assert replies.proof(results).items() >= counted.items()
    assert replies.proof(results[1:])["stands"] is True


def test_documents_come_with_the_count_of_their_passages(library: Library) -> None:
    listed = replies.documents(library)
    assert [document["source"] for document in listed] == [document.source for document in library.documents()]
    assert sum(document["passages"] for document in listed) == len(library.contents.passages())
    assert all("text" not in document for document in listed)
