"""Races schuss against other libraries, each by its best idiom in its own process."""
