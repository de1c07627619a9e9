"""Deeds: plain functions of a transaction, one transaction each; and the figures, which only read."""
