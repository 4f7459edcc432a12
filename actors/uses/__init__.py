"""What a room may use besides its own tables: a service in each file. None of them knows any room."""
