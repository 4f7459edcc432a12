"""The companies, a file each, all alike: their methods, their words, their signatures."""
