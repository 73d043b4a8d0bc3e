"""From what the facades give to what the pages show. Nothing here is asked or changed by HTTP."""
