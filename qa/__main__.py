"""``python -m qa`` is the console script."""

from qa.faces.cli.main import main

if __name__ == "__main__":
    main()
