"""What every floor may use: frames, checks, close names, column glossary, progress."""
