"""Every milestone of a partnership in one list: filtered, sorted, paged, and as a file."""
