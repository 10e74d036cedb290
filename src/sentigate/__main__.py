"""`python -m sentigate`: the command line, for where its script is not on the path."""

from sentigate.cli import main

if __name__ == "__main__":
    main()
