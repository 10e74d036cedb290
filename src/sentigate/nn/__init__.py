"""The network as torch modules, for training and export; the only torch beside `train`.

Built from flat sizes: one function, `classifier.build_classifier`, reads the configuration.
"""
