"""How good the answers are: figures, calibration; knows nothing of training or of the command line.

Needs the extra `evaluate` (scikit-learn) where figures of classes are computed.
"""
