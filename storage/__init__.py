"""The only room that speaks SQL; plain functions of a transaction, one module a noun."""
