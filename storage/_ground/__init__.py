"""What all queries stand on: the database, keys, kinds of columns, names of rows."""
