"""Where a partnership stands, on a page for chief officers: to read, to print, and as a Word document."""
