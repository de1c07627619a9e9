"""What happens by itself: sending what is owed, fetching photos, and what the clock brings."""
