"""Pure functions over text: lines, sentences, terms and their matching, spellings, statements."""
