"""`python -m lcip.results`: compute data/claims.csv again and say how many claims stand."""

from lcip.results.scoreboard import update_claims


def main() -> None:
    """Update the claims and print the number of each status."""
    table = update_claims()
    for status, count in table["status"].value_counts().items():
        print(f"{count:4d}  {status}")


if __name__ == "__main__":
    main()
