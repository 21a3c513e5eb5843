"""The records that all parts of Pincite share: documents, passages, hits, questions and answers. They are frozen.

Offsets count Unicode code points of ``Document.text``, the canonical text; ``end`` is excluded:
``document.text[start:end]``. They never refer to a passage or to bytes of the source file. So a citation stays valid
when documents are cut or embedded anew.

``Answer.to_dict`` gives an Answer's JSON form; ``qa.proof`` reads and checks it.
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
