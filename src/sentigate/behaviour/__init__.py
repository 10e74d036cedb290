"""Behaviour: what a model must do on texts written to test it; knows no file of labelled data."""
