"""Pure functions over text: lines, sentences, terms and how they match, spellings, statements."""
