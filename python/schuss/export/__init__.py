"""From a model to what runs without it: files for other runtimes, by target."""
