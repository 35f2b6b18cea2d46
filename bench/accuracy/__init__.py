"""Error rates that papers report for dense networks on MNIST, reached again."""
