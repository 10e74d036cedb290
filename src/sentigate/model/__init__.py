"""The model folder: what a trained network is on disk, and the card that tells of it."""
