#include <sqlite3.h>

/* SQLite's objects of a virtual table are structures that begin with its own part; what follows belongs
   to whoever makes the table. See RowFeed.swift. */
struct row_feed_table {
  sqlite3_vtab base;
  void *feed;
};
struct row_feed_cursor {
  sqlite3_vtab_cursor base;
  void *feed;
};
