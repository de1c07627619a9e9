"""Deeds: plain functions of a transaction, one each; and the figures, which only read."""
