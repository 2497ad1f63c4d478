"""The embedded demo: an emulated AWS on this machine, with sample data, for as long as somebody looks at it.

``command`` is ``stackpane demo``; ``emulator`` starts and stops the server process, ``server`` is what runs in it (and
so nothing is imported here), ``register`` lets ``-c demo`` find it, ``tour`` shows what can be done with it.
"""
