"""Attacks by people who know how it all works: forged content, pictures rebuilt from records."""
