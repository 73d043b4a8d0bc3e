"""One frozen context per page: what it shows and nothing else. No context reads anything."""
