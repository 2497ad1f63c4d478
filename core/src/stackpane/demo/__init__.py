"""The embedded demo: an emulated AWS on this machine, with sample data, for as long as somebody looks at it.

``emulator`` starts and stops the server process, ``server`` is what runs in it, ``register`` lets ``-c demo`` in
another terminal find it, ``command`` is ``stackpane demo``.
"""
