"""岗亭 (gangting): the chat bot of an enforcement bureau."""
