"""Every Chinese sentence the bot says: pure functions from facts to a card."""
