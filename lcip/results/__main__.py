"""`python -m lcip.results`: compute data/claims.csv and data/inventory.csv again, and count."""

from lcip.results.inventory import update_inventory
from lcip.results.scoreboard import update_claims


def main() -> None:
    """Update the claims and the rows of the contents; print the number of each status."""
    claims = update_claims()
    for title, table in (("claims", claims), ("contents", update_inventory(claims))):
        print(title)
        for status, count in table["status"].value_counts().items():
            print(f"{count:4d}  {status}")


if __name__ == "__main__":
    main()
