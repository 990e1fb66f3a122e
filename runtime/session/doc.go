// Package session stores small records that change often, such as the state of a dialogue with one user. It knows nothing
// of Telegram.
//
// # Records
//
// A [Store] maps keys to records. Each [Record] has data, a revision and, if it shall go away by itself, a time at which it
// expires. Load it, change it, commit the change:
//
//	records, err := store.Load(ctx, []string{"signup:42"})
//	...
//	err = store.Commit(ctx, []session.Write{
//		records[0].Put([]byte(`{"state":"AskAge"}`), time.Now().Add(24*time.Hour)),
//	})
//
// A commit holds if nobody has changed the record in between. Otherwise it changes nothing and returns [ErrConflict], and the
// caller loads again. A commit of several records changes all of them or none.
//
// # Answers that are lost
//
// A store on another machine can fail after it has stored a commit and before the caller learns of it. So the caller chooses
// the revision that a record gets: [Record.Put] and [Record.Delete] set [Write.Next] to a new random number. If Commit fails
// with an error other than [ErrConflict], [ErrInvalid] and [ErrClosed], the commit may have happened. The caller passes the same
// writes to Commit again until it returns nil or one of those errors. A store that finds the revision Next in a record knows
// that the commit has happened and returns nil.
//
// # Stores
//
// [Memory] keeps records in the memory of the process. Package sqlstore keeps them in SQLite or PostgreSQL. A store of one's
// own implements three methods; package sessiontest tests it.
package session
