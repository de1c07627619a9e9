"""What the command line's verbs do; one module a verb that is more than a few lines."""
