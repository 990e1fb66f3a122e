package calls

import "context"

// maxBulk is how many calls of a broadcast are in flight at once.
const maxBulk = 3

type bulkKey struct{}

// Bulk marks the calls of a broadcast. [Retry] has at most three calls with such a context in flight at once, and lets
// them wait behind all others at a gate, so that a broadcast does not delay the answers to people.
func Bulk(ctx context.Context) context.Context { return context.WithValue(ctx, bulkKey{}, true) }

func isBulk(ctx context.Context) bool { return ctx.Value(bulkKey{}) != nil }
