"""Explanations: which words, which gates, which sentences, and how far they can be trusted."""
