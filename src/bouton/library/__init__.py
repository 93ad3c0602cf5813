"""Published rules and neurons as data: one file each, found by existing."""
