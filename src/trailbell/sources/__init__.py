"""Where bytes come from; each source gives things with a path that can be opened."""
