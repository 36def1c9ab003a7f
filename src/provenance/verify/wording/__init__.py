"""Verdicts in words: every sentence, the findings made of them, and the explanation."""
