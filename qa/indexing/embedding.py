"""A Document cut into passages and sentences, with a vector for each.

Every sentence and every heading is encoded once. A passage's vector is the sum of its sentences' vectors, weighted by
their tokens, and of its headings' vector. So no text is encoded twice, however passages overlap.
"""

import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace

import numpy as np

from qa.indexing.chunking import DEFAULT_LIMITS, Limits, Sentence, passages, quotable_sentences
from qa.models.encoders import Encoder, Vectors
from qa.profile import profile
from qa.records import Document, Passage
from qa.stores.base import COMPOSITION, Entry, Model, Store
from qa.text.scripts import as_typed
from qa.text.sentences import leans_on_previous

KnownVectors = Callable[[Collection[bytes]], Mapping[bytes, Vectors]]
"""From the keys of texts to the vectors that the same model made of them before."""

HEAD_WEIGHT: float = profile()["embedding"]["head_weight"]
"""The weight of the vector of title and headings in a passage's vector; that of its sentences has the weight 1."""


def _none_known(keys: Collection[bytes]) -> Mapping[bytes, Vectors]:
    return {}


def model_of(encoder: Encoder) -> Model:
    """The record that a library keeps of the encoder that makes its vectors."""
    return Model(encoder.name, encoder.sha256, encoder.dimension, encoder.runtime, COMPOSITION)


def known_to(store: Store, encoder: Encoder) -> KnownVectors:
    """The store's vectors, if this very encoder made them; otherwise none."""
    made = store.model
    return store.vectors if (made.sha256, made.runtime) == (encoder.sha256, encoder.runtime) else _none_known


def embed(
    document: Document,
    encoder: Encoder,
    known: KnownVectors = _none_known,
    limits: Limits = DEFAULT_LIMITS,
    *,
    head_weight: float = HEAD_WEIGHT,
) -> Entry:
    """The document cut into passages and sentences, with a vector for each.

    A sentence is encoded alone. If it refers back and both fit the model's window, the sentence before is encoded with
    it. Superscripts are given as they are typed. A text that is ``known``, by its key, is not encoded again.
    """
    limits = replace(limits, tokens=min(limits.tokens, encoder.max_tokens * 4 // 5))

    def count_tokens(texts: Sequence[str]) -> list[int]:
        return encoder.count_tokens(list(map(as_typed, texts)))

    sentences = quotable_sentences(document, limits, count_tokens)
    cut = passages(document, sentences, limits)
    of_passages = [head(document, passage.section) for passage in cut]
    heads = sorted({*of_passages} - {""})
    texts = [*map(as_typed, _in_context(document.text, sentences, encoder.max_tokens)), *heads]
    keys = [hashlib.sha256(text.encode()).digest() for text in texts]
    vectors = _vectors(texts, keys, encoder, known)
    own, above = vectors[: len(sentences)], dict(zip(heads, head_weight * vectors[len(sentences) :], strict=True))
    composed = [_composed(one, sentences, own, above.get(of, 0.0)) for one, of in zip(cut, of_passages, strict=True)]
    return Entry(
        document=document,
        passages=cut,
        passage_vectors=np.stack(composed) if cut else np.zeros((0, encoder.dimension), np.float32),
        sentences=[(sentence.start, sentence.end) for sentence in sentences],
        sentence_vectors=own,
        sentence_keys=keys[: len(sentences)],
    )


def head(document: Document, section: str | None) -> str:
    """The title and the headings above a passage of this section, as they are encoded; "" for none.

    A model reads only as much of them as fits its window.
    """
    parts = [part for part in (document.title, section) if part]
    return as_typed(". ".join(parts) + ".") if parts else ""


def _vectors(texts: Sequence[str], keys: Sequence[bytes], encoder: Encoder, known: KnownVectors) -> Vectors:
    """A vector for each text, shape (len(texts), dimension). Only texts that are not known are encoded."""
    found = dict(known(keys))
    new = {key: text for key, text in zip(keys, texts, strict=True) if key not in found}
    found |= zip(new, encoder.encode(list(new.values())), strict=True)
    return np.stack([found[key] for key in keys]) if keys else np.zeros((0, encoder.dimension), np.float32)


def _in_context(text: str, sentences: Sequence[Sentence], tokens: int) -> list[str]:
    contexts = []
    for before, sentence in zip([None, *sentences], sentences, strict=False):
        words = text[sentence.start : sentence.end]
        fits = before and before.section == sentence.section and before.tokens + sentence.tokens <= tokens
        if before and fits and leans_on_previous(words):
            words = f"{text[before.start : before.end]} {words}"
        contexts.append(words)
    return contexts


def _composed(passage: Passage, sentences: Sequence[Sentence], own: Vectors, above: Vectors | float) -> Vectors:
    """The passage's vector, of length 1, from the document's sentence vectors and that of the headings ``above``."""
    within = [at for at, one in enumerate(sentences) if passage.start <= one.start and one.end <= passage.end]
    tokens = np.array([[sentences[at].tokens] for at in within], np.float32)
    said = (tokens * own[within]).sum(axis=0)  # in the same order on any number of cores
    return _of_length_1(_of_length_1(said) + above)


def _of_length_1(vector: Vectors) -> Vectors:
    length = np.linalg.norm(vector)
    return np.asarray(vector / length if length else vector, np.float32)
