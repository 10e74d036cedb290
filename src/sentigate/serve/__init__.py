"""The HTTP server: texts in, the library's answers out. Needs the extra `serve`."""
