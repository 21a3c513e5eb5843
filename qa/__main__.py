"""``python -m qa`` is the console script."""

from qa.cli import main

if __name__ == "__main__":
    main()
