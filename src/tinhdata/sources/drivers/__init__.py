"""One module per kind of place; `kinds` opens them."""
