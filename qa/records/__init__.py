"""The values that flow through Pincite: frozen, plain, and the same on every face.

Offsets are counted in Unicode code points of ``Document.text`` (the canonical text), half-open:
``document.text[start:end]``. They never refer to a passage or to the source file's bytes, so that a
citation outlives re-chunking and re-embedding.

``Answer.to_dict`` gives the JSON form of an Answer; reading and judging such a form is in ``qa.proof``.
"""

from qa.records.answers import (
    ANYWHERE,
    Answer,
    AnswerSentence,
    Citation,
    Hit,
    Question,
    Scope,
    hit_to_dict,
    sentence_to_dict,
)
from qa.records.documents import (
    BESIDE_ROLES,
    BLOCK_SEPARATOR,
    EVIDENCE_ROLES,
    SECTION_SEPARATOR,
    DocId,
    Document,
    Doubt,
    DoubtKind,
    Kind,
    Mention,
    Passage,
    Reference,
    Role,
    Section,
    document_to_dict,
)

__all__ = [
    "ANYWHERE",
    "BESIDE_ROLES",
    "BLOCK_SEPARATOR",
    "EVIDENCE_ROLES",
    "SECTION_SEPARATOR",
    "Answer",
    "AnswerSentence",
    "Citation",
    "DocId",
    "Document",
    "Doubt",
    "DoubtKind",
    "Hit",
    "Kind",
    "Mention",
    "Passage",
    "Question",
    "Reference",
    "Role",
    "Scope",
    "Section",
    "document_to_dict",
    "hit_to_dict",
    "sentence_to_dict",
]
