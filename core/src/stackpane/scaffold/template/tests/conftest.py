pytest_plugins = ["stackpane.testing.fixtures"]
