"""The LSTM itself: its equations written once, for NumPy arrays and torch tensors alike.

`equations` is one step, `layers` the steps of whole rows, `traces` every gate of them. Imports no
torch: the functions come from the library whose arrays are given.
"""
