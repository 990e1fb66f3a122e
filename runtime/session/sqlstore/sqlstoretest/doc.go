// Package sqlstoretest tests package sqlstore against SQLite and PostgreSQL. It is a module of its own, so that tggen depends on no
// driver. The tests start a PostgreSQL server themselves; Debian's package postgresql is all they need.
package sqlstoretest
