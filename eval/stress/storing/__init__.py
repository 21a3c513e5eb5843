"""The library: kills, failing disks, altered files, many processes."""
