"""The papers as files: what stands in them, and how Word and Excel write it; reads no store."""
