"""Three questions near to one that was not understood (placeholder until R2's)."""

from __future__ import annotations

from bot.rules.records import Bureau


def near(text: str, bureau: Bureau) -> tuple[str, ...]:
    """Three questions that are understood, about the spots that were named, else key spots."""
    named = [spot for spot in bureau.spots if spot.name in text]
    spot = next(iter(named or [s for s in bureau.spots if s.key] or bureau.spots))
    return (f"{spot.name}本周几次", "本月多少问题", "没解决的有哪些")
