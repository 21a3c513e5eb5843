"""``python -m qa`` runs the command line, as the console script does."""

from qa.faces.cli.main import main

if __name__ == "__main__":
    main()
