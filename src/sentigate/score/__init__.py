"""Whole files and tables: Arrow record batches in, Arrow record batches out. Needs pyarrow."""
