"""The data API beside its peers: the table, the servers, the requests."""
