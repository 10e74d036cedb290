"""Answers in the shapes that other libraries' users know; nothing is computed here."""
