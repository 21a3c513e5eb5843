"""Every error that Pincite raises on purpose.

QAError                          catch this to catch them all
├── QuestionError                the question is empty or too long
├── ScopeError                   the limits of a question leave nothing to search
├── QuestionSetError             a file of questions is not in the documented form
├── AnswerFileError              a saved answer is not in the documented form
├── ConversationError            a conversation cannot be read or saved
├── EvaluationError              what is to be measured or compared does not fit together
├── ResultsFileError             a saved evaluation is not in the documented form
├── ReadError                    a file could not be turned into a Document
│   ├── MissingPathError         nothing exists at the path
│   ├── UnreadableFileError      the file exists, but it cannot be read or understood
│   ├── UnsupportedFormatError   no reader knows this kind of file
│   └── NothingReadableError     a folder holds no file that a reader knows
├── PageError                    a page of a PDF cannot be shown as it is printed
├── ModelError                   a model is missing, damaged or unsuitable
└── LibraryError                 the stored library cannot do what was asked
    ├── MissingLibraryError      there is no library in the folder
    ├── BackupError              a backup cannot be made or restored, or is damaged
    ├── UnknownDocumentError     no document, or more than one, has that name
    ├── NoOriginalError          the file that a document was read from is not kept, or altered
    ├── ModelMismatchError       the library was embedded by another model
    ├── LibraryLockedError       another process is changing the library
    ├── NewerFormatError         a file of the library was written by a newer Pincite
    └── LibraryDamagedError      the database is damaged, or not a Pincite library

Each message is one sentence that says what happened and what to do. A face prints it unchanged.
"""

from typing import Literal

Status = Literal["encrypted", "no_text_layer", "too_big", "too_slow", "malformed", "unsupported"]
"""Codes for why a file could not be read."""


class QAError(Exception):
    """Base of every error that Pincite raises on purpose."""


class QuestionError(QAError):
    """The question is empty or too long."""


class ScopeError(QAError):
    """The limits of a question, such as years or sections, leave nothing to search."""


class QuestionSetError(QAError):
    """A file of questions is not in the documented form."""


class AnswerFileError(QAError):
    """A saved answer is not in the documented form."""


class ConversationError(QAError):
    """A conversation cannot be read or saved."""


class EvaluationError(QAError):
    """The input of an evaluation or a comparison is malformed or does not fit together."""


class ResultsFileError(QAError):
    """A saved evaluation is not in the documented form."""


class ReadError(QAError):
    """A file could not be turned into a Document; ``status`` says why in one word."""

    status: Status = "malformed"


class MissingPathError(ReadError):
    """Nothing exists at the path."""


class UnreadableFileError(ReadError):
    """The file exists, but it cannot be read or understood."""

    def __init__(self, message: str, status: Status = "malformed") -> None:
        super().__init__(message)
        self.status = status


class UnsupportedFormatError(ReadError):
    """No reader knows this kind of file."""

    status: Status = "unsupported"


class NothingReadableError(ReadError):
    """A folder holds no file that a reader knows."""


class PageError(QAError):
    """A page of a PDF cannot be shown as it is printed."""


class ModelError(QAError):
    """A model is missing, damaged or unsuitable."""


class LibraryError(QAError):
    """The stored library cannot do what was asked."""


class MissingLibraryError(LibraryError):
    """There is no library in the folder."""

    def __init__(self, path: str) -> None:
        super().__init__(f"there is no library at {path}; make one with 'qa add PATH --library {path}'.")


class BackupError(LibraryError):
    """A backup cannot be made or restored, or is damaged."""


class UnknownDocumentError(LibraryError):
    """No document, or more than one, has that name."""


class NoOriginalError(LibraryError):
    """The file that a document was read from is not kept, or differs from what was added."""


class ModelMismatchError(LibraryError):
    """The library was embedded by another model than the one in use."""


class LibraryLockedError(LibraryError):
    """Another process is changing the library."""


class NewerFormatError(LibraryError):
    """A file of the library was written by a newer Pincite. It is neither read nor changed."""

    def __init__(self, path: object, found: object, known: int) -> None:
        super().__init__(newer_format(path, found, known))


def newer_format(path: object, found: object, known: int) -> str:
    """The message on a file whose format is newer than this version knows."""
    return (
        f"{path} was written by a newer Pincite (format {found}, this one reads up to {known}); "
        "update Pincite to open it."
    )


class LibraryDamagedError(LibraryError):
    """The database is damaged, or not a Pincite library."""
