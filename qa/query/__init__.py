"""What a question means: corrected typos, term weights, other names, and earlier questions."""
