"""What api, web and cli share: languages, actors, errors to status, filters, file answers."""
