"""The lines in and out, each an aiogram session: Telegram, WeCom, the simulator.

A line hands raw updates to an `accept` function that is given to it and carries aiogram's method
calls out. It knows no inbox, no handler and no storage.
"""
