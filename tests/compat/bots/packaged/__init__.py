"""A bot as a package, for `python -m packaged`: relative imports, arguments, resources beside the code."""
